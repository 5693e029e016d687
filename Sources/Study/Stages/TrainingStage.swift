internal import Bytes
internal import Foundation
internal import Classifier
internal import NeuralNetwork
internal import SQLite
internal import Tensor
internal import Tracker

/// Trains the classifier.
struct TrainingStage: Stage {
  static let kind = "train"
  var title: String { distillation?.title ?? "train" }
  var name: String? { distillation?.name }
  var parents: [String: Run] { distillation?.parents ?? [:] }

  let data: StudyData
  let network: NetworkConfiguration
  let training: TrainingConfiguration
  let studySeed: Int64
  /// What is learnt and where training starts; nil trains on the labels, from drawn parameters.
  var distillation: Distillation?
  /// The half of the training images that it sees; nil: all of them.
  var half: TrainingHalf?

  /// A checkpoint is written after this many steps, about three seconds of work, and at the end of
  /// each epoch.
  private var stepsPerChunk: Int {
    max(1, 150 / (1 + (training.plan.adversarial?.iterations ?? 0)))
  }
  /// The metrics that are recorded at the end of each epoch.
  static let epochMetrics = ["train_loss", "train_accuracy", "test_accuracy"]
  static let weightsType = "application/octet-stream"

  var seed: Int64? { studySeed }

  var configuration: JSONValue {
    get throws {
      var members: JSONValue = .object([
        "dataset": .string(data.name), "dataset_sha256": .string(data.digest),
        "network": try JSONValue(encoding: network),
        "training": try JSONValue(encoding: training.completed), "seed": .integer(studySeed),
      ])
      if let distillation {
        members[DistillationSettings.key] = try JSONValue(encoding: distillation.settings)
      }
      if let half { members[TrainingHalf.setting] = .string(half.rawValue) }
      return members
    }
  }

  /// The images that it is trained on.
  private var images: LabeledImages { half?.of(data.training) ?? data.training }

  var architecture: Architecture {
    get throws {
      try network.makeArchitecture(
        input: data.test.shape,
        classes: distillation?.settings.outputs(classes: data.classes) ?? data.classes)
    }
  }

  /// A trainer at the beginning, or at a state to resume.
  func makeTrainer(resuming state: TrainingState?, in context: StudyContext) throws -> Trainer {
    let moments = training.plan.optimizer.momentCount
    let start = try state == nil ? distillation?.start(data: data, in: context) : nil
    return Trainer(
      architecture: try architecture, plan: training.plan, images: images,
      seed: UInt64(bitPattern: studySeed), parallelism: context.parallelism,
      resuming: state ?? start.map { TrainingState(parameters: $0, momentCount: moments) },
      objective: try distillation?.objective(data: data, in: context))
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try training.checkFits(data.training.shape)
    let architecture = try architecture
    try MemoryNeed.training(
      architecture, plan: training.plan, threads: context.parallelism.threads
    ).require(for: title)
    let trainer = try makeTrainer(
      resuming: try checkpoint(of: run, architecture: architecture), in: context)
    try followEpochs(of: run.uuid, in: context)
    context.progress.begin(
      title, done: trainer.state.step, total: trainer.totalSteps, unit: "steps")
    while !trainer.isFinished {
      let epoch = trainer.step()
      // What is no number stays so: nothing of it is recorded, and training fails here each time.
      guard trainer.state.epochLoss.isFinite, epoch?.loss.isFinite ?? true else {
        throw diverged(trainer)
      }
      let loss = epoch?.loss ?? trainer.lossOfEpoch
      context.progress.advance(
        to: trainer.state.step, detail: loss.map { String(format: "loss %.4f", $0) } ?? "")
      let isStopping = context.isCancelled()
      if epoch != nil || isStopping || trainer.state.step % stepsPerChunk == 0 {
        try save(trainer, epoch: epoch, to: run, in: context)
      }
      if isStopping { throw StudyError.interrupted }
    }
    try finish(trainer, run, in: context)
  }

  private func checkpoint(
    of run: ActiveRun, architecture: Architecture
  ) throws -> TrainingState? {
    guard let bytes = try run.artifact(named: "checkpoint") else { return nil }
    let parameters = architecture.parameterCount
    guard let state = TrainingState(bytes: bytes), state.parameters.count == parameters,
      state.moments.count == parameters * training.plan.optimizer.momentCount
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its checkpoint is damaged") }
    return state
  }

  private func save(
    _ trainer: Trainer, epoch: EpochSummary?, to run: ActiveRun, in context: StudyContext
  ) throws {
    let testCorrect = try epoch.map { _ in try correctTestImages(trainer.network, in: context) }
    try run.commitChunk(progressDone: trainer.state.step, total: trainer.totalSteps) { writer in
      try writer.putArtifact(
        "checkpoint", bytes: trainer.state.bytes, mediaType: "application/octet-stream")
      guard let epoch, let testCorrect else { return }
      let step = Int64(epoch.epoch)
      try writer.log("train_loss", step: step, value: epoch.loss)
      try writer.log("train_accuracy", step: step, value: epoch.accuracy)
      try writer.log(
        "test_accuracy", step: step, value: Double(testCorrect) / Double(data.test.count))
    }
    if let epoch { try followEpochs(of: run.uuid, from: epoch.epoch, in: context) }
  }

  /// A trial goes by the epochs of a training that it found done just as by those that it does.
  func reused(_ run: Run, in context: StudyContext) throws {
    try followEpochs(of: run.uuid, in: context)
  }

  /// Tells the trial that follows, if any, the metrics of recorded epochs.
  private func followEpochs(
    of run: String, from first: Int = 0, in context: StudyContext
  ) throws {
    guard let trial = context.trial else { return }
    let points = try context.tracker.read { connection in
      try connection.rows(
        "SELECT step, name, value FROM metrics WHERE run = ? AND step >= ? ORDER BY step",
        [.text(run), .integer(Int64(first))]
      ) { (step: try $0.int(0), name: try $0.text(1), value: $0.value(2).real ?? .nan) }
    }
    for (epoch, values) in Dictionary(grouping: points, by: \.step).sorted(by: { $0.key < $1.key })
    {
      let metrics = values.map { ($0.name, $0.value) }
      try trial.epochEnded(epoch, metrics: Dictionary(uniqueKeysWithValues: metrics))
    }
  }

  private func diverged(_ trainer: Trainer) -> StudyError {
    let step = trainer.state.step
    return .diverged(step: step, epoch: (step - 1) / trainer.stepsPerEpoch + 1)
  }

  private func finish(_ trainer: Trainer, _ run: ActiveRun, in context: StudyContext) throws {
    let network = trainer.network
    // The last step's loss was seen before it moved the weights.
    guard network.parameters.allSatisfy(\.isFinite) else { throw diverged(trainer) }
    let testCorrect = try correctTestImages(network, in: context)
    let dropout = self.network.recordedDropout(of: network.architecture)
    try run.finish { writer in
      try writer.removeArtifact("checkpoint")
      try writer.putArtifact(
        "weights", bytes: FloatCoding.bytes(of: network.parameters), mediaType: Self.weightsType)
      try DataShape(data).record(by: writer)
      try writer.execute(
        """
        INSERT INTO training_run (
          run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
          optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct,
          targets, temperature, outputs
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(writer.runID), .text(data.name), .text(data.digest),
          .text(network.architecture.name), .integer(Int64(network.parameters.count)),
          dropout.rate.map { .real($0) } ?? .null, .text(dropout.sites.joined(separator: ",")),
          .text(training.optimizer.rawValue), .real(training.learningRate),
          .integer(Int64(training.batchSize)), .integer(Int64(training.epochs)),
          .integer(Int64(images.count)), .integer(Int64(data.test.count)),
          .integer(Int64(testCorrect)),
          .text((distillation?.settings.targets ?? .labels).rawValue),
          .real(distillation?.settings.temperature ?? 1),
          network.architecture.classCount == data.classes
            ? .null : .integer(Int64(network.architecture.classCount)),
        ])
    }
  }

  private func correctTestImages(_ network: Network, in context: StudyContext) throws -> Int {
    let classes = try network.classes(count: data.test.count, parallelism: context.parallelism) {
      data.test.copyPixels(of: $0, into: $1)
    }
    return zip(classes, data.test.labels).filter { $0.prediction == Int($1) }.count
  }
}
