internal import CSQLite

extension Connection {
  /// Runs a body in one transaction that holds the write lock from its beginning.
  ///
  /// A read transaction that starts to write later fails at once if another connection has written
  /// since, despite any timeout. This one waits at its beginning.
  ///
  /// - Throws: ``SQLiteError``, or what the body throws, after rolling back; of kind `moved` if the
  ///   file is not where its log is any more.
  /// - Precondition: No transaction is open on this connection.
  @discardableResult
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction("BEGIN IMMEDIATE") {
      let result = try body()
      if FilePlace(handle: handle).isApart {
        throw SQLiteError(.moved, "\(path) was moved or deleted while it was in use")
      }
      return result
    }
  }

  /// Runs a body that sees one state of the database throughout.
  ///
  /// - Throws: ``SQLiteError``, or what the body throws.
  /// - Precondition: No transaction is open on this connection.
  @discardableResult
  public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction("BEGIN", body)
  }

  private func transaction<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
    precondition(!isInTransaction, "transactions do not nest")
    try execute(begin)
    isInTransaction = true
    defer { isInTransaction = false }
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite has rolled back already after some failures, such as a full disk.
      if sqlite3_get_autocommit(handle) == 0 { _ = try? execute("ROLLBACK") }
      throw error
    }
  }

  /// The row number of the last row that was inserted.
  public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
}
