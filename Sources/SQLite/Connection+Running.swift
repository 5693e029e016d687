internal import CSQLite

extension Connection {
  /// A statement from the cache, or newly prepared.
  func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try Statement(sql, in: context, isPersistent: true)
    statements[sql] = statement
    return statement
  }

  /// Runs a statement and returns the number of changed rows.
  ///
  /// - Throws: ``SQLiteError``.
  @discardableResult
  public func execute(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> Int {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    while try statement.step() != nil {}
    return Int(sqlite3_changes64(handle))
  }

  /// Runs a statement and decodes each row.
  ///
  /// - Throws: ``SQLiteError``, or what `decode` throws.
  public func rows<Result>(
    _ sql: String, _ values: [SQLValue] = [], decode: (Row) throws -> Result
  ) throws -> [Result] {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    var results: [Result] = []
    while let row = try statement.step() { results.append(try decode(row)) }
    return results
  }

  /// Runs a statement and decodes the first row; nil if there is none.
  ///
  /// - Throws: ``SQLiteError``.
  public func one<Result>(
    _ sql: String, _ values: [SQLValue] = [], decode: (Row) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result? {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    guard let row = try statement.step() else { return nil }
    let result = try decode(row)
    try context.checkUnchanged()
    return result
  }

  /// Starts a user's query, which may only read.
  ///
  /// - Parameters:
  ///   - sql: One SELECT.
  ///   - values: Values by parameter name; parameters without one are NULL.
  ///   - isOver: Returns true to end the query; called again and again, on any thread.
  ///
  /// - Returns: A cursor over its rows.
  /// - Throws: ``SQLiteError``, of kind `notAllowed` if the statement would do more than read.
  public func cursor(
    _ sql: String, _ values: [String: SQLValue] = [:],
    isOver: (@Sendable () -> Bool)? = nil
  ) throws(SQLiteError) -> QueryCursor {
    try QueryCursor(sql, values: values, connection: self, isOver: isOver)
  }

  /// Runs a user's query, which may only read.
  ///
  /// - Parameters:
  ///   - sql: One SELECT.
  ///   - values: Values by parameter name; parameters without one are NULL.
  ///
  /// - Returns: The names of the columns and all rows.
  /// - Throws: ``SQLiteError``, of kind `notAllowed` if the statement would do more than read,
  ///   `tooLarge` if the rows are more than fits.
  public func query(
    _ sql: String, _ values: [String: SQLValue] = [:]
  ) throws(SQLiteError) -> (columns: [String], rows: [[SQLValue]]) {
    let cursor = try cursor(sql, values)
    return (cursor.columns, try cursor.rest())
  }

  /// The parameters, without colons, and the columns of a statement, and whether it only reads.
  ///
  /// - Throws: ``SQLiteError`` if the text is not one statement.
  public func describe(
    _ sql: String
  ) throws(SQLiteError) -> (parameters: [String], columns: [String], isReadOnly: Bool) {
    let statement = try Statement(sql, in: context, isPersistent: false)
    return (statement.parameterNames, statement.columnNames, statement.isReadOnly)
  }
}
