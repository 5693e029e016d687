internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Connection {
  /// The number of pages copied before the next check for cancellation: a few milliseconds' work.
  private static let pagesAtOnce: Int32 = 1024

  /// Copies the database's current state to a new file, while others may write.
  ///
  /// The copy is written under another name and renamed when it is complete. It has the database's
  /// permissions.
  ///
  /// - Throws: ``SQLiteError``: `exists` if there is such a file, `journalName` if its name is that of
  ///   another database's journal, `interrupted` if the connection's work was cancelled,
  ///   `cannotOpen` if the copy may not be written, `full`, `inputOutput`.
  /// - Precondition: No transaction is open on this connection.
  public func backup(to path: String) throws {
    let target = try DatabaseFile(path)
    guard !target.exists else { throw SQLiteError(.exists, "\(path) exists already") }
    try target.requireOwnName()
    let draft = try draft(of: target)
    // In one state throughout: what others write meanwhile would begin the copying anew.
    try snapshot {
      _ = try userVersion
      try copy(to: draft.path, named: path)
    }
    try draft.publish()
  }

  private func draft(of target: DatabaseFile) throws(SQLiteError) -> Draft {
    do {
      return try Draft(of: target.path, permissions: FileStatus(path)?.permissions)
    } catch {
      // It is not the database that may not be written.
      throw error.kind == .readOnly ? SQLiteError(.cannotOpen, error.description) : error
    }
  }

  /// Copies the database's current state to a new file that is this process's own: nobody else may see
  /// it, and it need not survive a loss of power.
  ///
  /// - Throws: ``SQLiteError``, as ``backup(to:)``.
  /// - Precondition: No transaction is open on this connection.
  func copyForOwnUse(to path: String) throws {
    try snapshot {
      _ = try userVersion
      try copy(to: path, named: path)
    }
  }

  private func copy(to draft: String, named path: String) throws(SQLiteError) {
    var target: OpaquePointer?
    let code = sqlite3_open_v2(
      draft, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, nil)
    defer { sqlite3_close_v2(target) }
    func fail(_ code: Int32) -> SQLiteError {
      let number = target.map { sqlite3_system_errno($0) } ?? 0
      let reason = SQLiteError.reason(code, systemError: number)
      return SQLiteError(code: code, description: "copying to \(path): \(reason)")
    }
    guard code == SQLITE_OK else { throw fail(code) }
    // Nobody sees the draft before it is whole, so it needs no journal; it is synced at the end.
    for setting in ["PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"] {
      let code = sqlite3_exec(target, setting, nil, nil, nil)
      guard code == SQLITE_OK else { throw fail(code) }
    }
    guard let backup = sqlite3_backup_init(target, "main", handle, "main") else {
      throw fail(sqlite3_extended_errcode(target))
    }
    var step = SQLITE_OK
    var wasCancelled = false
    repeat {
      step = sqlite3_backup_step(backup, Self.pagesAtOnce)
      wasCancelled = isCancelled()
    } while step == SQLITE_OK && !wasCancelled
    let finish = sqlite3_backup_finish(backup)
    guard step == SQLITE_DONE || !wasCancelled else {
      throw SQLiteError(.interrupted, "interrupted while copying to \(path)")
    }
    guard step == SQLITE_DONE, finish == SQLITE_OK else { throw fail(finish) }
  }
}
