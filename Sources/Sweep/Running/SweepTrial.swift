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

  private let active: ActiveTrial
  private let pruner: SweepPruner?

  init(
    _ active: ActiveTrial, of sweep: Sweep, definition: SweepDefinition,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    self.active = active
    self.sweep = sweep.name
    number = active.number
    parameters = try definition.point(active.parameters)
    pruner = definition.pruner
    self.isCancelled = { isCancelled() || active.isLost || active.isStopped }
  }

  /// Whether this is not the first attempt on it.
  package var isRetried: Bool { active.attempt > 1 }

  /// The runs that it uses, the oldest first; those of earlier attempts among them.
  ///
  /// - Throws: `SQLiteError`.
  package func runs() throws -> [Run] { try active.runs() }

  /// Records that the trial uses a run's results.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - computed: Whether the trial works on the run itself; false if it found it finished.
  /// - Throws: `TrackerError.trialLost` or `SQLiteError`.
  package func uses(_ run: String, computed: Bool) throws {
    try active.use(run: run, computed: computed)
  }

  /// Reports metrics of a step, for the pruner.
  ///
  /// - Returns: Whether the trial is given up.
  /// - Throws: `TrackerError.trialLost` or `SQLiteError`.
  package func report(step: Int, metrics: [String: Double]) throws -> Bool {
    guard let pruner, let value = metrics[pruner.metric], pruner.pruner.judges(step: step) else {
      return false
    }
    return pruner.givesUp(value, others: try active.report(value, step: step))
  }
}
