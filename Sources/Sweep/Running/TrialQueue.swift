package import Tracker

/// The trials of a sweep, as one worker takes them.
package final class TrialQueue {
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

  private let sweep: Sweep
  private let definition: SweepDefinition
  private let proposer: SweepProposer
  private let tracker: Tracker
  private let isCancelled: @Sendable () -> Bool

  /// Prepares to take trials.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - plan: What it says.
  ///   - tracker: Where it is recorded.
  ///   - isCancelled: Whether the worker is told to stop, for the trials that it takes.
  /// - Throws: ``ConfigurationError`` if the sweep's objectives cannot be used.
  package init(
    _ sweep: Sweep, plan: SweepPlan, in tracker: Tracker,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    try plan.check(in: tracker)
    self.sweep = sweep
    definition = plan.definition
    self.tracker = tracker
    self.isCancelled = isCancelled
    proposer = try SweepProposer(definition, sweep: sweep)
  }

  /// Takes the next trial.
  ///
  /// - Throws: `SQLiteError`, `TrackerError`.
  package func next() throws -> Next {
    switch try tracker.claimTrial(of: sweep, proposer: proposer) {
    case .trial(let active):
      .trial(
        HeldTrial(
          active: active, sweep: sweep, definition: definition, tracker: tracker,
          isCancelled: isCancelled))
    case .wait: .wait
    case .finished: .finished
    case .stopped: .stopped
    }
  }
}

/// A trial that this worker holds until it says how the trial ended.
///
/// All methods throw `TrackerError.trialLost` if another worker has taken it over, or `SQLiteError`.
package struct HeldTrial: Sendable {
  fileprivate let active: ActiveTrial
  fileprivate let sweep: Sweep
  fileprivate let definition: SweepDefinition
  fileprivate let tracker: Tracker
  fileprivate let isCancelled: @Sendable () -> Bool

  /// How many objectives the sweep has.
  package var objectiveCount: Int { definition.goals.count }

  /// The trial as a runner sees it.
  ///
  /// - Throws: `TrackerError.damagedRecord` if it has parameters that are not the sweep's.
  package func opened() throws -> SweepTrial {
    try SweepTrial(active, of: sweep, definition: definition, isCancelled: isCancelled)
  }

  /// Finishes it with the objectives' numbers, which its results give.
  ///
  /// - Throws: Also ``SweepError/noNumber(objective:problem:)``.
  package func finish(_ results: TrialResults) throws {
    try active.finish(
      try definition.goals.map { goal in
        try goal.value(of: results, sweep: sweep.name, trial: active.number, in: tracker)
      })
  }

  /// Finishes it with the objectives' numbers.
  ///
  /// - Precondition: There are ``objectiveCount`` of them.
  package func finish(values: [Double]) throws { try active.finish(values) }

  /// Ends it early.
  package func prune() throws { try active.prune() }

  /// Ends it with an error, in one line.
  package func fail(_ error: String) throws { try active.fail(error) }

  /// Ends the attempt as one that was killed.
  package func lose(_ reason: String) throws { try active.lose(reason) }

  /// Gives it back.
  package func release() throws { try active.release() }
}
