internal import CSQLite
internal import Foundation

/// Brings databases to the newest schema, forward only.
///
/// Steps run as SQLite's documentation says ("Making Other Kinds Of Table Schema Changes"): foreign
/// keys are off from before the transaction until after it, so that a table can be rebuilt without
/// deleting rows that refer to it, and are checked before the commit. All steps are one
/// transaction, so a kill leaves the old file or the new one.
public enum Migrator {
  /// Applies the steps that a database lacks.
  ///
  /// A database that has data is first copied to a file beside it, under a name that no file has. If
  /// the copy leaves the steps no room on the disk, it is removed again. Of several processes that
  /// migrate it at once, one does the work and the others wait.
  ///
  /// - Parameters:
  ///   - connection: The database.
  ///   - migrations: All steps, the first one first.
  ///   - notice: Receives the place of the copy.
  /// - Throws: ``SQLiteError`` with the file's name and line, after rolling back; `corrupt` if rows
  ///   refer to rows that are not there already; what copying and waiting for the lock throw.
  public static func migrate(
    _ connection: Connection, _ migrations: [Migration], notice: (String) -> Void = { _ in }
  ) throws {
    guard try connection.userVersion < migrations.count else { return }
    var copied: String?
    let result = Result {
      try connection.withoutForeignKeys {
        try connection.transaction {
          // Another process may have done it while this one waited for the lock.
          let version = try connection.userVersion
          guard version < migrations.count else { return }
          if version > 0 {
            try checkForeignKeys(
              of: connection, or: .corrupt,
              "\(connection.path) cannot be brought to a newer schema")
            copied = try copy(connection, version: version)
          }
          try apply(migrations[version...], to: connection)
        }
      }
    }
    if let copied {
      if case .failure(let error as SQLiteError) = result, error.kind == .full {
        try? FileManager.default.removeItem(atPath: copied)
      } else {
        notice(
          "copied the database to \(copied) before bringing it to schema version "
            + "\(migrations.count)")
      }
    }
    try result.get()
  }

  private static func apply(_ steps: ArraySlice<Migration>, to connection: Connection) throws {
    for step in steps {
      try connection.run(step)
      guard try connection.userVersion == step.version else {
        throw SQLiteError(
          .misuse, "\(step.name) does not set user_version to \(step.version)")
      }
    }
    let names = steps.map(\.name).joined(separator: ", ")
    try checkForeignKeys(of: connection, or: .constraint, "\(names) cannot be applied")
  }

  private static func checkForeignKeys(
    of connection: Connection, or kind: SQLiteError.Kind, _ consequence: String
  ) throws {
    let tables = try connection.rows("PRAGMA foreign_key_check") { try $0.text(0) }
    guard let table = tables.first else { return }
    throw SQLiteError(
      kind,
      "\(consequence): \(tables.count) rows, such as of \(table), refer to rows that are not there")
  }

  /// Copies the database as it is while its lock is held, so that nobody's changes are missing.
  ///
  /// - Returns: The copy's path.
  private static func copy(_ connection: Connection, version: Int) throws -> String {
    let first = "\(connection.path).v\(version)-backup"
    var (copy, number) = (first, 1)
    while FileManager.default.fileExists(atPath: copy) {
      number += 1
      copy = "\(first)-\(number)"
    }
    // A connection cannot copy what it holds the lock of itself.
    try Connection(
      path: connection.path, mode: .readOnly, isCancelled: connection.isCancelled
    ).backup(to: copy)
    return copy
  }
}

extension Connection {
  /// Runs a body with foreign keys off; afterwards they are watched.
  ///
  /// - Precondition: No transaction is open, in which SQLite would switch nothing.
  package func withoutForeignKeys<Result>(_ body: () throws -> Result) throws -> Result {
    precondition(!isInTransaction, "foreign keys cannot be switched in a transaction")
    try execute("PRAGMA foreign_keys = OFF")
    let result: Result
    do {
      result = try body()
    } catch {
      try execute("PRAGMA foreign_keys = ON")
      throw error
    }
    try execute("PRAGMA foreign_keys = ON")
    return result
  }

  /// Runs all statements of a step.
  ///
  /// - Throws: ``SQLiteError`` that names the step and the line of the failing statement.
  fileprivate func run(_ step: Migration) throws {
    let countsOnForeignKeys = step.countsOnForeignKeys
    try step.sql.withCString { start in
      var position = start
      while position.pointee != 0 {
        var statement: OpaquePointer?
        var tail: UnsafePointer<CChar>?
        var code = sqlite3_prepare_v2(handle, position, -1, &statement, &tail)
        if code == SQLITE_OK, let statement {
          defer { sqlite3_finalize(statement) }
          if countsOnForeignKeys, let table = Self.droppedTable(statement) {
            try deleteWhatRefers(to: table)
          }
          repeat { code = sqlite3_step(statement) } while code == SQLITE_ROW
          if code == SQLITE_DONE { code = SQLITE_OK }
        }
        guard code == SQLITE_OK else {
          let before = UnsafeBufferPointer(start: start, count: position - start)
          let line = before.count { $0 == UInt8(ascii: "\n") } + 1
          throw context.error(code, doing: "\(step.name), statement after line \(line)")
        }
        guard let next = tail, next > position else { break }
        position = next
      }
    }
  }

  /// The table that a statement drops; nil if it does something else.
  private static func droppedTable(_ statement: OpaquePointer) -> String? {
    guard let text = sqlite3_sql(statement) else { return nil }
    let words = String(cString: text).split(separator: "\n").filter { !$0.hasPrefix("--") }
      .joined(separator: " ").split { $0.isWhitespace || $0 == ";" }
    return words.starts(with: ["DROP", "TABLE"]) && words.count == 3 ? String(words[2]) : nil
  }

  /// Deletes what foreign keys would, were they on, with all rows of a table.
  private func deleteWhatRefers(to table: String) throws {
    let references = try rows(
      """
      SELECT child.name, key."from"
      FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
      WHERE child.type = 'table' AND child.name <> ?1 AND key."table" = ?1
        AND key.on_delete = 'CASCADE'
      """, [.text(table)]
    ) { (table: try $0.text(0), column: try $0.text(1)) }
    for reference in references {
      try deleteWhatRefers(to: reference.table)
      try execute("DELETE FROM \"\(reference.table)\" WHERE \"\(reference.column)\" IS NOT NULL")
    }
  }
}
