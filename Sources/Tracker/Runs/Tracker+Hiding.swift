internal import SQLite

extension Tracker {
  /// Changes what people say of runs, of all of them or of none.
  ///
  /// - Throws: `SQLiteError`, or what the body throws.
  public func amend(_ runs: [Run], _ body: (RunWriter) throws -> Void) throws {
    try write { connection in
      for run in runs { try body(RunWriter(runID: run.id, connection: connection)) }
    }
  }

  /// Puts runs aside, so that lists leave them out unless they are asked for all runs.
  ///
  /// Deleted runs stay deleted.
  ///
  /// - Returns: The runs that were not archived yet.
  /// - Throws: `SQLiteError`.
  public func archive(_ runs: [Run]) throws -> [Run] {
    try write { connection in
      try runs.filter { try Self.hide($0, as: .archived, keepingOthers: true, in: connection) }
    }
  }

  /// Has lists show archived runs again.
  ///
  /// - Returns: The runs that were archived.
  /// - Throws: `SQLiteError`.
  public func unarchive(_ runs: [Run]) throws -> [Run] {
    try write { connection in
      try runs.filter {
        try connection.execute(
          "DELETE FROM hidden_run WHERE run_id = ? AND how = 'archived'", [.integer($0.id)]) > 0
      }
    }
  }

  /// Deletes runs: they are left out of lists and reports, until they are restored or removed for
  /// good.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - withDescendants: Whether the runs that used their results are deleted too.
  /// - Returns: The runs that were not deleted yet.
  /// - Throws: ``TrackerError/runInUse(_:by:)`` if another run used one of them and is not deleted;
  ///   ``TrackerError/runBusy(run:host:processID:)`` if a process works on one of them;
  ///   `SQLiteError`.
  public func delete(_ runs: [Run], withDescendants: Bool = false) throws -> [Run] {
    try write { connection in
      var chosen = runs
      for run in runs {
        let users = try Self.relatives(of: run, .descendants, in: connection)
          .filter { user in !chosen.contains { $0.id == user.id } }
        guard withDescendants || users.isEmpty else {
          throw TrackerError.runInUse(run.uuid, by: users.map { String($0.uuid.prefix(8)) })
        }
        chosen += users
      }
      for run in chosen where run.state == .running {
        if let lease = try Self.leases(of: run, in: connection).first(where: \.isHeld) {
          throw TrackerError.runBusy(
            run: run.uuid, host: lease.holder.host, processID: lease.holder.processID)
        }
      }
      return try chosen.filter {
        try Self.hide($0, as: .deleted, keepingOthers: false, in: connection)
      }
    }
  }

  /// Restores deleted runs, and the deleted ones whose results they used.
  ///
  /// - Returns: The runs that were deleted.
  /// - Throws: `SQLiteError`.
  public func restore(_ runs: [Run]) throws -> [Run] {
    try write { connection in try Self.restore(runs, in: connection) }
  }

  static func restore(_ runs: [Run], in connection: Connection) throws -> [Run] {
    var restored: [Run] = []
    for run in runs {
      for member in try [run] + relatives(of: run, .ancestors, in: connection) {
        let count = try connection.execute(
          "DELETE FROM hidden_run WHERE run_id = ? AND how = 'deleted'", [.integer(member.id)])
        if count > 0 { restored.append(member) }
      }
    }
    return restored
  }

  /// Restores a deleted run that was asked for again, and notes that on it.
  static func restoreForReuse(_ run: Run, in connection: Connection) throws {
    for restored in try restore([run], in: connection) {
      try RunWriter(runID: restored.id, connection: connection)
        .addNote("restored: its result was asked for again")
    }
  }

  /// How a run is put aside; nil if it is not.
  ///
  /// - Throws: `SQLiteError`.
  public func hiding(of run: Run) throws -> RunHiding? {
    try read { connection in
      try connection.rows(
        "SELECT how FROM hidden_run WHERE run_id = ?", [.integer(run.id)]
      ) { RunHiding(rawValue: try $0.text(0)) }.first ?? nil
    }
  }

  private static func hide(
    _ run: Run, as hiding: RunHiding, keepingOthers: Bool, in connection: Connection
  ) throws -> Bool {
    try connection.execute(
      """
      INSERT INTO hidden_run (run_id, how, since_ms) VALUES (?1, ?2, ?3)
      ON CONFLICT DO UPDATE SET how = excluded.how, since_ms = excluded.since_ms
      WHERE how <> excluded.how AND ?4 = 0
      """,
      [
        .integer(run.id), .text(hiding.rawValue), .integer(Clock.milliseconds),
        .integer(keepingOthers ? 1 : 0),
      ]) > 0
  }

  private enum Relatives {
    case ancestors
    case descendants
  }

  /// The runs that a run used, or that used it, directly or not; descendants that are deleted
  /// already are left out.
  private static func relatives(
    of run: Run, _ relatives: Relatives, in connection: Connection
  ) throws -> [Run] {
    let step =
      switch relatives {
      case .ancestors:
        "SELECT parent_run_id FROM found JOIN lineage ON lineage.run_id = found.number"
      case .descendants:
        """
        SELECT lineage.run_id FROM found JOIN lineage ON lineage.parent_run_id = found.number
        WHERE lineage.run_id NOT IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')
        """
      }
    return try connection.rows(
      """
      WITH RECURSIVE found (number) AS (SELECT ?1 UNION \(step))
      SELECT \(Run.columns) FROM run WHERE id IN found AND id <> ?1 ORDER BY id
      """, [.integer(run.id)], decode: Run.init)
  }
}
