internal import Foundation
internal import SQLite

/// What a database file is and holds.
public struct DatabaseInformation: Sendable, Equatable {
  /// The file.
  public let path: String
  /// The file's own identity.
  public let uuid: String
  /// The version of its schema.
  public let schemaVersion: Int
  /// The version of the SQLite library that read it.
  public let sqliteVersion: String
  /// How it is journalled, such as "wal".
  public let journalMode: String
  /// Its size without the journal.
  public let byteCount: Int64
  /// "ok", or what is damaged.
  public let integrity: String
  /// How many rows refer to rows that are not there.
  public let foreignKeyViolations: Int
  /// The tables with their numbers of rows.
  public let rowCounts: [RowCount]

  /// How many rows a table has.
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

  /// Looks the whole database over.
  ///
  /// - Throws: `SQLiteError`.
  public func information() throws -> DatabaseInformation {
    try read { connection in
      func text(_ sql: String) throws -> String {
        try connection.rows(sql) { try $0.text(0) }.first ?? ""
      }
      let tables = try connection.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
      ) { try $0.text(0) }
      let counts = try tables.map { table in
        let count = try connection.rows("SELECT count(*) FROM \"\(table)\"") { try $0.int64(0) }
        return DatabaseInformation.RowCount(table: table, count: count.first ?? 0)
      }
      let size = try connection.rows(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
      ) { try $0.int64(0) }
      return DatabaseInformation(
        path: connection.path, uuid: try text("SELECT uuid FROM database_identity"),
        schemaVersion: try connection.userVersion, sqliteVersion: Connection.libraryVersion,
        journalMode: try text("PRAGMA journal_mode"), byteCount: size.first ?? 0,
        integrity: try text("PRAGMA integrity_check"),
        foreignKeyViolations: try connection.rows("PRAGMA foreign_key_check") { _ in 1 }.count,
        rowCounts: counts)
    }
  }

  /// Copies the database to a new file, while others may go on writing.
  ///
  /// - Throws: `SQLiteError` of kind `cannotOpen` if the file exists already.
  public func backup(to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw SQLiteError(.cannotOpen, "\(path) exists already; name a new file")
    }
    try read { try $0.backup(to: path) }
  }
}
