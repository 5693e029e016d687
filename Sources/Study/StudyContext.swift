public import Dataset
public import Tensor
public import Tracker

/// What the stages of a study work with.
public struct StudyContext: Sendable {
  /// Where results are recorded.
  public let tracker: Tracker
  /// Where the data sets are.
  public let dataDirectory: DataDirectory
  /// The threads to use.
  public let parallelism: Parallelism
  /// Receives progress updates from long-running work.
  public let progress: any ProgressReporter
  /// Whether to stop, asked at least once a chunk.
  public private(set) var isCancelled: @Sendable () -> Bool
  /// The user's own name for the run that the work is about; no key depends on it.
  private(set) var runName: String?
  /// The trial that the stages belong to; nil outside of sweeps.
  var trial: (any TrialFollower)?

  /// Joins them.
  public init(
    tracker: Tracker, dataDirectory: DataDirectory, parallelism: Parallelism,
    progress: any ProgressReporter, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.tracker = tracker
    self.dataDirectory = dataDirectory
    self.parallelism = parallelism
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// The same, which also stops when something else says so.
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
}

/// Follows the stages of one trial of a sweep.
protocol TrialFollower: Sendable {
  /// A stage's run is used: computed by this trial, or found finished.
  func uses(_ run: String, computed: Bool) throws
  /// An epoch of training has ended.
  ///
  /// - Throws: ``StudyError/pruned`` if the trial is not worth going on with.
  func epochEnded(_ epoch: Int, metrics: [String: Double]) throws
}

/// Receives progress of long work.
public protocol ProgressReporter: Sendable {
  /// Work of the given number of stages begins.
  func plan(stages: Int)
  /// The next of these stages follows; it may be done already.
  func nextStage()
  /// A stage begins, or goes on where `done` says.
  func begin(_ stage: String, done: Int, total: Int, unit: String)
  /// So much of the stage is done; `detail` says how it stands, such as its loss, or is empty.
  func advance(to done: Int, detail: String)
  /// The stage is done, or was done before.
  func end(_ stage: String, reused: Bool)
  /// Something worth a line.
  func note(_ message: String)
}

extension ProgressReporter {
  /// So much of the stage is done.
  public func advance(to done: Int) {
    advance(to: done, detail: "")
  }
}
