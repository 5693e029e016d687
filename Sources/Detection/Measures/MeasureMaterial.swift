internal import Synchronization

public import NeuralNetwork
public import Tensor

/// What measures may use of a model.
///
/// Make one for each stage. Training features and transforms are computed when they are first asked
/// for, and kept.
public final class MeasureMaterial: Sendable {
  /// The model.
  public let network: Network
  /// The seed of everything that is drawn.
  public let seed: UInt64
  /// The number of Monte Carlo passes.
  public let passes: Int
  /// The clean images that the model was trained on, if they are at hand.
  public let trainingImages: LabeledImages?
  /// The threads to use.
  public let parallelism: Parallelism
  /// Returns true to stop; long work asks several times a second.
  public let isCancelled: @Sendable () -> Bool
  /// Receives how far long work has come: what it does, and how many of how many parts are done.
  public let progress: @Sendable (_ activity: String, _ done: Int, _ total: Int) -> Void

  private let features = Mutex<[String: TrainingFeatures]>([:])
  private let transforms = Mutex<[String: any Transform]>([:])

  /// Gathers what measures may use.
  public init(
    network: Network, seed: UInt64, passes: Int, trainingImages: LabeledImages?,
    parallelism: Parallelism,
    progress: @escaping @Sendable (_ activity: String, _ done: Int, _ total: Int) -> Void = {
      _, _, _ in
    },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.network = network
    self.seed = seed
    self.passes = passes
    self.trainingImages = trainingImages
    self.parallelism = parallelism
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// The name of a layer, checked, or of the default one.
  ///
  /// - Throws: ``DetectionError/unknownLayer(_:architecture:known:)``.
  public func layerName(_ layer: String?) throws(DetectionError) -> String {
    let architecture = network.architecture
    guard let layer else { return architecture.defaultFeatureLayer }
    guard architecture.featureLayers.contains(layer) else {
      throw .unknownLayer(
        layer, architecture: architecture.name, known: architecture.featureLayers)
    }
    return layer
  }

  /// The training images' features of a layer, by class.
  ///
  /// - Parameter layer: The layer's name, or nil for the default one.
  /// - Returns: The features, computed at the first call and kept.
  /// - Throws: ``DetectionError`` if there are no training images or no such layer, or if the work
  ///   is cancelled.
  public func trainingFeatures(_ layer: String?) throws(DetectionError) -> TrainingFeatures {
    let name = try layerName(layer)
    if let known = features.withLock({ $0[name] }) { return known }
    guard let trainingImages else {
      throw .measureNeedsTrainingImages(measure: "a measure of the features of \(name)")
    }
    let made = try TrainingFeatures(of: trainingImages, layer: name, material: self)
    features.withLock { $0[name] = made }
    return made
  }

  /// A transform, made for the model's images.
  ///
  /// - Throws: What making it throws, such as ``DetectionError`` if training images are missing.
  public func transform(_ specification: TransformSpecification) throws -> any Transform {
    if let known = transforms.withLock({ $0[specification.name] }) { return known }
    let made = try specification.make(
      TransformSetting(
        shape: network.architecture.input, seed: seed, trainingImages: trainingImages))
    transforms.withLock { $0[specification.name] = made }
    return made
  }

  /// Stops cancelled work.
  ///
  /// - Throws: ``DetectionError/cancelled``.
  public func stopIfCancelled() throws(DetectionError) {
    if isCancelled() { throw .cancelled }
  }
}
