internal import Synchronization

public import Classifier
public import Tensor

/// What measures may use of a model.
///
/// Make one for each stage. Training features and transforms are computed when they are first asked
/// for, and kept.
public final class MeasureMaterial: Sendable {
  /// The model.
  public let classifier: any Classifier
  /// The seed of everything that is drawn.
  public let seed: UInt64
  /// The number of Monte Carlo passes.
  public let passes: Int
  /// What the passes' random numbers are for, one of `RandomPurpose`.
  public let purpose: UInt32
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
    classifier: any Classifier, seed: UInt64, passes: Int,
    purpose: UInt32 = RandomPurpose.measurementDropout, trainingImages: LabeledImages?,
    parallelism: Parallelism,
    progress: @escaping @Sendable (_ activity: String, _ done: Int, _ total: Int) -> Void = {
      _, _, _ in
    },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.classifier = classifier
    self.seed = seed
    self.passes = passes
    self.purpose = purpose
    self.trainingImages = trainingImages
    self.parallelism = parallelism
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// The name of a layer, checked, or of the default one.
  ///
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)`` if no layer of the model can be read,
  ///   ``DetectionError/unknownLayer(_:model:known:)`` if that layer can't.
  public func layerName(_ layer: String?) throws -> String {
    try classifier.require(.features, for: "a measure of features")
    guard let layer else { return classifier.defaultFeatureLayer }
    guard classifier.featureLayers.contains(layer) else {
      throw DetectionError.unknownLayer(
        layer, model: classifier.name, known: classifier.featureLayers)
    }
    return layer
  }

  /// The training images' features of a layer, by class.
  ///
  /// - Parameter layer: The layer's name, or nil for the default one.
  /// - Returns: The features, computed at the first call and kept.
  /// - Throws: ``DetectionError`` if there are no training images or no such layer, or if the work
  ///   is cancelled; ``ClassifierError`` if no layer can be read; what keeps a served model from
  ///   answering.
  public func trainingFeatures(_ layer: String?) throws -> TrainingFeatures {
    let name = try layerName(layer)
    if let known = features.withLock({ $0[name] }) { return known }
    guard let trainingImages else {
      throw DetectionError.measureNeedsTrainingImages(
        measure: "a measure of the features of \(name)")
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
        shape: classifier.input, seed: seed, trainingImages: trainingImages))
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
