extension Visit {
  /// A page with the site's head.
  ///
  /// - Parameters:
  ///   - title: Its title.
  ///   - content: What is in it, below the title.
  ///   - status: How the request went.
  ///   - isLive: Whether it is asked for anew when the database changes.
  /// - Returns: The answer.
  package func page(
    title: String, _ content: HTML, status: HTTPStatus = .ok, isLive: Bool = false
  ) -> HTTPResponse {
    let live = isLive ? HTML(" data-events=\"\(link("events"))\"") : .empty
    let html: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) · \(database.name) · Assay</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="\(Asset.style.address)">
      <script src="\(Asset.script.address)" defer></script>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="site">
      <nav aria-label="Pages">\(navigation)</nav>
      \(databaseChoice)
      </header>
      <main id="main" tabindex="-1"\(live)>
      <h1>\(title)</h1>
      \(content)
      </main>
      </body>
      </html>

      """
    return .text(html.text, status, type: "text/html; charset=utf-8")
  }

  private var navigation: HTML {
    let entries: [(name: String, path: [String])] = [("Runs", [])]
    let items = entries.map { entry -> HTML in
      let isCurrent = request.path.first == entry.path.first
      let mark: HTML = isCurrent ? " aria-current=\"page\"" : ""
      return "<a href=\"\(site.address(of: database, entry.path, []))\"\(mark)>\(entry.name)</a>"
    }
    return HTML(joining: items, separator: " ")
  }

  /// Links to the other databases, where there are several.
  private var databaseChoice: HTML {
    guard site.databases.count > 1 else {
      return "<span class=\"database\">\(database.name)</span>"
    }
    let items = site.databases.map { other -> HTML in
      let mark: HTML = other === database ? " aria-current=\"true\"" : ""
      return "<a href=\"\(site.address(of: other, [], []))\"\(mark)>\(other.name)</a>"
    }
    let list = HTML(joining: items, separator: " ")
    return "<nav class=\"database\" aria-label=\"Databases\">\(list)</nav>"
  }
}
