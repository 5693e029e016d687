internal import Foundation
internal import SQLite

extension Tracker {
  /// Claims the next trial of a sweep for this process: a waiting one, or a new one.
  ///
  /// One transaction first ends the leases of dead workers, so that no trial is stuck, and then
  /// hands over one trial. A new trial is proposed only if the budget has room for it.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - proposer: Proposes the parameters of a new trial.
  /// - Returns: The trial, or why there is none.
  /// - Throws: `SQLiteError`, or what the proposer throws.
  public func claimTrial(of sweep: Sweep, proposer: any TrialProposer) throws -> Claim {
    try write { connection in
      try TrialQueue(sweep: sweep, connection: connection).next(proposer: proposer)
    }.map { claimed in .trial(ActiveTrial(claimed, sweep: sweep, tracker: self)) }
  }
}

/// The trials of a sweep as a queue, within one transaction.
struct TrialQueue {
  let sweep: Sweep
  let connection: Connection

  /// A trial that was taken, or why none was.
  enum Next {
    case claimed(ClaimedTrial)
    case none(Claim)

    func map(_ transform: (ClaimedTrial) -> Claim) -> Claim {
      switch self {
      case .claimed(let trial): transform(trial)
      case .none(let claim): claim
      }
    }
  }

  func next(proposer: any TrialProposer) throws -> Next {
    try endDeadLeases()
    let sweep = try Tracker.existingSweep(named: sweep.name, in: connection)
    guard sweep.state != .stopped else { return .none(.stopped) }
    if let waiting = try takeWaiting() { return .claimed(waiting) }
    let counts = sweep.counts
    if sweep.hasRoom(for: proposer) {
      try insertTrial(of: counts, proposer: proposer)
      if let new = try takeWaiting() { return .claimed(new) }
    }
    guard counts.running == 0 else { return .none(.wait) }
    try connection.execute(
      "UPDATE sweep SET state = 'finished' WHERE id = ? AND state = 'open'", [.integer(sweep.id)])
    return .none(.finished)
  }

  /// Proposes trials until so many wait, as far as the budget has room.
  func fill(upTo count: Int, proposer: any TrialProposer) throws {
    try endDeadLeases()
    while true {
      let sweep = try Tracker.existingSweep(named: sweep.name, in: connection)
      guard sweep.counts.queued < count, sweep.hasRoom(for: proposer) else { return }
      try insertTrial(of: sweep.counts, proposer: proposer, pending: "'running', 'queued'")
    }
  }

  /// Gives the waiting trial of the lowest number to this process.
  private func takeWaiting() throws -> ClaimedTrial? {
    let token = UUID().uuidString.lowercased()
    let taken = try connection.rows(
      """
      UPDATE trial SET state = 'running', token = ?1
      WHERE state = 'queued' AND id = (
        SELECT id FROM trial WHERE sweep_id = ?2 AND state = 'queued' ORDER BY number LIMIT 1)
      RETURNING id, number, parameters
      """, [.text(token), .integer(sweep.id)]
    ) { row in
      ClaimedTrial(
        id: try row.int64(0), number: try row.int(1),
        parameters: try JSONValue(parsing: try row.text(2)), token: token, attempt: 0,
        started: Clock.uptimeMilliseconds)
    }
    guard var trial = taken.first else { return nil }
    let process = ProcessIdentity.current
    let now = Clock.milliseconds
    let attempts = try connection.rows(
      """
      INSERT INTO trial_attempt (
        trial_id, number, token, host, boot_id, process_id, process_started, started_ms, expires_ms,
        pid_namespace, expires_uptime_ms, duration_ms
      ) VALUES (
        ?1, (SELECT coalesce(max(number), 0) + 1 FROM trial_attempt WHERE trial_id = ?1),
        ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)
      RETURNING number
      """,
      [
        .integer(trial.id), .text(token), .text(process.host), .text(process.bootID),
        .integer(process.processID), .text(process.started), .integer(now),
        .integer(now + Lease.milliseconds), process.namespace.map(SQLValue.text) ?? .null,
        .integer(trial.started + Lease.milliseconds),
      ]
    ) { try $0.int(0) }
    trial.attempt = attempts.first ?? 1
    return trial
  }

  /// Inserts a new trial, as the proposer has it; `pending` are the states of the trials that it is shown
  /// as running.
  private func insertTrial(
    of counts: TrialCounts, proposer: any TrialProposer, pending: String = "'running'"
  ) throws {
    let (number, judged) = (try nextNumber(counts), counts.judged)
    var running: [JSONValue] = []
    if let observed = proposer.observedCount {
      try showJudged(from: observed, to: proposer)
      running = try connection.rows(
        """
        SELECT parameters FROM trial WHERE sweep_id = ? AND state IN (\(pending)) ORDER BY number
        """, [.integer(sweep.id)]
      ) { try JSONValue(parsing: try $0.text(0)) }
    }
    let parameters = try proposer.propose(number: number, running: running)
    try connection.execute(
      """
      INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .integer(sweep.id), .integer(Int64(number)), .text(parameters.canonical),
        .integer(Int64(judged)), .integer(Clock.milliseconds),
      ])
  }

  /// The lowest number that no trial has: in a file that was merged, some may be missing.
  private func nextNumber(_ counts: TrialCounts) throws -> Int {
    let last = try connection.rows(
      "SELECT max(number) FROM trial WHERE sweep_id = ?", [.integer(sweep.id)]
    ) { $0.value(0).integer ?? -1 }
    guard let last = last.first, last >= counts.all else { return counts.all }
    return try connection.rows(
      """
      SELECT min(number) FROM (
        SELECT 0 AS number UNION ALL SELECT number + 1 FROM trial WHERE sweep_id = ?1) AS next
      WHERE NOT EXISTS (SELECT 1 FROM trial WHERE sweep_id = ?1 AND number = next.number)
      """, [.integer(sweep.id)]
    ) { try $0.int(0) }.first ?? counts.all
  }

  /// Shows a proposer the judged trials that it has not seen, in the order in which they were
  /// judged.
  private func showJudged(from first: Int, to proposer: any TrialProposer) throws {
    let trials = try connection.rows(
      """
      SELECT id, parameters FROM trial WHERE sweep_id = ? AND judged_number >= ?
      ORDER BY judged_number
      """, [.integer(sweep.id), .integer(Int64(first))]
    ) { row in (id: try row.int64(0), parameters: try JSONValue(parsing: try row.text(1))) }
    for trial in trials {
      let values = try connection.rows(
        "SELECT value FROM trial_value WHERE trial_id = ? ORDER BY objective",
        [.integer(trial.id)]
      ) { $0.value(0).real ?? .nan }
      try proposer.observe(JudgedTrial(parameters: trial.parameters, values: values))
    }
  }

  /// Ends the leases of workers that are dead.
  ///
  /// Where a holder's process can be seen, those are the ones whose process is gone, else those
  /// that have expired. Their trials wait for another worker, or have failed if too many died on
  /// them.
  private func endDeadLeases() throws {
    let held = try connection.rows(
      """
      SELECT
        trial.id, trial_attempt.host, boot_id, pid_namespace, process_id, process_started, expires_ms,
        expires_uptime_ms
      FROM trial
      JOIN trial_attempt ON trial_attempt.trial_id = trial.id AND outcome = 'running'
      WHERE trial.sweep_id = ? AND trial.state = 'running'
      """, [.integer(sweep.id)]
    ) { row in
      (
        trial: try row.int64(0),
        lease: Lease(
          holder: ProcessIdentity(
            host: try row.text(1), bootID: try row.text(2), namespace: row.value(3).text,
            processID: try row.int64(4), started: try row.text(5)),
          heard: try row.int64(6) - Lease.milliseconds,
          heardUptime: row.value(7).integer.map { $0 - Lease.milliseconds })
      )
    }
    let now = Clock.milliseconds
    for (trial, lease) in held where !lease.isHeld {
      try LostAttempt(trial: trial, reason: "the worker died").record(at: now, in: connection)
    }
  }
}

extension Sweep {
  /// Whether another trial may be proposed.
  fileprivate func hasRoom(for proposer: any TrialProposer) -> Bool {
    counts.finished + counts.running + counts.queued < description.budget.trials
      && counts.all < description.budget.trialLimit && counts.all < proposer.trialCount ?? .max
  }
}

/// An attempt that ended without a word of its own: its trial waits for another one, or has failed if
/// too many were lost.
struct LostAttempt {
  let trial: Int64
  /// What became of it, such as "the worker died".
  let reason: String

  /// Records it, within a transaction.
  ///
  /// - Throws: `SQLiteError`.
  func record(at now: Int64, in connection: Connection) throws {
    try connection.execute(
      """
      UPDATE trial_attempt SET outcome = 'lost', ended_ms = max(started_ms, min(?, expires_ms))
      WHERE trial_id = ? AND outcome = 'running'
      """, [.integer(now), .integer(trial)])
    try connection.execute(
      """
      UPDATE trial SET token = NULL, (state, error, ended_ms) = (
        SELECT
          iif(count(*) < attempt_limit, 'queued', 'failed'),
          iif(
            count(*) < attempt_limit, NULL,
            'given up: ' || ?3 || ' in each of ' || count(*) || ' attempts'),
          iif(count(*) < attempt_limit, NULL, ?1)
        FROM sweep
        LEFT JOIN trial_attempt
          ON trial_attempt.trial_id = trial.id AND trial_attempt.outcome = 'lost'
          AND trial_attempt.number > trial.attempts_forgiven
        WHERE sweep.id = trial.sweep_id)
      WHERE id = ?2
      """, [.integer(now), .integer(trial), .text(reason)])
  }
}
