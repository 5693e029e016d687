extension Router {
  /// Pages, and what keeps them up to date.
  mutating func addPages() {
    addRunList()
    addRunPage()
    addSQL()
    on(.get, "/events") { visit in visit.events() }
    on(.get, "/health") { _ in .text("OK") }
  }
}

extension Visit {
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
