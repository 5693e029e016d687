internal import SQLite

extension RunWriter {
  /// Takes a tag from the run.
  ///
  /// - Returns: Whether the run had it.
  /// - Throws: `SQLiteError`.
  public func removeTag(_ tag: String) throws -> Bool {
    try connection.execute(
      "DELETE FROM run_tag WHERE run_id = ? AND tag = ?", [.integer(runID), .text(tag)]) > 0
  }

  /// Gives the run back the name that it began with.
  ///
  /// - Throws: `SQLiteError`.
  public func clearName() throws {
    try execute("UPDATE run_label SET name = NULL WHERE run_id = ?", [.integer(runID)])
  }

  /// Takes the run out of its group.
  ///
  /// - Throws: `SQLiteError`.
  public func clearGroup() throws {
    try execute("UPDATE run_label SET group_name = NULL WHERE run_id = ?", [.integer(runID)])
  }
}
