internal import SQLite
internal import Tracker

/// Where everything on the page comes from, behind all that people read.
extension Page {
  /// Whether there is anything to say.
  var hasProvenance: Bool { !facts.isEmpty || !runs.rows.isEmpty || !usedQueries.isEmpty }

  var provenanceHTML: String {
    guard hasProvenance else { return "" }
    let facts = facts.map { "<div><dt>\(text($0.name))</dt><dd>\(text($0.value))</dd></div>" }
    return """
      <section id="provenance">
      <h2>Provenance</h2>
      \(facts.isEmpty ? "" : "<dl class=\"facts\">\(facts.joined())</dl>\n")\(runsHTML)\(queriesHTML)\
      </section>

      """
  }

  /// A query with what it was asked about, by the titles of what its answers are shown in.
  private struct Usage {
    let query: Query
    var uses: [(title: String, values: [String: SQLValue])] = []
  }

  /// The queries in the order in which the page uses them, each once.
  private var usedQueries: [Usage] {
    let blocks = sections.flatMap(\.blocks).flatMap { [$0] + $0.variants }
    var usages: [Usage] = []
    for block in blocks {
      for source in block.sources {
        let place = usages.firstIndex { $0.query == source.query }
        if place == nil { usages.append(Usage(query: source.query)) }
        usages[place ?? usages.count - 1].uses.append((block.title, source.values))
      }
    }
    if !runs.rows.isEmpty, !usages.contains(where: { $0.query == .provenance }) {
      usages.append(Usage(query: .provenance))
    }
    return usages
  }

  /// The text of each query, folded.
  private var queriesHTML: String {
    let texts = usedQueries.map { usage in
      let uses = usage.uses.map { title, values in
        let pairs = values.sorted { $0.key < $1.key }.compactMap { name, value in
          value == .null ? nil : ":\(name) = \(value.text ?? value.real.map { "\($0)" } ?? "")"
        }
        let bound = pairs.isEmpty ? "nothing bound" : pairs.joined(separator: ", ")
        return "<li>\(text(title)): <span class=\"digest\">\(text(bound))</span></li>\n"
      }
      let digest = usage.query.sha256
      return """
        <details class="query" id="query-\(usage.query.rawValue)">
        <summary>\(usage.query.rawValue)</summary>
        <p>SHA-256 <code class="digest">\(digest)</code></p>
        \(uses.isEmpty ? "" : "<ul>\n\(uses.joined())</ul>\n")\
        <pre tabindex="0" role="region" aria-label="The text of \(usage.query.rawValue)">\
        \(SVG.escaped(usage.query.sql))</pre>
        </details>

        """
    }
    guard !texts.isEmpty else { return "" }
    return """
      <article id="queries">
      <h3>The queries that the numbers are answers to</h3>
      \(texts.joined())</article>

      """
  }

  /// All runs, each at an address of its own.
  private var runsHTML: String {
    guard !runs.rows.isEmpty else { return "" }
    let columns = [
      ("run", "Run"), ("kind", "Kind"), ("attack", "Attack"), ("seed", "Seed"),
      ("finished", "Finished (UTC)"), ("program_version", "Assay"), ("git_commit", "Commit"),
      ("key", "Key"), ("dataset_sha256", "Data"),
    ]
    let own = runs.records.first?.text("study")
    let rows = runs.records.map { record in
      let run = record.text("run")
      let cells = columns.enumerated().map { index, column in
        let shown = html(column.0, of: record)
        return index == 0
          ? "<th scope=\"row\" class=\"left\">\(shown)</th>" : "<td class=\"left\">\(shown)</td>"
      }
      // The runs of other seeds are behind the table over seeds alone.
      let other = record.text("study") == own ? "" : " data-other=\"\""
      return "<tr id=\"run-\(run)\" data-kind=\"\(SVG.escaped(record.text("kind")))\" "
        + "data-attack=\"\(SVG.escaped(record.text("attack")))\"\(other)>\(cells.joined())</tr>"
    }
    let heads = columns.map { "<th scope=\"col\" class=\"left\"><span>\($1)</span></th>" }
    let table = """
      <table>
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
    return """
      <article id="runs">
      <h3>The runs that these numbers come from</h3>
      \(scrolling(table, title: "Runs"))<p class="note">Runs are named by the first eight digits of \
      their UUID, keys and data by those of their SHA-256. A key stands for the run's configuration \
      and for its parents' keys.</p>
      </article>

      """
  }

  /// What a run's cell says.
  private func html(_ column: String, of record: Record) -> String {
    let text = record[column].text ?? record[column].integer.map(String.init) ?? "—"
    let isDigest = ["run", "key", "dataset_sha256", "git_commit"].contains(column)
    switch column {
    case "attack": return SVG.escaped(AttackName.heading(text))
    case "finished": return SVG.escaped(String(text.prefix(16)).replacing("T", with: " "))
    case _ where isDigest && text.count > 12:
      let changed = column == "git_commit" && record.integer("git_dirty") == 1 ? " (changed)" : ""
      return "<code title=\"\(SVG.escaped(text))\">\(SVG.escaped(String(text.prefix(8))))</code>"
        + changed
    default: return SVG.escaped(text)
    }
  }
}
