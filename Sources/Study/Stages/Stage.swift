internal import Tracker

/// One step of a study, recorded as one run.
///
/// A stage's configuration and its parents' keys are its identity: what is finished under the same
/// key is taken from the record instead of being done again.
protocol Stage {
  /// The run's kind, such as "train".
  static var kind: String { get }
  /// What people call the stage, such as "attack fgsm".
  var title: String { get }
  /// Everything that the results depend on, save the parents.
  var configuration: JSONValue { get throws }
  /// The seed, to be found by SQL.
  var seed: Int64? { get }
  /// The finished runs whose results are used, by their role.
  var parents: [String: Run] { get }

  /// Does the work from where the run stands, recording it as it is done, and finishes the run.
  ///
  /// - Throws: ``StudyError/interrupted`` when asked to stop, after recording all that is done.
  func work(_ run: ActiveRun, in context: StudyContext) throws
}

extension Stage {
  /// Does the stage, goes on with it, or takes it from the record.
  func perform(in context: StudyContext) throws -> Run {
    let description = RunDescription(
      kind: Self.kind, configuration: try configuration, seed: seed, parents: parents)
    switch try context.tracker.begin(description) {
    case .finished(let run):
      context.progress.end(title, reused: true)
      return run
    case .active(let run):
      do {
        try stopIfCancelled(context)
        try work(run, in: context)
      } catch StudyError.interrupted {
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

  func stopIfCancelled(_ context: StudyContext) throws {
    if context.isCancelled() { throw StudyError.interrupted }
  }
}

/// How many images are done between two commits: whole batches, and enough to keep threads busy for
/// about a second.
let imagesPerChunk = 400
