internal import CSQLite

extension Connection {
  /// The size of a file before and after it was rebuilt, in bytes.
  public struct Vacuumed: Sendable, Equatable {
    /// Before.
    public let before: Int64
    /// After.
    public let after: Int64
  }

  /// Room that rebuilding needs beyond the content, in bytes.
  private static let margin: UInt64 = 1 << 20

  /// Rebuilds the file, so that it has no free pages.
  ///
  /// The journal mode stays.
  ///
  /// - Throws: ``SQLiteError``: `busy` while another connection reads or writes, `full` or
  ///   `temporaryFull` if there is no room for a second copy of the content, `interrupted` if the
  ///   connection's work was cancelled.
  /// - Precondition: No transaction is open on this connection.
  public func vacuum() throws(SQLiteError) -> Vacuumed {
    precondition(!isInTransaction, "a transaction cannot rebuild the file")
    // Whoever reads an older state keeps the log from being taken into the file.
    try emptyLog()
    let before = try size("page_count")
    let content = UInt64(clamping: try before - size("freelist_count")) + Self.margin
    let directory = DatabaseFile.directory(of: path)
    guard TemporaryFiles.room(in: directory) >= content else {
      throw SQLiteError(
        .full, "rebuilding \(path) takes \(content >> 20) MB that its disk does not have")
    }
    guard TemporaryFiles.room(in: TemporaryFiles.directory) >= content else {
      throw SQLiteError(
        .temporaryFull,
        "rebuilding \(path) takes \(content >> 20) MB that the directory for temporary files, "
          + "\(TemporaryFiles.directory), does not have")
    }
    let interrupter = Interrupter(of: handle, when: isCancelled)
    defer { interrupter.stop() }
    // Statements that are kept for reuse would hold the file open.
    statements = [:]
    try execute("VACUUM")
    try emptyLog()
    return Vacuumed(before: before, after: try size("page_count"))
  }

  private func emptyLog() throws(SQLiteError) {
    let isBusy = try one("PRAGMA wal_checkpoint(TRUNCATE)") { row throws(SQLiteError) in
      try row.int(0) != 0
    }
    guard isBusy != true else {
      throw SQLiteError(.busy, "\(path) is in use by another program")
    }
  }

  /// How many bytes a number of pages takes.
  private func size(_ pages: String) throws(SQLiteError) -> Int64 {
    let size = try one("SELECT * FROM pragma_\(pages)(), pragma_page_size()") {
      row throws(SQLiteError) in try row.int64(0) * row.int64(1)
    }
    return size ?? 0
  }
}
