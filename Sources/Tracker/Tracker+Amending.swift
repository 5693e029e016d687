internal import SQLite

extension Tracker {
  /// Drops parts of a finished run that can be computed again, or restores them.
  ///
  /// Triggers refuse every other change.
  ///
  /// - Throws: `SQLiteError`, or what the body throws.
  public func amend(_ run: Run, _ body: (RunWriter) throws -> Void) throws {
    try write { connection in try body(RunWriter(runID: run.id, connection: connection)) }
  }

  /// The SHA-256 of a dropped artifact; nil if there is no such artifact, or it wasn't dropped.
  ///
  /// - Throws: `SQLiteError`.
  public func droppedArtifact(named name: String, of run: Run) throws -> String? {
    try read { connection in
      try connection.rows(
        "SELECT sha256 FROM dropped_artifact WHERE run_id = ? AND name = ?",
        [.integer(run.id), .text(name)]
      ) { try $0.text(0) }.first
    }
  }
}

extension RunWriter {
  /// Drops an artifact, if there is one, and keeps its SHA-256.
  ///
  /// - Throws: `SQLiteError`.
  public func dropArtifact(_ name: String) throws {
    try execute(
      """
      INSERT INTO dropped_artifact (run_id, name, sha256, dropped_ms)
      SELECT artifact.run_id, artifact.name, blob.sha256, ?
      FROM artifact JOIN blob ON blob.id = artifact.blob_id
      WHERE artifact.run_id = ? AND artifact.name = ?
      """, [.integer(Clock.milliseconds), .integer(runID), .text(name)])
    try removeArtifact(name)
  }

  /// Restores a dropped artifact.
  ///
  /// - Throws: `SQLiteError` of kind `constraint` if the content is not what was dropped.
  public func restoreArtifact(_ name: String, bytes: [UInt8], mediaType: String) throws {
    try putArtifact(name, bytes: bytes, mediaType: mediaType)
    try execute(
      "DELETE FROM dropped_artifact WHERE run_id = ? AND name = ?",
      [.integer(runID), .text(name)])
  }
}
