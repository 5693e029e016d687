public import Dataset
public import ExternalModel
public import Tensor
public import Tracker

/// Tracker, data, threads and progress for the stages of a study.
public struct StudyContext: Sendable {
  /// The tracker that records results.
  public let tracker: Tracker
  /// The directory of the data sets.
  public let dataDirectory: DataDirectory
  /// The threads to use.
  public let parallelism: Parallelism
  /// Receives progress updates from long-running work.
  public let progress: any ProgressReporter
  /// The served models that are open.
  public let served: ServedModels
  /// Returns true to stop; called at least once a chunk.
  public private(set) var isCancelled: @Sendable () -> Bool
  /// The user's own name for the run that the work is about; no key depends on it.
  private(set) var runName: String?
  /// The trial that the stages belong to; nil outside of sweeps.
  var trial: (any TrialFollower)?

  /// Creates a context.
  ///
  /// - Parameters:
  ///   - tracker: The tracker that records results.
  ///   - dataDirectory: The directory of the data sets.
  ///   - parallelism: The threads to use.
  ///   - progress: Receives progress updates.
  ///   - models: The processes of a served model, and how long their answers may take; nil for
  ///     one process and the time that is usual.
  ///   - isCancelled: Returns true to stop.
  public init(
    tracker: Tracker, dataDirectory: DataDirectory, parallelism: Parallelism,
    progress: any ProgressReporter, models: ModelLimits? = nil,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    served = ServedModels(limits: models ?? ModelLimits(isCancelled: isCancelled))
    self.tracker = tracker
    self.dataDirectory = dataDirectory
    self.parallelism = parallelism
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// A context that also stops on another condition.
  public func cancelled(when isDone: @escaping @Sendable () -> Bool) -> StudyContext {
    var context = self
    let isCancelled = isCancelled
    context.isCancelled = { isCancelled() || isDone() }
    return context
  }
}

extension StudyContext {
  /// The same for work whose last run the user has named; nil leaves it without a name.
  func named(_ name: String?) -> StudyContext {
    var context = self
    context.runName = name
    return context
  }

  /// Records who uses a run: the trial that the stages belong to or, outside of sweeps, the user.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - computed: Whether this process works on the run; false if it was found finished.
  /// - Throws: What recording it throws.
  func uses(_ run: String, computed: Bool) throws {
    guard let trial else { return try tracker.ask(forRun: run) }
    try trial.uses(run, computed: computed)
  }
}

/// Follows the stages of one trial of a sweep.
protocol TrialFollower: Sendable {
  /// A stage's run is used: computed by this trial, or found finished.
  func uses(_ run: String, computed: Bool) throws
  /// An epoch of training has ended.
  ///
  /// - Throws: ``StudyError/pruned`` to give the trial up.
  func epochEnded(_ epoch: Int, metrics: [String: Double]) throws
}

/// Receives progress updates from long-running work.
public protocol ProgressReporter: Sendable {
  /// Announces the number of stages.
  func plan(stages: Int)
  /// The next stage follows; it may be finished already.
  func nextStage()
  /// A stage starts, or resumes at `done` of `total`.
  func begin(_ stage: String, done: Int, total: Int, unit: String)
  /// The stage has reached `done`; `detail` is its state, such as the loss, or empty.
  func advance(to done: Int, detail: String)
  /// The stage is finished, or its finished run is reused.
  func end(_ stage: String, reused: Bool)
  /// A note for the user, in one line.
  func note(_ message: String)
}

extension ProgressReporter {
  /// The stage has reached `done`.
  public func advance(to done: Int) {
    advance(to: done, detail: "")
  }
}
