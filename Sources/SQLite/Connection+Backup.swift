internal import CSQLite

extension Connection {
  /// Copies the database to a new file, while others may go on writing.
  ///
  /// - Throws: ``SQLiteError``.
  public func backup(to path: String) throws(SQLiteError) {
    var target: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, nil)
    defer { sqlite3_close_v2(target) }
    func fail(_ code: Int32) -> SQLiteError {
      let message = target.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      return SQLiteError(code: code, message: message, doing: "copying to \(path)")
    }
    guard code == SQLITE_OK else { throw fail(code) }
    guard let backup = sqlite3_backup_init(target, "main", handle, "main") else {
      throw fail(sqlite3_errcode(target))
    }
    var step = SQLITE_OK
    repeat {
      step = sqlite3_backup_step(backup, 1024)
      if step == SQLITE_BUSY || step == SQLITE_LOCKED { sqlite3_sleep(20) }
    } while step == SQLITE_OK || step == SQLITE_BUSY || step == SQLITE_LOCKED
    let finish = sqlite3_backup_finish(backup)
    guard step == SQLITE_DONE, finish == SQLITE_OK else { throw fail(finish) }
  }

  /// The version of the SQLite library.
  public static var libraryVersion: String { String(cString: sqlite3_libversion()) }
}
