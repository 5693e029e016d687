internal import Tracker

/// A trial that this worker holds until it says how the trial ended.
///
/// All methods throw `TrackerError.trialLost` if another worker has taken it over, or what
/// keeps the queue from being written.
package struct HeldTrial: Sendable {
  private let hold: any TrialHold
  private let plan: SweepPlan
  private let tracker: Tracker
  private let isCancelled: @Sendable () -> Bool

  init(
    _ hold: any TrialHold, of plan: SweepPlan, tracker: Tracker,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.hold = hold
    self.plan = plan
    self.tracker = tracker
    self.isCancelled = isCancelled
  }

  /// How many objectives the sweep has.
  package var objectiveCount: Int { plan.definition.goals.count }

  /// The trial as a runner sees it.
  ///
  /// - Throws: `TrackerError.damagedRecord` if it has parameters that are not the sweep's.
  package func opened() throws -> SweepTrial {
    try SweepTrial(hold, of: plan, isCancelled: isCancelled)
  }

  /// Finishes it with the objectives' numbers, which its results give.
  ///
  /// - Throws: Also ``SweepError/noNumber(objective:problem:)``.
  package func finish(_ results: TrialResults) throws {
    try hold.finish(
      try plan.definition.goals.map { goal in
        try goal.value(of: results, sweep: plan.description.name, trial: hold.number, in: tracker)
      })
  }

  /// Finishes it with the objectives' numbers.
  ///
  /// - Precondition: There are ``objectiveCount`` of them.
  package func finish(values: [Double]) throws { try hold.finish(values) }

  /// Ends it early.
  package func prune() throws { try hold.prune() }

  /// Ends it with an error, in one line.
  package func fail(_ error: String) throws { try hold.fail(error) }

  /// Ends the attempt as one that was killed.
  package func lose(_ reason: String) throws { try hold.lose(reason) }

  /// Gives it back.
  package func release() throws { try hold.release() }
}
