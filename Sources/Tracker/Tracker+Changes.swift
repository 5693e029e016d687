internal import SQLite

extension Tracker {
  /// A number that changes whenever another connection changes the database.
  ///
  /// - Throws: `SQLiteError`.
  public var dataVersion: Int {
    get throws {
      try read { connection in
        let version = try connection.rows("PRAGMA data_version") { try $0.int(0) }.first ?? 0
        // A connection counts from anew.
        return version &+ reopenings << 32
      }
    }
  }
}
