internal import Report
internal import SQLite
internal import Tracker

extension Visit {
  /// All rows of a query, one after the other as they come.
  func sqlRows(as format: TableFormat) throws -> HTTPResponse {
    let question = try SQLQuestion(self)
    guard let query = question.query else {
      throw HTTPFailure(.badRequest, "there is no query: give one as q or by name")
    }
    // What is wrong with the query is said before the first byte.
    let values = try read { tracker in try question.values(self, in: tracker) }
    let visit = self
    let type = format == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson"
    let name = (question.isNamed ? query.name : "query") + (format == .csv ? ".csv" : ".jsonl")
    return HTTPResponse(
      headers: [
        HTTPHeader("Content-Type", type),
        HTTPHeader("Content-Disposition", "attachment; filename=\"\(name)\""),
      ],
      content: .stream(length: nil) { sink in
        try visit.database.read(within: SQLQuestion.downloadSeconds) { tracker in
          try tracker.read { connection in
            let cursor = try connection.cursor(query.sql, values)
            guard let encoder = RowEncoder(format, columns: cursor.columns) else { return }
            var text = encoder.header
            while let row = try cursor.next() {
              text += encoder.line(row)
              guard text.utf8.count > 32 << 10 else { continue }
              try sink.write(Array(text.utf8))
              text = ""
            }
            if !text.isEmpty { try sink.write(Array(text.utf8)) }
          }
        }
      })
  }
}
