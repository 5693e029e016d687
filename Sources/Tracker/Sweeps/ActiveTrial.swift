internal import SQLite
internal import Synchronization

/// A trial that this process holds.
///
/// The lease is renewed in the background. Every write is one transaction that first checks that
/// this process still holds the trial, so a worker that seemed dead writes nothing.
public final class ActiveTrial: Sendable {
  /// The trial's number in its sweep.
  public let number: Int
  /// Its parameters, an object by name.
  public let parameters: JSONValue
  /// Which attempt on it this is, from 1.
  public let attempt: Int

  private let claimed: ClaimedTrial
  private var id: Int64 { claimed.id }
  private var token: String { claimed.token }
  private let sweep: Sweep
  private let tracker: Tracker
  private let signs: Signs
  private let heartbeat: Heartbeat

  private static let heartbeatSeconds = 2

  /// What the heartbeat has found out.
  private final class Signs: Sendable {
    let isLost = Atomic(false)
    let isStopped = Atomic(false)
  }

  init(_ claimed: ClaimedTrial, sweep: Sweep, tracker: Tracker) {
    let (id, token, sweepID, signs) = (claimed.id, claimed.token, sweep.id, Signs())
    number = claimed.number
    parameters = claimed.parameters
    attempt = claimed.attempt
    self.claimed = claimed
    self.sweep = sweep
    self.tracker = tracker
    self.signs = signs
    heartbeat = Heartbeat(milliseconds: 1000 * Self.heartbeatSeconds) { [weak tracker] in
      // One that fails is made up for by the next one: only a lease that is really lost ends a trial.
      try? tracker?.write { connection in
        let renewed = try connection.execute(
          """
          UPDATE trial_attempt SET expires_ms = ?, expires_uptime_ms = ?, duration_ms = ?
          WHERE trial_id = ? AND token = ? AND outcome = 'running'
          """,
          [
            .integer(Clock.milliseconds + Lease.milliseconds),
            .integer(Clock.uptimeMilliseconds + Lease.milliseconds), claimed.duration,
            .integer(id), .text(token),
          ])
        if renewed == 0 { signs.isLost.store(true, ordering: .relaxed) }
        let stopped = try connection.rows(
          "SELECT state = 'stopped' FROM sweep WHERE id = ?", [.integer(sweepID)]
        ) { try $0.int(0) == 1 }
        if stopped == [true] { signs.isStopped.store(true, ordering: .relaxed) }
      }
    }
  }

  deinit {
    heartbeat.stop()
  }

  /// Whether the lease is lost: another worker has taken over the trial.
  public var isLost: Bool { signs.isLost.load(ordering: .relaxed) }

  /// Whether the user has stopped the sweep; then release the trial.
  public var isStopped: Bool { signs.isStopped.load(ordering: .relaxed) }

  /// Records that the trial uses a run's results.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - computed: Whether the trial works on the run itself; false if it found it finished.
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func use(run: String, computed: Bool) throws {
    try fenced { connection in
      try connection.execute(
        """
        INSERT INTO trial_run (trial_id, run_id, computed)
        SELECT ?, id, ? FROM run WHERE uuid = ? ON CONFLICT DO NOTHING
        """, [.integer(id), .integer(computed ? 1 : 0), .text(run)])
    }
  }

  /// The runs whose results this trial uses, the oldest first; those of earlier attempts among them.
  ///
  /// - Throws: `SQLiteError`.
  public func runs() throws -> [Run] {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE id IN (SELECT run_id FROM trial_run WHERE trial_id = ?) ORDER BY id
        """, [.integer(id)], decode: Run.init)
    }
  }

  /// Records an intermediate value, which pruning compares.
  ///
  /// - Parameters:
  ///   - value: The value; a second value for a step replaces the first.
  ///   - step: The step, such as the epoch.
  /// - Returns: The values that other trials have reported at the step.
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func report(_ value: Double, step: Int) throws -> [Double] {
    try fenced { connection in
      try connection.execute(
        """
        INSERT INTO trial_report (sweep_id, step, trial_id, value) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET value = excluded.value
        """, [.integer(sweep.id), .integer(Int64(step)), .integer(id), .real(value)])
      return try connection.rows(
        "SELECT value FROM trial_report WHERE sweep_id = ? AND step = ? AND trial_id <> ?",
        [.integer(sweep.id), .integer(Int64(step)), .integer(id)]
      ) { $0.value(0).real ?? .nan }
    }
  }

  /// Finishes the trial with the values of its objectives.
  ///
  /// - Parameter values: The values, in the order of the sweep's objectives; a NaN is stored as
  ///   NULL.
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  /// - Precondition: There is a value for each objective.
  public func finish(_ values: [Double]) throws {
    precondition(
      values.count == sweep.description.objectives.count,
      "\(values.count) values for \(sweep.description.objectives.count) objectives")
    try end("finished", outcome: "finished") { connection in
      for (objective, value) in values.enumerated() {
        try connection.execute(
          "INSERT INTO trial_value (trial_id, objective, sweep_id, value) VALUES (?, ?, ?, ?)",
          [.integer(id), .integer(Int64(objective)), .integer(sweep.id), .real(value)])
      }
    }
  }

  /// Ends the trial early, as its reports advised.
  ///
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func prune() throws {
    try end("pruned", outcome: "pruned")
  }

  /// Ends the trial with an error.
  ///
  /// It can be retried.
  ///
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func fail(_ error: String) throws {
    try end("failed", outcome: "failed", error: error.split(separator: "\n").joined(separator: " "))
  }

  /// Gives the trial back, so that any worker can resume it.
  ///
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func release() throws {
    try end("queued", outcome: "released")
  }

  /// Ends the attempt as one whose work was killed; the trial waits for another attempt, or has failed
  /// if too many were lost.
  ///
  /// - Parameter reason: What became of it, such as "the command was killed".
  /// - Throws: ``TrackerError/trialLost(number:)`` or `SQLiteError`.
  public func lose(_ reason: String) throws {
    try fenced { connection in
      try LostAttempt(trial: id, reason: reason).record(at: Clock.milliseconds, in: connection)
    }
    heartbeat.stop()
  }

  private func end(
    _ state: String, outcome: String, error: String? = nil,
    _ body: (Connection) throws -> Void = { _ in }
  ) throws {
    try fenced { connection in
      try body(connection)
      let now = SQLValue.integer(Clock.milliseconds)
      try connection.execute(
        """
        UPDATE trial SET state = ?1, token = NULL, error = ?2,
          ended_ms = iif(?1 = 'queued', NULL, ?3),
          judged_number = iif(?1 IN ('finished', 'pruned'), (
            SELECT finished_trials + pruned_trials FROM sweep WHERE id = sweep_id), NULL)
        WHERE id = ?4
        """, [.text(state), error.map(SQLValue.text) ?? .null, now, .integer(id)])
      try connection.execute(
        """
        UPDATE trial_attempt SET outcome = ?, ended_ms = ?, duration_ms = ?
        WHERE trial_id = ? AND token = ?
        """, [.text(outcome), now, claimed.duration, .integer(id), .text(token)])
      if ["finished", "pruned"].contains(state) {
        try RowDigest.record(trial: id, in: connection)
      }
    }
    heartbeat.stop()
  }

  /// Runs a body in a transaction, if the trial is still this process's.
  @discardableResult
  private func fenced<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try tracker.write { connection in
      let holder = try connection.rows(
        "SELECT 1 FROM trial WHERE id = ? AND token = ? AND state = 'running'",
        [.integer(id), .text(token)]
      ) { _ in true }
      guard !holder.isEmpty else { throw TrackerError.trialLost(number: number) }
      return try body(connection)
    }
  }
}

/// A trial's row as it was taken.
struct ClaimedTrial: Sendable {
  let id: Int64
  let number: Int
  let parameters: JSONValue
  let token: String
  /// The number of its attempt, from 1.
  var attempt: Int
  /// The host's uptime when it was taken, in milliseconds.
  let started: Int64

  /// How long it has been held, in milliseconds.
  var duration: SQLValue { .integer(max(Clock.uptimeMilliseconds - started, 0)) }
}
