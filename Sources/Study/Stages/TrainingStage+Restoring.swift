internal import Bytes
internal import Classifier
internal import NeuralNetwork
internal import SQLite
internal import Tracker

extension TrainingStage {
  /// The stage that a training run was.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if its configuration is not a training's.
  init(of run: Run, data: StudyData, in context: StudyContext) throws {
    guard let network = run.configuration["network"], let training = run.configuration["training"]
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its configuration is damaged") }
    self.init(
      data: data, network: try network.decode(NetworkConfiguration.self),
      training: try training.decode(TrainingConfiguration.self), studySeed: run.seed ?? 0,
      distillation: try Distillation(of: run, in: context),
      half: run.configuration[TrainingHalf.setting]?.string.flatMap(TrainingHalf.init))
  }

  /// Trains again what was dropped, and records the weights if they are the same bits.
  ///
  /// - Returns: The weights' bytes.
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if the weights were not dropped but are
  ///   missing; ``StudyError/notReproduced(run:part:)``; ``StudyError/interrupted``.
  func restoreWeights(of run: Run, in context: StudyContext) throws -> [UInt8] {
    guard let digest = try context.tracker.droppedArtifact(named: "weights", of: run) else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its weights are missing")
    }
    let trainer = try makeTrainer(resuming: nil, in: context)
    context.progress.begin("train again", done: 0, total: trainer.totalSteps, unit: "steps")
    while !trainer.isFinished {
      try stopIfCancelled(context)
      _ = trainer.step()
      context.progress.advance(to: trainer.state.step)
    }
    let bytes = FloatCoding.bytes(of: trainer.network.parameters)
    guard Digest.sha256(bytes) == digest else {
      throw StudyError.notReproduced(run: run.uuid, part: "weights")
    }
    // Another worker may have restored them meanwhile.
    if try context.tracker.artifact(named: "weights", of: run) == nil {
      try context.tracker.amend(run) { writer in
        try writer.restoreArtifact("weights", bytes: bytes, mediaType: Self.weightsType)
      }
    }
    context.progress.end("train again", reused: false)
    return bytes
  }
}
