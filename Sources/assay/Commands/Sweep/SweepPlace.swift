import ArgumentParser
import SQLite
import Sweep
import Tracker

/// Where a sweep is recorded: in the database, or on a server that keeps its queue.
struct SweepPlace {
  /// Where runs are recorded.
  let tracker: Tracker
  /// The server; nil where the database has the sweep as well.
  let server: (any SweepServer)?

  func sweep(named name: String) throws -> Sweep {
    try server?.sweep(named: name) ?? tracker.sweep(named: name)
  }

  /// Creates a sweep, or opens the one of its name again.
  ///
  /// - Parameters:
  ///   - description: The sweep.
  ///   - uuid: The UUID of a new one in the database; nil for any.
  /// - Returns: The sweep.
  /// - Throws: `TrackerError.differentSweep`, and what keeps it from being recorded.
  func open(_ description: SweepDescription, uuid: String? = nil) throws -> Sweep {
    try server?.open(description) ?? tracker.openSweep(description, uuid: uuid)
  }

  func retryFailedTrials(of sweep: Sweep, fromScratch: Bool) throws -> Int {
    try server?.retryFailedTrials(of: sweep)
      ?? tracker.retryFailedTrials(of: sweep, fromScratch: fromScratch)
  }

  /// The queue for one worker.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - isClosed: Whether the database is a shard, which has all of its trials.
  ///   - isCancelled: Whether the worker is told to stop.
  /// - Returns: The queue.
  func queue(
    of sweep: Sweep, isClosed: Bool = false, isCancelled: @escaping @Sendable () -> Bool
  ) -> any TrialQueue {
    server?.queue(of: sweep, in: tracker, isCancelled: isCancelled)
      ?? FileQueue(sweep, in: tracker, isClosed: isClosed)
  }

  /// Why a sweep that has ended has nothing to show: all of its trials failed; nil if it has some.
  func failure(of sweep: Sweep) throws -> SweepError? {
    guard sweep.state == .finished, sweep.counts.judged == 0, sweep.counts.failed > 0,
      let first = try firstTrial("failed", of: sweep)
    else { return nil }
    return .allTrialsFailed(
      sweep: sweep.name, count: sweep.counts.failed, first: first.trial, reason: first.reason)
  }

  /// Why a sweep with finished trials has no best one: none of them has a number as the value of the
  /// first objective; nil if one has, or none is finished.
  func lackOfNumbers(of sweep: Sweep) throws -> SweepError? {
    guard sweep.counts.finished > 0, try progress(of: sweep).best == nil,
      let first = try firstTrial("finished", of: sweep)
    else { return nil }
    return .noNumbers(
      sweep: sweep.name, count: sweep.counts.finished, first: first.trial,
      objective: sweep.description.objectives.first?.name ?? "objective")
  }

  /// The first trial in a state, with its error if it has one.
  private func firstTrial(
    _ state: String, of sweep: Sweep
  ) throws -> (trial: Int, reason: String)? {
    if let server {
      let trials = try server.record(of: sweep).trials
      return trials.first { $0.state == state }.map { ($0.number, $0.error ?? "") }
    }
    return try tracker.read { connection in
      try connection.query(
        """
        SELECT trial, error FROM trials
        WHERE sweep_name = :sweep AND trial_state = :state ORDER BY trial LIMIT 1
        """, ["sweep": .text(sweep.name), "state": .text(state)])
    }.rows.first.map { row in (Int(row[0].integer ?? 0), row[1].text ?? "") }
  }

  func progress(of sweep: Sweep) throws -> SweepProgress {
    guard let server else { return try SweepProgress(of: sweep, in: tracker) }
    return try SweepProgress(of: sweep, on: server)
  }
}
