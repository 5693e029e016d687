internal import SQLite
internal import Tracker

extension Tracker {
  /// Asks for rows, each by column.
  ///
  /// - Parameters:
  ///   - sql: One SELECT.
  ///   - values: Values by parameter; those that are left out are NULL, and those that the statement
  ///     does not have are passed over, so that statements put together of parts share them.
  /// - Returns: The rows.
  /// - Throws: `SQLiteError`.
  func pageRows(_ sql: String, _ values: [String: SQLValue] = [:]) throws -> [QueryRow] {
    let names = Set(sql.matches(of: /:(\w+)/).map { String($0.output.1) })
    let own = values.filter { names.contains($0.key) }
    let (columns, rows) = try read { try $0.query(sql, own) }
    return QueryResult(columns: columns, rows: rows).entries
  }
}
