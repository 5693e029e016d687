internal import Foundation
internal import SQLite

/// Holds a database's schema against the one that migrations/ makes.
enum SchemaCheck {
  /// What a database lacks, or has otherwise; what it has besides is its user's.
  ///
  /// - Parameter connection: The database; its version says which steps it has been through.
  /// - Returns: A sentence each; none if the schema is as it should be.
  /// - Throws: `SQLiteError`, also if there is no room for a file of the schema alone.
  static func problems(of connection: Connection) throws -> [String] {
    let version = min(try connection.userVersion, embeddedMigrations.count)
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let expected = try Connection(path: folder.appending(path: "schema.db").path, mode: .create)
    try Migrator.migrate(expected, Array(embeddedMigrations.prefix(version)))
    return try tableProblems(connection, expected) + objectProblems(connection, expected)
      + contentProblems(connection, expected)
  }

  /// What damage kept a body from, said by what the database lacks instead of by the statement that
  /// met it.
  ///
  /// - Parameters:
  ///   - connection: The database.
  ///   - failing: What cannot be done with a database that lacks nothing and still does not fit;
  ///     nil if the statement is wrong then.
  ///   - body: Reads or writes it.
  /// - Returns: What the body returns.
  /// - Throws: ``TrackerError/damagedRecord(_:)``, or what the body throws.
  static func explaining<Result>(
    _ connection: Connection, failing: String? = nil, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError where error.kind == .misuse {
      let problem = (try? problems(of: connection))?.first
      guard let problem = problem ?? failing.map({ "\($0): \(error)" }) else { throw error }
      throw TrackerError.damagedRecord(problem)
    }
  }

  private static func tableProblems(
    _ connection: Connection, _ expected: Connection
  ) throws -> [String] {
    try tables(expected).flatMap { table in
      let wanted = try columns(of: table, in: expected)
      let found = try columns(of: table, in: connection)
      guard !found.isEmpty else { return ["it lacks the table \(table)"] }
      return wanted.compactMap { column, type in
        guard let other = found[column] else {
          return "the table \(table) lacks the column \(column)"
        }
        return other == type ? nil : "the column \(column) of the table \(table) is another one"
      }.sorted()
    }
  }

  private static func tables(_ connection: Connection) throws -> [String] {
    try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ) { try $0.text(0) }
  }

  /// The columns of a table with what they are; none if there is no such table.
  private static func columns(
    of table: String, in connection: Connection
  ) throws -> [String: String] {
    let columns = try connection.rows(
      """
      SELECT name, format('%s %d %d %d %s', type, "notnull", pk, hidden, dflt_value)
      FROM pragma_table_xinfo(?)
      """, [.text(table)]
    ) { (try $0.text(0), try $0.text(1)) }
    return Dictionary(columns) { first, _ in first }
  }

  /// Views, triggers and indexes are made once and keep their text.
  private static func objectProblems(
    _ connection: Connection, _ expected: Connection
  ) throws -> [String] {
    let found = try objects(connection)
    return try objects(expected).compactMap { name, sql in
      guard let other = found[name] else { return "it lacks the \(name)" }
      return other == sql ? nil : "the \(name) is another one"
    }.sorted()
  }

  private static func objects(_ connection: Connection) throws -> [String: String] {
    let objects = try connection.rows(
      """
      SELECT type || ' ' || name, sql FROM sqlite_schema
      WHERE type IN ('view', 'trigger', 'index') AND sql IS NOT NULL
      """
    ) { (try $0.text(0), try $0.text(1)) }
    return Dictionary(objects) { first, _ in first }
  }

  /// The papers' numbers come with the schema.
  private static func contentProblems(
    _ connection: Connection, _ expected: Connection
  ) throws -> [String] {
    let table = "published_result"
    guard try !columns(of: table, in: expected).isEmpty,
      try !columns(of: table, in: connection).isEmpty
    else { return [] }
    let numbers = """
      SELECT source, table_number, attack, quantity, unit, value FROM \(table)
      ORDER BY source, table_number, attack, quantity
      """
    func read(_ connection: Connection) throws -> [[SQLValue]] {
      try connection.rows(numbers) { row in (0..<row.count).map { row.value($0) } }
    }
    return try read(connection) == read(expected) ? [] : ["the published numbers are others"]
  }
}
