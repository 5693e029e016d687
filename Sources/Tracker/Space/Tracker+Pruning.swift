internal import SQLite

/// Content that can be given up.
public struct PrunableContent: Sendable, Equatable {
  /// The run that has it, by its UUID; nil: no run has it.
  public let run: String?
  /// The artifact's name; the SHA-256 of content that no run has.
  public let name: String
  /// Its size in bytes.
  public let bytes: Int64
  /// The row of the run or of the content.
  let row: Int64
}

/// What became of deleted runs that were to be removed for good.
public struct RemovedRuns: Sendable, Equatable {
  /// The runs that are gone.
  public let removed: [String]
  /// The runs that stay, since others that are not deleted used their results.
  public let kept: [String]
}

extension Tracker {
  /// The checkpoints of finished runs.
  ///
  /// Runs that are not finished may need theirs to be resumed.
  ///
  /// - Parameter spared: The UUIDs of runs whose checkpoints stay.
  /// - Returns: The checkpoints, the oldest runs' first.
  /// - Throws: `SQLiteError`.
  public func prunableCheckpoints(sparing spared: Set<String>) throws -> [PrunableContent] {
    try read { connection in
      try connection.rows(
        """
        SELECT run.uuid, artifact.name, blob.size, run.id
        FROM artifact
        JOIN blob ON blob.id = artifact.blob_id
        JOIN run ON run.id = artifact.run_id
        WHERE artifact.name GLOB 'checkpoint/*' AND run.state = 'finished'
        ORDER BY run.id, artifact.name
        """
      ) { row in
        PrunableContent(
          run: try row.text(0), name: try row.text(1), bytes: try row.int64(2),
          row: try row.int64(3))
      }
    }.filter { content in content.run.map { !spared.contains($0) } ?? false }
  }

  /// Drops artifacts of finished runs, and keeps their SHA-256.
  ///
  /// - Throws: `SQLiteError`.
  public func drop(_ artifacts: [PrunableContent]) throws {
    try write { connection in
      for artifact in artifacts {
        try RunWriter(runID: artifact.row, connection: connection).dropArtifact(artifact.name)
      }
    }
  }

  /// Contents that no run has: what is left where a program was killed.
  ///
  /// - Throws: `SQLiteError`.
  public func orphanedContents() throws -> [PrunableContent] {
    try read { connection in
      try connection.rows(
        """
        SELECT sha256, size, id FROM blob
        WHERE NOT EXISTS (SELECT 1 FROM artifact WHERE blob_id = blob.id) ORDER BY id
        """
      ) { row in
        PrunableContent(
          run: nil, name: try row.text(0), bytes: try row.int64(1), row: try row.int64(2))
      }
    }
  }

  /// Removes contents that no run has.
  ///
  /// - Throws: `SQLiteError`.
  public func removeOrphanedContents() throws {
    try write { connection in
      try connection.execute(
        "DELETE FROM blob WHERE NOT EXISTS (SELECT 1 FROM artifact WHERE blob_id = blob.id)")
    }
  }

  /// The deleted runs, the newest first.
  ///
  /// - Throws: `SQLiteError`.
  public func deletedRuns() throws -> [Run] {
    try read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE id IN (SELECT run_id FROM hidden_run WHERE how = 'deleted') ORDER BY id DESC
        """, decode: Run.init)
    }
  }

  /// Removes deleted runs for good, with all that only they have.
  ///
  /// Each is removed in a transaction of its own, those first that used the others' results.
  ///
  /// - Parameter isCancelled: Ends the work between two runs.
  /// - Returns: What became of them.
  /// - Throws: `SQLiteError`, of kind `interrupted` if it was cancelled.
  public func removeDeletedRuns(isCancelled: () -> Bool = { false }) throws -> RemovedRuns {
    var (removed, kept): ([String], [String]) = ([], [])
    for run in try deletedRuns() {
      guard !isCancelled() else {
        throw SQLiteError(.interrupted, "removing deleted runs was stopped")
      }
      let isRemoved = try write { connection in
        // It may have been restored since, or be used by a run that is not deleted.
        try connection.execute(
          """
          DELETE FROM run
          WHERE id = ?1 AND state <> 'running'
            AND EXISTS (SELECT 1 FROM hidden_run WHERE run_id = ?1 AND how = 'deleted')
            AND NOT EXISTS (SELECT 1 FROM lineage WHERE parent_run_id = ?1)
          """, [.integer(run.id)]) > 0
      }
      if isRemoved { removed.append(run.uuid) } else { kept.append(run.uuid) }
    }
    if !removed.isEmpty { try removeOrphanedContents() }
    return RemovedRuns(removed: removed, kept: kept)
  }

  /// The sizes of the file before and after it was rebuilt, in bytes.
  public struct Rebuilding: Sendable, Equatable {
    /// Before.
    public let before: Int64
    /// After.
    public let after: Int64
  }

  /// Rebuilds the file, so that it has no free pages.
  ///
  /// - Throws: `SQLiteError`: `busy` while another program reads or writes it, `full` or
  ///   `temporaryFull` if there is no room for a second copy, `interrupted`.
  public func vacuum() throws -> Rebuilding {
    let sizes = try read { try $0.vacuum() }
    return Rebuilding(before: sizes.before, after: sizes.after)
  }
}
