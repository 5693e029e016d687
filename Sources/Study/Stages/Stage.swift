internal import Classifier
internal import ExternalModel
internal import Foundation
internal import SQLite
internal import Tracker

/// One step of a study, recorded as one run.
///
/// A stage's configuration and its parents' keys are its identity: what is finished under the same
/// key is reused.
protocol Stage {
  /// The run's kind, such as "train".
  static var kind: String { get }
  /// What people call the stage, such as "attack fgsm".
  var title: String { get }
  /// The user's own name for the run; nil if it has none.
  var name: String? { get }
  /// Everything that the results depend on, except the parents.
  var configuration: JSONValue { get throws }
  /// The seed, to be found by SQL.
  var seed: Int64? { get }
  /// The finished runs whose results are used, by their role.
  var parents: [String: Run] { get }

  /// Makes sure that the work is possible, before its run begins.
  ///
  /// - Throws: What is lacking, such as a capability of the model.
  func check(in context: StudyContext) throws

  /// Does the work from the run's progress on, records it in chunks, and finishes the run.
  ///
  /// - Throws: ``StudyError/interrupted`` when asked to stop, after recording all that is done.
  func work(_ run: ActiveRun, in context: StudyContext) throws

  /// Called instead of `work` when a finished run is reused.
  func reused(_ run: Run, in context: StudyContext) throws
}

extension Stage {
  var name: String? { nil }

  func check(in context: StudyContext) throws {}

  func reused(_ run: Run, in context: StudyContext) throws {}

  /// Runs or resumes the stage, or returns its finished run.
  func perform(in context: StudyContext) throws -> Run {
    context.progress.nextStage()
    if try finished(in: context) == nil { try check(in: context) }
    switch try begin(in: context) {
    case .finished(let run):
      try context.uses(run.uuid, computed: false)
      try reused(run, in: context)
      context.progress.end(title, reused: true)
      return run
    case .active(let run):
      do {
        try context.uses(run.uuid, computed: true)
        try stopIfCancelled(context)
        try work(run, in: context)
      } catch let error as StudyError where error.leavesRunToGoOn {
        try? run.interrupt()
        throw error
      } catch let error as ExternalModelError where error.problem == .cancelled {
        try? run.interrupt()
        throw StudyError.interrupted
      } catch let error as SQLiteError where error.kind == .interrupted {
        try? run.interrupt()
        throw StudyError.interrupted
      } catch {
        try? run.fail("\(error)")
        throw error
      }
      context.progress.end(title, reused: false)
      return try context.tracker.run(uuid: run.uuid)
    }
  }

  private func description(in context: StudyContext) throws -> RunDescription {
    RunDescription(
      kind: Self.kind, name: name ?? context.runName, configuration: try configuration, seed: seed,
      parents: parents)
  }

  /// The stage's finished run; nil if there is work left.
  func finished(in context: StudyContext) throws -> Run? {
    try context.tracker.finishedRun(of: description(in: context))
  }

  /// Begins the stage's run; within a sweep, waits while another worker does it.
  private func begin(in context: StudyContext) throws -> Tracker.Begun {
    let description = try self.description(in: context)
    while true {
      do {
        return try context.tracker.begin(description)
      } catch let error as TrackerError {
        guard case .runBusy = error, context.trial != nil else { throw error }
        try stopIfCancelled(context)
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }

  func stopIfCancelled(_ context: StudyContext) throws {
    if context.isCancelled() { throw StudyError.interrupted }
  }
}

extension StudyError {
  /// Whether work that ends this way can be resumed, rather than having failed.
  fileprivate var leavesRunToGoOn: Bool {
    switch self {
    case .interrupted, .pruned: true
    default: false
    }
  }
}

/// The number of images between two commits: whole batches, about a second of work for all threads.
let imagesPerChunk = 400

/// The number of images between two commits where a classifier says how many a call should have.
///
/// It is a batch for each of its workers, so that every batch is whole; nil where the classifier leaves
/// the number to the caller.
func imagesPerChunk(of classifier: any Classifier) -> Int? {
  classifier.batchSize.map { $0 * (classifier.concurrency ?? 1) }
}

/// The number of images measured between two commits: fewer for more passes, to take equally long.
func imagesPerChunk(passes: Int) -> Int {
  let usualPasses = MeasurementConfiguration().passes
  return max(1, min(imagesPerChunk, imagesPerChunk * usualPasses / passes))
}
