internal import SQLite
internal import Tracker

extension Router {
  /// Pages, and what keeps them up to date.
  mutating func addPages() {
    on(.get, "/") { visit in try visit.runs() }
    on(.get, "/events") { visit in visit.events() }
    on(.get, "/health") { _ in .text("OK") }
  }
}

extension Visit {
  /// How many runs a page lists.
  private static let runsOfPage = 100

  /// The runs, the newest first, a page at a time.
  fileprivate func runs() throws -> HTTPResponse {
    let before = request.value("before")
    let found = try read { tracker in
      try tracker.query(
        .newestRuns,
        [
          "before": before.map(SQLValue.text) ?? .null,
          // One more tells whether there are more.
          "limit": .integer(Int64(Self.runsOfPage + 1)),
        ]
      ).entries
    }
    let shown = found.prefix(Self.runsOfPage)
    let rows = shown.map { row -> HTML in
      let state = row["state"].text ?? ""
      return """
        <tr><td>\((row["run"].text ?? "").prefix(8))</td><td>\(row["kind"].text ?? "")</td>\
        <td class="state \(state)">\(state)</td><td class="wrap">\(row["name"].text ?? "")</td>\
        <td>\((row["created"].text ?? "").prefix(19))</td>\
        <td class="number">\(row["duration_seconds"].real.map { "\(($0 * 10).rounded() / 10)" } ?? "")</td></tr>

        """
    }
    let newest: HTML = before == nil ? .empty : "<a href=\"\(link())\">Newest</a>"
    var older = HTML.empty
    if found.count > Self.runsOfPage, let last = shown.last?["run"].text {
      older = "<a rel=\"next\" href=\"\(link(query: [("before", last)]))\">Older</a>"
    }
    let table: HTML =
      rows.isEmpty
      ? "<p class=\"lead\">No runs yet. Record any command with <code>assay run -- COMMAND</code>.</p>"
      : """
      <div class="scroll" role="region" aria-label="Runs" tabindex="0"><table>
      <thead><tr><th scope="col">Run</th><th scope="col">Kind</th><th scope="col">State</th>\
      <th scope="col">Name</th><th scope="col">Created (UTC)</th>\
      <th scope="col" class="number">Seconds</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      """
    return page(
      title: "Runs",
      """
      <div id="runs" data-live>
      \(table)
      <div class="pages">\(newest) \(older)</div>
      </div>
      """, isLive: true)
  }

  /// Tells of each change of the database while the client listens.
  fileprivate func events() -> HTTPResponse {
    let changes = database.changes
    return HTTPResponse(
      headers: [HTTPHeader("Content-Type", "text/event-stream")],
      content: .stream(length: nil) { sink in
        try changes.listening {
          // A browser that lost its connection comes back after so many milliseconds.
          try sink.write(Array("retry: 2000\n\n".utf8))
          var known = changes.count
          var rest = 0.0
          while !sink.isOver {
            let count = changes.wait(after: known, seconds: 0.5)
            rest += 0.5
            if count != known {
              known = count
              try sink.write(Array("event: change\ndata: \(count)\n\n".utf8))
            } else if rest > 15 {
              // A comment keeps the connection open and shows whether the client is still there.
              rest = 0
              try sink.write(Array(":\n\n".utf8))
            }
          }
        }
      })
  }
}
