package import SQLite

extension Tracker {
  /// Records what a client of another interface sends, in one transaction.
  ///
  /// - Throws: `SQLiteError`, or what the body throws: then nothing is recorded.
  package func record<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try write(body)
  }

  /// Takes the digest of a run that was finished in this transaction.
  ///
  /// - Throws: `SQLiteError`.
  package static func seal(run: Int64, in connection: Connection) throws {
    try RowDigest.record(run: run, in: connection)
  }
}
