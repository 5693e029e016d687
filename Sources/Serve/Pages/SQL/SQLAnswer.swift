internal import SQLite
internal import Tracker

/// The rows that a query gives, as many as are shown.
struct SQLAnswer {
  let columns: [String]
  private(set) var rows: [[SQLValue]] = []
  /// Whether there are more rows than are shown.
  private(set) var isCut = false
  let duration: Duration

  /// The most bytes of texts and blobs that a page holds.
  private static let mostBytes = 32 << 20

  /// Asks a query, within its limits.
  ///
  /// - Throws: `SQLiteError`; ``HTTPFailure`` if the time is over.
  init(
    _ question: SQLQuestion, _ query: NamedQuery, _ values: [String: SQLValue], in tracker: Tracker
  )
    throws
  {
    let began = ContinuousClock.now
    let deadline = began + .seconds(question.seconds)
    var (rows, isCut, bytes) = ([[SQLValue]](), false, 0)
    do {
      columns = try tracker.read { connection in
        let cursor = try connection.cursor(query.sql, values, isOver: { .now > deadline })
        while let row = try cursor.next() {
          bytes += row.reduce(0) { $0 + Self.size(of: $1) }
          guard rows.count < question.rowLimit, bytes < Self.mostBytes else {
            isCut = true
            break
          }
          rows.append(row)
        }
        return cursor.columns
      }
    } catch let error as SQLiteError where error.kind == .interrupted {
      throw HTTPFailure(
        .unavailable,
        "the query was not done after \(Int(question.seconds)) s and was ended: give it more time, or ask for less"
      )
    }
    (self.rows, self.isCut) = (rows, isCut)
    duration = began.duration(to: .now)
  }

  private static func size(of value: SQLValue) -> Int {
    switch value {
    case .text(let text): text.utf8.count
    case .blob(let bytes): bytes.count
    default: 0
    }
  }

  /// The columns that hold numbers.
  var numericColumns: [Int] {
    columns.indices.filter { column in
      let values = rows.lazy.map { $0[column] }.filter { $0 != .null }
      return values.first != nil && values.allSatisfy(Shown.isNumber)
    }
  }
}
