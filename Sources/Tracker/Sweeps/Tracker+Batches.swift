internal import SQLite

/// A trial that nobody works on yet.
public struct ProposedTrial: Sendable, Equatable {
  /// Its number in its sweep, from 0.
  public let number: Int
  /// Its parameters, an object by name.
  public let parameters: JSONValue
  /// How many trials had been judged when it was proposed.
  public let proposedAfter: Int

  /// Describes a trial.
  public init(number: Int, parameters: JSONValue, proposedAfter: Int = 0) {
    self.number = number
    self.parameters = parameters
    self.proposedAfter = proposedAfter
  }
}

extension Tracker {
  /// Has trials of a sweep wait for workers, but for those that it has already.
  ///
  /// - Throws: ``TrackerError/damagedRecord(_:)`` if the sweep has a trial of one of the numbers with
  ///   other parameters; `SQLiteError`.
  public func addTrials(_ trials: [ProposedTrial], to sweep: Sweep) throws {
    try write { connection in
      for trial in trials {
        try connection.execute(
          """
          INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms)
          VALUES (?, ?, ?, ?, ?) ON CONFLICT (sweep_id, number) DO NOTHING
          """,
          [
            .integer(sweep.id), .integer(Int64(trial.number)), .text(trial.parameters.canonical),
            .integer(Int64(trial.proposedAfter)), .integer(Clock.milliseconds),
          ])
        let parameters = try connection.rows(
          "SELECT parameters FROM trial WHERE sweep_id = ? AND number = ?",
          [.integer(sweep.id), .integer(Int64(trial.number))]
        ) { try $0.text(0) }
        guard parameters == [trial.parameters.canonical] else {
          throw TrackerError.damagedRecord(
            "trial \(trial.number) of the sweep '\(sweep.name)' has other parameters than it should"
          )
        }
      }
    }
  }

  /// The trials of a sweep that wait for a worker, by their numbers.
  ///
  /// - Throws: `SQLiteError`.
  public func waitingTrials(of sweep: Sweep) throws -> [ProposedTrial] {
    try read { try Self.waitingTrials(of: sweep, in: $0) }
  }

  /// The numbers of the trials of a sweep that have ended: finished, pruned or failed.
  ///
  /// - Throws: `SQLiteError`.
  public func endedTrials(of sweep: Sweep) throws -> Set<Int> {
    try read { connection in
      Set(
        try connection.rows(
          """
          SELECT number FROM trial
          WHERE sweep_id = ? AND state IN ('finished', 'pruned', 'failed')
          """, [.integer(sweep.id)]
        ) { try $0.int(0) })
    }
  }

  static func waitingTrials(
    of sweep: Sweep, in connection: Connection
  ) throws -> [ProposedTrial] {
    try connection.rows(
      """
      SELECT number, parameters, proposed_after FROM trial
      WHERE sweep_id = ? AND state = 'queued' ORDER BY number
      """, [.integer(sweep.id)]
    ) { row in
      ProposedTrial(
        number: try row.int(0), parameters: try JSONValue(parsing: try row.text(1)),
        proposedAfter: try row.int(2))
    }
  }

  /// Proposes trials of a sweep until so many wait, as far as its budget has room.
  ///
  /// A proposer that learns from other trials is shown those that wait as running ones.
  ///
  /// - Parameters:
  ///   - count: How many are to wait.
  ///   - sweep: The sweep.
  ///   - proposer: Proposes the parameters of a new trial.
  /// - Returns: Those that wait, by their numbers.
  /// - Throws: `SQLiteError`, or what the proposer throws.
  public func proposeTrials(
    upTo count: Int, of sweep: Sweep, proposer: any TrialProposer
  ) throws -> [ProposedTrial] {
    try write { connection in
      try TrialQueue(sweep: sweep, connection: connection).fill(upTo: count, proposer: proposer)
      return try Self.waitingTrials(of: sweep, in: connection)
    }
  }
}
