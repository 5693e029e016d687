internal import SQLite
internal import Tracker

extension Page {
  /// The page as HTML.
  ///
  /// - Parameter refreshSeconds: How often it loads itself anew; nil for never.
  /// - Returns: The text of the file.
  package func html(refreshSeconds: Int? = nil) -> String {
    let links =
      (sections.map { ($0.name, $0.title) } + (runs.rows.isEmpty ? [] : [("runs", "Runs")]))
      .map { "<a href=\"#\($0)\">\(SVG.escaped($1.terminalText))</a>" }.joined()
    let facts = facts.map {
      "<div><dt>\(SVG.escaped($0.name))</dt><dd>\(SVG.escaped($0.value.terminalText))</dd></div>"
    }.joined()
    let refresh = refreshSeconds.map { "\n<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">\(refresh)
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
      <title>\(SVG.escaped(title))</title>
      <style>
      \(PageStyle.sheet)
      </style>
      </head>
      <body>
      <header>
      <h1>\(SVG.escaped(title))</h1>
      <dl class="facts">\(facts)</dl>
      <nav>\(links)</nav>
      </header>
      <main>
      \(sections.map(html).joined())\(runsHTML)</main>
      <div id="tip" role="status" hidden></div>
      <script>
      \(PageScript.text)
      </script>
      </body>
      </html>

      """
  }

  private func html(_ section: Section) -> String {
    let blocks = section.blocks.enumerated().map { index, block in
      html(block, name: "\(section.name)-\(index + 1)")
    }
    return "<section id=\"\(section.name)\">\n<h2>\(SVG.escaped(section.title.terminalText))</h2>\n"
      + blocks.joined() + "</section>\n"
  }

  private func html(_ block: Block, name: String) -> String {
    let body =
      switch block.content {
      case .table(let table):
        "<h3>\(SVG.escaped(table.title.terminalText))</h3>\n<div class=\"scroll\">\(html(table))</div>\n"
          + table.notes.map { "<p class=\"note\">\(SVG.escaped($0.terminalText))</p>\n" }.joined()
      case .figure(let sheet, let title, let caption):
        "<h3>\(SVG.escaped(title))</h3>\n\(sheet.html)"
          + "<p class=\"note\">\(SVG.escaped(caption))</p>\n"
      }
    return "<article id=\"\(name)\" data-source=\"\(name)-source\">\n\(body)"
      + "\(html(block.sources, name: name))</article>\n"
  }

  /// A table whose columns can be sorted by.
  private func html(_ table: Table) -> String {
    let attacks = Set(runs.records.map { $0.text("attack") }).subtracting([""])
    let byLowercase = Dictionary(
      attacks.sorted().map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    let sides = table.columns.map { $0.isOfWords(in: table) ? " class=\"left\"" : "" }
    let heads = zip(table.columns, sides).map { column, side in
      "<th scope=\"col\"\(side)><button>\(SVG.escaped(column.heading.terminalText))</button></th>"
    }
    let typeset = table.typeset
    let rows = table.rows.indices.map { row in
      let values = table.rows[row]
      // The attack that a number is about is its column's, or the one that its row names.
      let own = values.lazy.compactMap(\.text).compactMap {
        attacks.contains($0) ? $0 : byLowercase[$0.lowercased()]
      }.first
      let cells = table.columns.indices.map { index in
        let name = table.columns[index].name
        let attributes = [
          ("attack", attacks.contains(name) ? name : own),
          ("value", values[index].real.map { "\($0)" }),
          ("detail", table.details.isEmpty ? nil : table.details[row][index]),
        ].compactMap { key, text in
          text.flatMap { $0.isEmpty ? nil : " data-\(key)=\"\(SVG.escaped($0))\"" }
        }.joined()
        return "<td\(attributes)\(sides[index])>\(SVG.escaped(typeset[row][index]))</td>"
      }
      return "<tr>" + cells.joined() + "</tr>"
    }
    return "<table>\n<thead><tr>\(heads.joined())</tr></thead>\n<tbody>\n"
      + rows.joined(separator: "\n") + "\n</tbody>\n</table>"
  }

  /// The queries behind a block, with their text, and the runs that they speak of.
  private func html(_ sources: [Source], name: String) -> String {
    let names = sources.map(\.query.rawValue).reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let texts = names.compactMap(Query.init).map { query in
      let values = sources.filter { $0.query == query }.map { source in
        let pairs = source.values.sorted { $0.key < $1.key }.compactMap { name, value in
          value == .null ? nil : ":\(name) = \(value.text ?? value.real.map { "\($0)" } ?? "")"
        }
        return pairs.isEmpty ? "nothing bound" : pairs.joined(separator: ", ")
      }
      return """
        <h4>\(query.rawValue)</h4>
        <p class="hash">SHA-256 <code>\(query.sha256)</code></p>
        \(values.map { "<p class=\"hash\">\(SVG.escaped($0))</p>" }.joined(separator: "\n"))
        <pre>\(SVG.escaped(query.sql))</pre>

        """
    }
    return """
      <details id="\(name)-source" data-queries="\(names.joined(separator: ", "))">
      <summary>Where these numbers come from: \(names.joined(separator: ", "))</summary>
      \(texts.joined())\(runs.rows.isEmpty ? "" : Self.runsNote)</details>

      """
  }

  private static let runsNote = """
    <p>The runs behind them are listed under <a href="#runs">Runs</a>; a number names its own when it \
    is clicked.</p>

    """

  /// All runs, each at an address of its own.
  private var runsHTML: String {
    guard !runs.rows.isEmpty else { return "" }
    let columns = [
      ("run", "Run"), ("kind", "Kind"), ("attack", "Attack"), ("seed", "Seed"),
      ("finished", "Finished"), ("program_version", "Assay"), ("git_commit", "Commit"),
      ("key", "Key"), ("dataset_sha256", "Data"),
    ]
    let own = runs.records.first?.text("study")
    let rows = runs.records.map { record in
      let run = record.text("run")
      let cells = columns.map { name, _ in
        let text = record[name].text ?? record[name].integer.map(String.init) ?? "—"
        let isLong =
          ["run", "key", "dataset_sha256", "git_commit"].contains(name) && text.count > 12
        var shown =
          isLong
          ? "<code title=\"\(SVG.escaped(text))\">\(SVG.escaped(String(text.prefix(8))))</code>"
          : SVG.escaped(text)
        if name == "finished" {
          shown = SVG.escaped(String(text.prefix(16)).replacing("T", with: " "))
        }
        if name == "git_commit", record.integer("git_dirty") == 1 { shown += " (changed)" }
        return "<td class=\"left\">\(shown)</td>"
      }
      // The runs of other seeds are behind the table over seeds alone.
      let other = record.text("study") == own ? "" : " data-other=\"\""
      return "<tr id=\"run-\(run)\" data-kind=\"\(SVG.escaped(record.text("kind")))\" "
        + "data-attack=\"\(SVG.escaped(record.text("attack")))\"\(other)>\(cells.joined())</tr>"
    }
    let heads = columns.map {
      "<th scope=\"col\" class=\"left\"><button>\($1)</button></th>"
    }
    return """
      <section id="runs">
      <h2>Runs</h2>
      <article>
      <h3>The runs that these numbers come from</h3>
      <div class="scroll"><table>
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      <p class="note">Runs are named by the first eight digits of their UUID, keys and data by those \
      of their SHA-256. A key stands for the run's configuration and for its parents' keys.</p>
      \(html([Source(.provenance)], name: "runs"))</article>
      </section>

      """
  }
}
