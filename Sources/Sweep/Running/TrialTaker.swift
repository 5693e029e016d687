package import Tracker

/// Takes the trials of a sweep out of its queue, for one worker.
package final class TrialTaker {
  /// What there is to do next.
  package enum Next {
    /// A trial, which this worker now holds.
    case trial(HeldTrial)
    /// Nothing at the moment, but trials of other workers may still fail.
    case wait
    /// Nothing more.
    case finished
    /// The user stopped the sweep.
    case stopped
  }

  private let queue: any TrialQueue
  private let plan: SweepPlan
  private let proposer: SweepProposer
  private let tracker: Tracker
  private let isCancelled: @Sendable () -> Bool

  /// Prepares to take trials.
  ///
  /// - Parameters:
  ///   - queue: Where they wait.
  ///   - plan: What the sweep says.
  ///   - tracker: Where their runs are recorded.
  ///   - isCancelled: Whether the worker is told to stop, for the trials that it takes.
  /// - Throws: ``ConfigurationError`` if the sweep's objectives cannot be used.
  package init(
    _ queue: any TrialQueue, plan: SweepPlan, in tracker: Tracker,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    try plan.check(in: tracker)
    self.queue = queue
    self.plan = plan
    self.tracker = tracker
    self.isCancelled = isCancelled
    proposer = try SweepProposer(plan)
  }

  /// Takes the next trial.
  ///
  /// - Throws: What the queue throws, such as `SQLiteError` or `TrackerError`.
  package func next() throws -> Next {
    switch try queue.claim(proposer: proposer) {
    case .trial(let hold):
      .trial(HeldTrial(hold, of: plan, tracker: tracker, isCancelled: isCancelled))
    case .wait: .wait
    case .finished: .finished
    case .stopped: .stopped
    }
  }
}
