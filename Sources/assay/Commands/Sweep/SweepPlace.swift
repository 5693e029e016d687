import ArgumentParser
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

  func progress(of sweep: Sweep) throws -> SweepProgress {
    guard let server else { return try SweepProgress(of: sweep, in: tracker) }
    return try SweepProgress(of: sweep, on: server)
  }
}
