internal import CSQLite
internal import Foundation

/// One step of a schema, as a file of migrations/ has it.
public struct Migration: Sendable {
  /// The version that it leads to, counted from 1.
  public let version: Int
  /// The file's name, for messages.
  public let name: String
  /// Plain SQL, whose last statement sets user_version.
  public let sql: String

  /// Describes a step.
  public init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }
}

/// Brings databases to the newest schema, forward only, one transaction a step.
public enum Migrator {
  /// Applies the steps that a database lacks.
  ///
  /// A database that has data is first copied to a file beside it.
  ///
  /// - Parameters:
  ///   - connection: The database.
  ///   - migrations: All steps, the first one first.
  ///   - notice: Is told where the copy is.
  /// - Throws: ``SQLiteError`` with the file's name and line; the step is rolled back as a whole.
  public static func migrate(
    _ connection: Connection, _ migrations: [Migration], notice: (String) -> Void = { _ in }
  ) throws {
    let version = try connection.userVersion
    guard version < migrations.count else { return }
    if version > 0 {
      let copy = "\(connection.path).v\(version)-backup"
      try connection.backup(to: copy)
      notice(
        "copied the database to \(copy) before bringing it to schema version \(migrations.count)")
    }
    for migration in migrations[version...] {
      try connection.transaction {
        // Another process may have applied it while this one waited for the lock.
        guard try connection.userVersion < migration.version else { return }
        try connection.runScript(migration.sql, name: migration.name)
        let violations = try connection.rows("PRAGMA foreign_key_check") { try $0.text(0) }
        guard violations.isEmpty else {
          throw SQLiteError(
            .constraint, "\(migration.name) breaks foreign keys of \(violations[0])")
        }
        guard try connection.userVersion == migration.version else {
          throw SQLiteError(
            .misuse, "\(migration.name) does not set user_version to \(migration.version)")
        }
      }
    }
  }
}

extension Connection {
  /// Runs all statements of a script.
  ///
  /// - Throws: ``SQLiteError`` that names the script and the line of the failing statement.
  func runScript(_ script: String, name: String) throws(SQLiteError) {
    var failure: SQLiteError?
    script.withCString { start in
      var position = start
      while position.pointee != 0, failure == nil {
        var handle: OpaquePointer?
        var tail: UnsafePointer<CChar>?
        var code = sqlite3_prepare_v2(self.handle, position, -1, &handle, &tail)
        if code == SQLITE_OK, let handle {
          repeat { code = sqlite3_step(handle) } while code == SQLITE_ROW
          sqlite3_finalize(handle)
          if code == SQLITE_DONE { code = SQLITE_OK }
        }
        if code != SQLITE_OK {
          let before = UnsafeBufferPointer(start: start, count: position - start)
          let line = before.count { $0 == UInt8(ascii: "\n") } + 1
          failure = SQLiteError(
            code: code, message: String(cString: sqlite3_errmsg(self.handle)),
            doing: "\(name), statement after line \(line)")
        }
        guard let next = tail, next > position else { break }
        position = next
      }
    }
    if let failure { throw failure }
  }
}
