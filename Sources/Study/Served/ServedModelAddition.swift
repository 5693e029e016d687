public import ExternalModel
public import Tracker

/// Adds served models to the record.
public struct ServedModelAddition: Sendable {
  private let command: ModelCommand
  private let configuration: StudyConfiguration

  /// Describes an addition.
  ///
  /// - Parameters:
  ///   - command: How the model is started.
  ///   - configuration: The data set that it classifies.
  public init(_ command: ModelCommand, _ configuration: StudyConfiguration) {
    self.command = command
    self.configuration = configuration
  }

  /// Starts the model and records it, or finds it.
  ///
  /// A model that was added before is started by this command from now on.
  ///
  /// - Parameters:
  ///   - name: The user's own name for it.
  ///   - context: What to work with.
  /// - Returns: The finished run.
  /// - Throws: `ExternalModelError`, ``ServedModelError``, and the errors of the tracker and of
  ///   reading data.
  public func record(name: String, in context: StudyContext) throws -> Run {
    let data = try StudyData(of: configuration, in: context)
    let model = try context.served.start(command)
    let stage = ServedModelStage(name: name, data: data, model: model)
    try stage.check()
    let run = try stage.perform(in: context)
    if try ServedModelRecord.replace(command, of: run, in: context.tracker) {
      context.progress.note("the model is started by this command from now on")
    }
    context.served.keep(model, of: run)
    return run
  }
}
