public import Classifier

/// A classifier that a process of its own serves, by the protocol of docs/model-protocol.md.
///
/// Processes are started as workers need them, and end with the last one who has the model.
public final class ExternalModel: Classifier {
  private let pool: ModelPool

  /// Starts a model's first process and has it say what it serves.
  ///
  /// - Throws: ``ExternalModelError``.
  public init(_ command: ModelCommand, limits: ModelLimits = ModelLimits()) throws {
    pool = try ModelPool(command, limits: limits)
  }

  /// Starts a model that is known already.
  ///
  /// - Parameters:
  ///   - command: What is started.
  ///   - digest: What the model's digest has to be.
  ///   - limits: How many processes there are, and how long answers may take.
  /// - Throws: ``ExternalModelError``, `otherModel` if the process serves another one.
  public convenience init(
    _ command: ModelCommand, digest: String, limits: ModelLimits
  ) throws {
    try self.init(command, limits: limits)
    guard identity.digest == digest else {
      throw ExternalModelError(
        command, .otherModel(what: "digest", expected: digest, found: identity.digest))
    }
  }

  /// What the model says of itself.
  public var identity: ModelIdentity { pool.identity }
  /// How it was started.
  public var command: ModelCommand { pool.command }

  /// The name that the process gives it.
  public var name: String { identity.name }
  /// The shape of an image.
  public var input: ImageShape { identity.shape }
  /// The number of logits.
  public var classCount: Int { identity.classCount }
  /// What it gives beside logits.
  public var capabilities: ClassifierCapabilities { identity.capabilities }
  /// The layers whose outputs it gives, by name.
  public var featureLayers: [String] { identity.layers.keys.sorted() }
  /// The layer that is read unless another is named.
  public var defaultFeatureLayer: String { identity.defaultLayer }
  /// How many images suit it best; nil for any number.
  public var batchSize: Int? { identity.batchSize }
  /// The number of its processes.
  public var concurrency: Int? { pool.limits.processes }

  /// The width of a layer; nil if it gives none of that name.
  public func featureCount(of layer: String) -> Int? { identity.layers[layer] }

  /// Makes a worker's memory for logits and gradients.
  public func makePass(capacity: Int, gradients: Bool) -> any ClassifierPass {
    ServedPass(pool, capacity: capacity, gradients: gradients)
  }

  /// Makes a worker's memory for stochastic passes.
  public func makeDraws(
    images: Int, passes: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDraws {
    ServedDraws(pool, images: images, passes: passes, seed: seed, purpose: purpose)
  }

  /// Makes a worker's memory for stochastic passes and their gradients.
  public func makeDrawnPass(
    capacity: Int, draws: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDrawnPass {
    ServedDrawnPass(pool, capacity: capacity, draws: draws, seed: seed, purpose: purpose)
  }

  /// Makes a worker's memory for the outputs of a layer.
  ///
  /// - Precondition: There is such a layer.
  public func makeFeaturePass(
    layer: String, capacity: Int, gradients: Bool
  ) -> any ClassifierFeatures {
    guard let width = identity.layers[layer] else {
      preconditionFailure("\(name) gives no layer '\(layer)'")
    }
    return ServedFeatures(
      pool, layer: layer, width: width, capacity: capacity, gradients: gradients)
  }
}
