internal import SQLite
internal import Tracker

extension Page {
  /// The page as HTML.
  ///
  /// - Parameter refreshSeconds: The seconds after which the page reloads itself; nil for never.
  /// - Returns: The text of the file.
  package func html(refreshSeconds: Int? = nil) -> String {
    let refresh = refreshSeconds.map { "\n<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
    let contents = contentsHTML
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">\(refresh)
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
      <title>\(text(([title] + subtitle.prefix(1)).joined(separator: " · ")))</title>
      <style>
      \(PageStyle.sheet)
      </style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the results</a>
      <details class="menu">
      <summary>Contents</summary>
      <nav aria-label="Contents">\(contents)</nav>
      </details>
      <nav class="side" aria-label="Contents">\(contents)</nav>
      <main id="main" tabindex="-1">
      <header>
      <p class="subtitle">\(subtitle.map { "<span>\(text($0))</span>" }.joined(separator: " · "))</p>
      <h1>\(text(title))</h1>
      \(caveats.map { "<p class=\"caveat\">\(text($0))</p>\n" }.joined())</header>
      \(sections.map(html).joined())\(provenanceHTML)</main>
      <div id="tip" role="status" hidden></div>
      <script>
      \(PageScript.text)
      </script>
      </body>
      </html>

      """
  }

  /// The page without its frame, for a site that has one of its own.
  package var parts: PageParts {
    let head =
      "<p class=\"subtitle\">\(subtitle.map { "<span>\(text($0))</span>" }.joined(separator: " · "))</p>\n"
      + caveats.map { "<p class=\"caveat\">\(text($0))</p>\n" }.joined()
    let contents = contentsHTML
    return PageParts(
      title: title.terminalText,
      html: """
        <details class="menu">
        <summary>Contents</summary>
        <nav aria-label="Contents">\(contents)</nav>
        </details>
        <nav class="side" aria-label="Contents">\(contents)</nav>
        <div>
        \(head)\(sections.map(html).joined())\(provenanceHTML)</div>
        <div id="tip" role="status" hidden></div>

        """)
  }

  /// Words from anywhere as text of HTML.
  func text(_ words: String) -> String { SVG.escaped(words.terminalText) }

  /// A link to each section and to what is in it.
  private var contentsHTML: String {
    let items = sections.map { section in
      let blocks = section.blocks.enumerated().map { index, block in
        "<li><a href=\"#\(section.name(of: block, index))\">\(text(block.shortTitle))</a></li>"
      }
      return "<li><a href=\"#\(section.name)\">\(text(section.title))</a>"
        + (blocks.isEmpty ? "" : "<ul>\(blocks.joined())</ul>") + "</li>"
    }
    let last = hasProvenance ? ["<li><a href=\"#provenance\">Provenance</a></li>"] : []
    return "<ul>\((items + last).joined(separator: "\n"))</ul>"
  }

  private func html(_ section: Section) -> String {
    let blocks = section.blocks.enumerated().map { index, block in
      html(block, name: section.name(of: block, index))
    }
    let introduction =
      section.introduction.isEmpty
      ? "" : "<p class=\"lead\">\(section.introduction.map(text).joined(separator: " "))</p>\n"
    return "<section id=\"\(section.name)\">\n<h2>\(text(section.title))</h2>\n"
      + introduction + blocks.joined() + "</section>\n"
  }

  private func html(_ block: Block, name: String) -> String {
    let variants = block.variants.map { variant in
      "<details class=\"variant\"\(queries(of: variant))>\n<summary><h3>\(text(variant.title))"
        + "</h3></summary>\n\(body(of: variant))\(source(of: variant))</details>\n"
    }
    return "<article id=\"\(name)\"\(queries(of: block))>\n<h3>\(text(block.title))</h3>\n"
      + "\(body(of: block))\(source(of: block))\(variants.joined())</article>\n"
  }

  private func body(of block: Block) -> String {
    switch block.content {
    case .table(let table):
      return html(table)
        + table.notes.map { "<p class=\"note\">\(text($0))</p>\n" }.joined()
    case .findings(let findings):
      let items = findings.map {
        "<li><strong>\(text($0.claim)).</strong> \(text($0.evidence))</li>\n"
      }
      return "<ul class=\"findings\">\n\(items.joined())</ul>\n"
    case .figure(let sheet, _, let caption):
      return sheet.html + "<p class=\"note\">\(text(caption))</p>\n"
    }
  }

  private func queries(of block: Block) -> String {
    let names = queryNames(of: block)
    return names.isEmpty ? "" : " data-queries=\"\(names.joined(separator: " "))\""
  }

  /// The queries of a block, each once.
  func queryNames(of block: Block) -> [String] {
    block.sources.map(\.query.rawValue).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The queries behind a block, as links to their text.
  private func source(of block: Block) -> String {
    let links = queryNames(of: block).map { "<a href=\"#query-\($0)\">\($0)</a>" }
    return links.isEmpty
      ? ""
      : "<p class=\"source\">Where these numbers come from: \(links.joined(separator: ", "))</p>\n"
  }
}

extension Page.Block {
  /// The heading above it.
  var title: String {
    switch content {
    case .table(let table): table.title
    case .figure(_, let title, _): title
    case .findings: shortTitle
    }
  }
}
