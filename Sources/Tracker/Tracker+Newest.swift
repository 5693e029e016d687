internal import SQLite

extension Tracker {
  /// The finished runs of a kind that are the user's own, the last recorded first: no trial of a
  /// sweep computed them, or a command outside of sweeps asked for them too.
  ///
  /// Commands choose their defaults among them. A run that a trial only reused is among them too.
  ///
  /// - Parameters:
  ///   - kind: Such as "train".
  ///   - limit: The largest number of runs; nil for all.
  /// - Returns: The runs.
  /// - Throws: `SQLiteError`.
  public func ownRuns(kind: String, limit: Int? = nil) throws -> [Run] {
    try read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE kind = ?1 AND state = 'finished'
          AND EXISTS (SELECT 1 FROM own_runs WHERE record_number = run.id)
          AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
        ORDER BY id DESC LIMIT ?2
        """, [.text(kind), .integer(Int64(limit ?? -1))], decode: Run.init)
    }
  }

  /// Whether a run is the user's own, as ``ownRuns(kind:limit:)`` are.
  ///
  /// - Throws: `SQLiteError`.
  public func isOwn(_ run: Run) throws -> Bool {
    try read { connection in
      try !connection.rows(
        "SELECT 1 FROM own_runs WHERE record_number = ?", [.integer(run.id)]
      ) { _ in true }.isEmpty
    }
  }

  /// The finished run of a kind that a trial used; nil if there is none.
  ///
  /// - Parameters:
  ///   - kind: Such as "reproduce".
  ///   - sweep: The sweep's name.
  ///   - trial: The trial's number.
  /// - Returns: The run.
  /// - Throws: ``TrackerError/unknownSweep(_:)`` or ``TrackerError/unknownTrial(sweep:number:)``.
  public func run(kind: String, sweep: String, trial: Int) throws -> Run? {
    let sweep = try self.sweep(named: sweep)
    _ = try parameters(ofTrial: trial, in: sweep)
    return try read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE kind = ?1 AND state = 'finished' AND id IN (
          SELECT trial_run.run_id FROM trial_run JOIN trial ON trial.id = trial_run.trial_id
          WHERE trial.sweep_id = ?2 AND trial.number = ?3)
        ORDER BY id DESC LIMIT 1
        """, [.text(kind), .integer(sweep.id), .integer(Int64(trial))], decode: Run.init
      ).first
    }
  }

  /// The trial that computed a run, the first of several; nil if none did.
  ///
  /// - Throws: `SQLiteError`.
  public func trial(computing run: Run) throws -> (sweep: String, number: Int)? {
    try read { connection in
      try connection.rows(
        """
        SELECT sweep.name, trial.number
        FROM trial_run
        JOIN trial ON trial.id = trial_run.trial_id
        JOIN sweep ON sweep.id = trial.sweep_id
        WHERE trial_run.run_id = ? AND trial_run.computed = 1
        ORDER BY trial.id LIMIT 1
        """, [.integer(run.id)]
      ) { (sweep: try $0.text(0), number: try $0.int(1)) }.first
    }
  }
}
