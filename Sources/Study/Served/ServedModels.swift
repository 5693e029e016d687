public import ExternalModel
internal import Synchronization
internal import Tracker

/// The served models that a command has opened, each once, however often it is asked for.
public final class ServedModels: Sendable {
  private let limits: ModelLimits
  private let opened = Mutex<[String: ExternalModel]>([:])

  /// Opens models on demand.
  ///
  /// - Parameter limits: The processes of each, and how long their answers may take.
  public init(limits: ModelLimits) {
    self.limits = limits
  }

  /// The model of a run, started if it is not.
  ///
  /// - Throws: `ExternalModelError` if its process doesn't serve what was recorded;
  ///   ``StudyError/damagedRecord(run:problem:)``.
  func model(of run: Run, in tracker: Tracker) throws -> ExternalModel {
    // Whoever comes second waits for the first one's start.
    try opened.withLock { opened in
      if let model = opened[run.uuid] { return model }
      let record = try ServedModelRecord(of: run, in: tracker)
      let model = try ExternalModel(record.command, digest: record.digest, limits: limits)
      opened[run.uuid] = model
      return model
    }
  }

  /// Keeps a model that is open already.
  func keep(_ model: ExternalModel, of run: Run) {
    opened.withLock { $0[run.uuid] = model }
  }

  /// Starts the process of a command, whatever it serves.
  ///
  /// - Throws: `ExternalModelError`.
  public func start(_ command: ModelCommand) throws -> ExternalModel {
    try ExternalModel(command, limits: limits)
  }
}
