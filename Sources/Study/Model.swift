internal import Bytes
internal import Classifier
internal import Foundation
internal import NeuralNetwork
internal import Tensor
internal import Tracker

/// A trained classifier, read from its run.
struct Model: Sendable {
  /// A network of this process or a served model.
  let classifier: any Classifier
  /// The output that stands for no class but for an outlier; nil if the classifier has none.
  let outlierClass: Int?

  /// Makes sure that a run is a training, be it of a surrogate.
  ///
  /// - Throws: ``StudyError/wrongKind(run:kind:needed:)``.
  static func checkKind(_ run: Run) throws {
    guard [TrainingStage.kind, SurrogateStage.kind].contains(run.kind) else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: TrainingStage.kind)
    }
  }

  /// Whether a training run is of a model that is known by its name alone.
  static func isExternal(_ run: Run) -> Bool {
    run.configuration[ExternalModelStage.setting] != nil
  }

  /// Makes sure that a run is a training on some data.
  ///
  /// - Throws: ``StudyError`` if the run is of another kind or was trained on other data.
  static func check(_ run: Run, data: StudyData) throws {
    try checkKind(run)
    guard !isExternal(run) else { throw ScoreError.isExternal(model: run.uuid) }
    guard run.configuration["dataset_sha256"]?.string == data.digest else {
      throw StudyError.differentData(dataset: data.name)
    }
  }

  /// Reads a finished training run's network, training it again if its weights were dropped.
  ///
  /// - Throws: ``StudyError`` if the run is of another kind or cannot be read back.
  init(_ run: Run, data: StudyData, in context: StudyContext) throws {
    try Self.check(run, data: data)
    guard !ServedModelRecord.describes(run) else {
      try self.init(servedBy: run, in: context)
      return
    }
    let weights =
      try context.tracker.artifact(named: "weights", of: run)
      ?? TrainingStage(of: run, data: data, in: context).restoreWeights(of: run, in: context)
    try self.init(run, shape: DataShape(data), weights: weights)
  }

  /// Reads a finished training run's network from the record alone; nil if that does not hold the
  /// weights or does not say the shape of the data.
  ///
  /// - Throws: ``StudyError`` if the run cannot be read back.
  init?(recordedBy run: Run, in context: StudyContext) throws {
    guard !ServedModelRecord.describes(run) else {
      try self.init(servedBy: run, in: context)
      return
    }
    guard let shape = try DataShape(of: run, in: context.tracker),
      let weights = try context.tracker.artifact(named: "weights", of: run)
    else { return nil }
    try self.init(run, shape: shape, weights: weights)
  }

  private init(servedBy run: Run, in context: StudyContext) throws {
    classifier = try context.served.model(of: run, in: context.tracker)
    outlierClass = nil
  }

  private init(_ run: Run, shape: DataShape, weights: [UInt8]) throws {
    guard let configuration = run.configuration["network"] else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its configuration is damaged")
    }
    let learning = try run.configuration[DistillationSettings.key]?
      .decode(DistillationSettings.self)
    let outputs = learning?.outputs(classes: shape.classes) ?? shape.classes
    let architecture = try configuration.decode(NetworkConfiguration.self)
      .makeArchitecture(input: shape.image, classes: outputs)
    guard let parameters = FloatCoding.floats(from: weights[...]),
      parameters.count == architecture.parameterCount
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its weights are damaged") }
    classifier = Network(architecture: architecture, parameters: parameters)
    outlierClass = outputs > shape.classes ? shape.classes : nil
  }
}

extension Model {
  /// What is known of a model by the record alone, without its weights or its process; nil if the
  /// record does not say the shape of the data.
  ///
  /// - Throws: ``StudyError`` if the run cannot be read back.
  static func describe(_ run: Run, in tracker: Tracker) throws -> ClassifierDescription? {
    if ServedModelRecord.describes(run) {
      return try ServedModelRecord.describe(run, in: tracker)
    }
    guard let shape = try DataShape(of: run, in: tracker),
      let network = run.configuration["network"]
    else { return nil }
    return try network.decode(NetworkConfiguration.self)
      .makeArchitecture(input: shape.image, classes: shape.classes).described
  }

  /// Makes sure that a model gives what some work needs, where the record alone can tell.
  ///
  /// - Throws: `ClassifierError` if it doesn't; ``StudyError`` if the run cannot be read back.
  static func require(
    _ capability: ClassifierCapabilities, of run: Run, for user: String, in context: StudyContext
  ) throws {
    try Model(recordedBy: run, in: context)?.classifier.require(capability, for: user)
  }

  /// The classifier, to be attacked or measured.
  ///
  /// - Throws: ``StudyError/weightsNotFinite(run:)``: nothing that it says would be a number.
  func finiteClassifier(of run: Run) throws -> any Classifier {
    if let network = classifier as? Network { try Self.check(network, of: run) }
    return classifier
  }

  /// The network with its weights, to train it on or to write it to a file.
  ///
  /// - Throws: ``StudyError/hasNoWeights(run:)`` if the model is a served one.
  func network(of run: Run) throws -> Network {
    guard let network = classifier as? Network else {
      throw StudyError.hasNoWeights(run: run.uuid)
    }
    return network
  }

  /// The network with its weights, all of them numbers.
  ///
  /// - Throws: ``StudyError/hasNoWeights(run:)``; ``StudyError/weightsNotFinite(run:)``.
  func finiteNetwork(of run: Run) throws -> Network {
    let network = try network(of: run)
    try Self.check(network, of: run)
    return network
  }

  private static func check(_ network: Network, of run: Run) throws {
    guard network.parameters.allSatisfy(\.isFinite) else {
      throw StudyError.weightsNotFinite(run: run.uuid)
    }
  }
}

/// A class and how sure the network is of it.
struct Classification: Sendable {
  let prediction: Int
  /// The softmax of the predicted class, 0...1.
  let probability: Double
}

extension Classifier {
  /// Classifies images, with nothing random.
  ///
  /// - Throws: What keeps a served model from answering.
  func classes(
    count: Int, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) throws -> [Classification] {
    let size = classCount
    let logits = try logits(count: count, parallelism: parallelism, load: load)
    return (0..<count).map { image in
      let row = logits[image * size..<(image + 1) * size]
      let largest = row.max() ?? 0
      let prediction = (row.firstIndex(of: largest) ?? row.startIndex) - row.startIndex
      let sum = row.reduce(0) { $0 + exp(Double($1) - Double(largest)) }
      return Classification(prediction: prediction, probability: 1 / sum)
    }
  }
}
