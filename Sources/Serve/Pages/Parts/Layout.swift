extension Visit {
  /// A page with the site's head.
  ///
  /// A page that is live names parts of itself by the attribute `data-live` and an id; site.js says what
  /// becomes of them when the database changes. A figure of class `plot` needs the scripts of
  /// ``PlotFigure/scripts``, a long table ``PageTable/scripts``.
  ///
  /// - Parameters:
  ///   - title: Its title.
  ///   - content: What is in it, below the title.
  ///   - status: How the request went.
  ///   - isLive: Whether it is told when the database changes.
  ///   - scripts: What runs in it beside the site's own script, in order.
  ///   - actions: What stands beside the title, such as buttons.
  /// - Returns: The answer.
  package func page(
    title: String, _ content: HTML, status: HTTPStatus = .ok, isLive: Bool = false,
    scripts: [AssetFile] = [], actions: HTML = .empty
  ) -> HTTPResponse {
    let live = isLive ? HTML(" data-events=\"\(link("events"))\"") : .empty
    let files = ([AssetFile.siteScript] + scripts).map { file -> HTML in
      "<script src=\"\(file.address)\" defer></script>\n"
    }
    let html: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) · \(database.name) · Assay</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="\(AssetFile.siteStyle.address)">
      \(files)</head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="site">
      <a class="mark" href="\(link())">Assay</a>
      <nav aria-label="Pages">\(navigation)</nav>
      \(databaseChoice)
      </header>
      <main id="main" tabindex="-1"\(live)>
      <div class="head"><h1>\(title)</h1>\(actions)</div>
      \(content)
      </main>
      </body>
      </html>

      """
    return .text(html.text, status, type: "text/html; charset=utf-8")
  }

  private var navigation: HTML {
    let items = SitePlace.linked.map { place -> HTML in
      let mark: HTML = place.holds(request.path.first) ? " aria-current=\"page\"" : ""
      return "<a href=\"\(site.address(of: database, place.path, []))\"\(mark)>\(place.title)</a>"
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
