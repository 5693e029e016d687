package import Search
package import Tracker

/// A trial that a worker holds, as a runner sees it.
package struct SweepTrial: Sendable {
  /// The sweep's name.
  package let sweep: String
  /// The trial's number in its sweep, from 0.
  package let number: Int
  /// Its parameters.
  package let parameters: SearchPoint
  /// Returns true to stop: the worker was told to, the sweep was stopped, or another worker took the
  /// trial over.
  package let isCancelled: @Sendable () -> Bool
  /// The metric that decides whether the trial is given up early; nil if it never is.
  package var pruningMetric: String? { pruner?.metric }

  private let hold: any TrialHold
  private let pruner: SweepPruner?

  init(
    _ hold: any TrialHold, of plan: SweepPlan, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    self.hold = hold
    sweep = plan.description.name
    number = hold.number
    parameters = try plan.definition.point(hold.parameters)
    pruner = plan.definition.pruner
    self.isCancelled = { isCancelled() || hold.isLost || hold.isStopped }
  }

  /// Whether this is not the first attempt on it.
  package var isRetried: Bool { hold.attempt > 1 }

  /// The runs that it uses, the oldest first; those of earlier attempts among them.
  ///
  /// - Throws: `SQLiteError`.
  package func runs() throws -> [Run] { try hold.runs() }

  /// Records that the trial uses a run's results.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - computed: Whether the trial works on the run itself; false if it found it finished.
  /// - Throws: `TrackerError.trialLost` or `SQLiteError`.
  package func uses(_ run: String, computed: Bool) throws {
    try hold.use(run: run, computed: computed)
  }

  /// Reports metrics of a step, for the pruner.
  ///
  /// - Returns: Whether the trial is given up.
  /// - Throws: `TrackerError.trialLost` or `SQLiteError`.
  package func report(step: Int, metrics: [String: Double]) throws -> Bool {
    guard let pruner, let value = metrics[pruner.metric], pruner.pruner.judges(step: step) else {
      return false
    }
    return pruner.givesUp(value, others: try hold.report(value, step: step))
  }
}
