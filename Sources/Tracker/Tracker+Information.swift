internal import SQLite

/// The identity, size and soundness of a database file.
public struct DatabaseInformation: Sendable, Equatable {
  /// The file.
  public let path: String
  /// The UUID of the database, which its copies share.
  public let uuid: String
  /// The version of its schema.
  public let schemaVersion: Int
  /// The version of the SQLite library that read it.
  public let sqliteVersion: String
  /// SQLite's journal mode, such as "wal".
  public let journalMode: String
  /// The size in bytes, without the journal.
  public let byteCount: Int64
  /// "ok", or what is damaged.
  public let integrity: String
  /// The number of rows that refer to missing rows.
  public let foreignKeyViolations: Int
  /// Whether finished rows are what was written.
  public let digests: DigestReport
  /// The tables with their numbers of rows.
  public let rowCounts: [RowCount]
  /// Everything that is wrong, one sentence each; empty if the file is sound.
  public let damage: [String]

  /// A table's number of rows.
  public struct RowCount: Sendable, Equatable {
    /// The table.
    public let table: String
    /// Its rows.
    public let count: Int64
  }
}

extension Tracker {
  /// The file's own identity, which its copies share.
  ///
  /// - Throws: `SQLiteError`.
  public var databaseUUID: String {
    get throws {
      try read { connection in
        try connection.rows("SELECT uuid FROM database_identity") { try $0.text(0) }.first ?? ""
      }
    }
  }

  /// The version of the file's schema.
  ///
  /// - Throws: `SQLiteError`.
  public var schemaVersion: Int { get throws { try read { try $0.userVersion } } }

  /// Inspects the whole database.
  ///
  /// Parts that damage makes unreadable are left out and listed.
  ///
  /// - Parameter isCancelled: Ends comparing rows with their digests.
  /// - Returns: What was found.
  /// - Throws: `SQLiteError`, if it is not one of damage.
  public func information(
    isCancelled: () -> Bool = { false }
  ) throws -> DatabaseInformation {
    let look = DatabaseLook()
    // Pages are looked at more closely when they are read.
    try read { _ = try $0.execute("PRAGMA cell_size_check = ON") }
    let digests = try look.digests { try checkDigests(isCancelled: isCancelled) }
    return try read { connection in
      let integrity = try look.integrity(of: connection)
      let violations = try look.rows(
        "PRAGMA foreign_key_check", in: connection, "references between rows"
      ) { _ in 1 }.count
      for problem in try look.schemaProblems(of: connection) { look.damage.append(problem) }
      if violations > 0 {
        look.damage.append("\(violations) rows refer to rows that are not there")
      }
      let size = try connection.rows(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
      ) { try $0.int64(0) }
      let counts = try look.rowCounts(of: connection)
      return DatabaseInformation(
        path: connection.path,
        uuid: try look.rows(
          "SELECT uuid FROM database_identity", in: connection, "the file's identity"
        ) { try $0.text(0) }.first ?? "",
        schemaVersion: try connection.userVersion, sqliteVersion: Connection.libraryVersion,
        journalMode: try connection.rows("PRAGMA journal_mode") { try $0.text(0) }.first ?? "",
        byteCount: size.first ?? 0, integrity: integrity, foreignKeyViolations: violations,
        digests: digests, rowCounts: counts, damage: look.damage)
    }
  }

  /// Copies the database to a new file, while others may write.
  ///
  /// - Throws: `SQLiteError` of kind `exists` if there is such a file, `interrupted` if the work
  ///   was cancelled.
  public func backup(to path: String) throws {
    try read { try $0.backup(to: path) }
  }
}

/// Looks at what may be damaged, and notes what is.
private final class DatabaseLook {
  var damage: [String] = []

  /// What a body gives; `otherwise` where damage keeps it from it, which is noted.
  private func look<Result>(
    at what: String, otherwise: Result, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError where Self.kindsOfDamage.contains(error.kind) {
      damage.append("\(what) cannot be read: \(error)")
      return otherwise
    }
  }

  /// What SQLite says of a file that is malformed, or that lacks what belongs in it.
  private static let kindsOfDamage: Set<SQLiteError.Kind> = [
    .corrupt, .notADatabase, .misuse, .wrongType,
  ]

  func rows<Result>(
    _ sql: String, in connection: Connection, _ what: String, decode: (Row) throws -> Result
  ) throws -> [Result] {
    try look(at: what, otherwise: []) { try connection.rows(sql, decode: decode) }
  }

  func digests(_ check: () throws -> DigestReport) throws -> DigestReport {
    let none = DigestReport(damaged: [], comparedCount: 0, unknownRuns: 0)
    let report = try look(at: "the digests of finished rows", otherwise: none, check)
    for part in report.damaged { damage.append("\(part) is not what was written") }
    return report
  }

  func schemaProblems(of connection: Connection) throws -> [String] {
    try look(at: "the schema", otherwise: []) { try SchemaCheck.problems(of: connection) }
  }

  /// "ok", or the first thing that SQLite says is damaged and how many more there are.
  func integrity(of connection: Connection) throws -> String {
    let lines = try rows("PRAGMA integrity_check", in: connection, "the file's structure") {
      try $0.text(0).split(separator: "\n").joined(separator: " ")
    }
    guard lines != ["ok"] else { return "ok" }
    let more = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
    let summary = (lines.first ?? "unreadable") + more
    damage.append("its structure: \(summary)")
    return summary
  }

  func rowCounts(of connection: Connection) throws -> [DatabaseInformation.RowCount] {
    let tables = try rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      in: connection, "the schema"
    ) { try $0.text(0) }
    return try tables.flatMap { table in
      let name = table.replacing("\"", with: "\"\"")
      return try rows("SELECT count(*) FROM \"\(name)\"", in: connection, "the table \(table)") {
        DatabaseInformation.RowCount(table: table, count: try $0.int64(0))
      }
    }
  }
}
