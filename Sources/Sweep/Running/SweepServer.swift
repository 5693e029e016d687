package import Tracker

/// A server that keeps the queues of sweeps for workers of any number of machines.
///
/// All methods throw what keeps the server from being asked.
package protocol SweepServer: Sendable {
  /// The same server, which is waited for when it cannot be reached.
  func waiting() -> any SweepServer
  /// Makes sure that the server can be asked.
  func connect() throws
  /// Creates a sweep, or opens the sweep of the same name and definition again, with this budget.
  ///
  /// - Throws: `TrackerError.differentSweep` if the sweep of this name searches something else.
  func open(_ description: SweepDescription) throws -> Sweep
  /// The sweep of a name.
  ///
  /// - Throws: `TrackerError.unknownSweep`.
  func sweep(named name: String) throws -> Sweep
  /// All sweeps, the oldest first.
  func sweeps() throws -> [Sweep]
  /// Asks the workers of a sweep to give back their trials and end.
  func stop(_ sweep: Sweep) throws
  /// Queues the failed trials of a sweep again.
  ///
  /// - Returns: How many there were.
  func retryFailedTrials(of sweep: Sweep) throws -> Int
  /// The best trial by the first objective; nil if none has a value.
  func bestTrial(of sweep: Sweep) throws -> BestTrial?
  /// What workers have said of a sweep of late, each with its time.
  func messages(of sweep: Sweep, newest count: Int) throws -> [(time: String, text: String)]
  /// All that the server has of a sweep.
  func record(of sweep: Sweep) throws -> SweepRecord
  /// The queue of a sweep, for one worker.
  ///
  /// - Parameters:
  ///   - sweep: The sweep, as this server gave it.
  ///   - tracker: Where the worker keeps its runs.
  ///   - isCancelled: Whether the worker is told to stop.
  /// - Returns: The queue.
  func queue(
    of sweep: Sweep, in tracker: Tracker, isCancelled: @escaping @Sendable () -> Bool
  ) -> any TrialQueue
}
