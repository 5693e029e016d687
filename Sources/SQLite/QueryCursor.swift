internal import CSQLite

/// The rows of a user's query, which may only read, one at a time.
///
/// A connection has one cursor at a time.
public final class QueryCursor {
  /// The names of the columns.
  public let columns: [String]
  /// The names of the parameters, without their colons.
  public let parameters: [String]
  private let statement: Statement
  /// Keeps the database open.
  private let connection: Connection
  private let isOver: (@Sendable () -> Bool)?
  private let interrupter: Interrupter?
  private let lengthBefore: Int32

  /// No text or blob may be longer, in bytes: one operation on a value cannot be interrupted.
  private static let longestValue: Int32 = 128 << 20
  /// The most bytes of rows held in memory.
  private static let mostBytes = 256 << 20

  /// How many steps of SQLite's machine pass between two questions whether to stop: well under a
  /// millisecond.
  private static let stepsBetweenQuestions: Int32 = 10_000

  init(
    _ sql: String, values: [String: SQLValue], connection: Connection,
    isOver: (@Sendable () -> Bool)?
  ) throws(SQLiteError) {
    let authorizer = ReadOnlyAuthorizer()
    do {
      statement = try authorizer.guarding(connection.handle) { () throws(SQLiteError) in
        try Statement(sql, in: connection.context, isPersistent: false, isForeign: true)
      }
    } catch {
      switch error.kind {
      case .notAllowed: throw Self.refusal(authorizer.refused ?? "change something")
      case .misuse: throw SQLiteError(.wrongQuery, error.description)
      default: throw error
      }
    }
    guard statement.isReadOnly else { throw Self.refusal("change the database") }
    try statement.bind(values)
    columns = statement.columnNames
    parameters = statement.parameterNames
    self.connection = connection
    self.isOver = isOver
    lengthBefore = sqlite3_limit(connection.handle, SQLITE_LIMIT_LENGTH, Self.longestValue)
    interrupter = isOver.map { Interrupter(of: connection.handle, when: $0) }
    guard isOver != nil else { return }
    sqlite3_progress_handler(
      connection.handle, Self.stepsBetweenQuestions,
      { context in
        guard let context else { return 0 }
        return Unmanaged<QueryCursor>.fromOpaque(context).takeUnretainedValue().isOver?() == true
          ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    interrupter?.stop()
    sqlite3_progress_handler(connection.handle, 0, nil, nil)
    sqlite3_limit(connection.handle, SQLITE_LIMIT_LENGTH, lengthBefore)
  }

  private static func refusal(_ deed: String) -> SQLiteError {
    SQLiteError(.notAllowed, "the query would \(deed); a query may only read")
  }

  /// The next row, one value for each column; nil after the last row.
  ///
  /// - Throws: ``SQLiteError``, of kind `interrupted` if it was over before the end.
  public func next() throws(SQLiteError) -> [SQLValue]? {
    guard let row = try statement.step() else { return nil }
    return columns.indices.map(row.value)
  }

  /// All remaining rows.
  ///
  /// - Throws: ``SQLiteError``, of kind `tooLarge` if they are more than fits.
  public func rest() throws(SQLiteError) -> [[SQLValue]] {
    var rows: [[SQLValue]] = []
    var bytes = 0
    while let row = try next() {
      bytes += row.reduce(48) { $0 + $1.memorySize }
      guard bytes <= Self.mostBytes else {
        throw SQLiteError(
          .tooLarge,
          "the result has more than \(rows.count) rows and \(Self.mostBytes >> 20) MB, too many to "
            + "be held at once")
      }
      rows.append(row)
    }
    return rows
  }
}
