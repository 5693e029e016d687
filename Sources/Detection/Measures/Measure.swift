public import Classifier

/// Which values of a measure mean that an image is adversarial.
public enum Orientation: String, Sendable, Hashable, Codable {
  /// High values do.
  case high
  /// Low values do.
  case low
}

/// What people need to know of a measure.
public struct MeasureDescription: Sendable, Hashable {
  /// The canonical name, such as "kernel_density_1.2@relu3".
  public let name: String
  /// Which values mean adversarial.
  public let orientation: Orientation
  /// The unit of the values, such as "nat", or "1" for a plain number.
  public let unit: String
  /// What tables and figures print for the name.
  public let title: String
  /// One line on what the measure is.
  public let summary: String
  /// The paper that it is from.
  public let source: String

  /// Describes a measure.
  public init(
    name: String, orientation: Orientation, unit: String, title: String, summary: String,
    source: String
  ) {
    self.name = name
    self.orientation = orientation
    self.unit = unit
    self.title = title
    self.summary = summary
    self.source = source
  }
}

/// A number per image that tells something about whether the image is adversarial.
///
/// The name determines the values, beside the model, the seed and the number of passes.
public protocol Measure: Sendable {
  /// The measure's name, orientation and origin.
  var description: MeasureDescription { get }
  /// What the values depend on beside the model and the image.
  var dependencies: MeasureDependencies { get }
  /// Whether attacks can follow the measure: what it prepares is a ``DifferentiableMeasure``.
  var isDifferentiable: Bool { get }

  /// Takes what the measure needs of the model and its training images, and tunes what isn't given.
  ///
  /// - Parameter material: The model, its training images and what is shared between measures.
  /// - Returns: The measure, ready to read images.
  /// - Throws: ``DetectionError`` if the material lacks something, or if the work is cancelled.
  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure
}

extension Measure {
  /// Nothing beside the model and the image.
  public var dependencies: MeasureDependencies { MeasureDependencies() }
  /// False by default.
  public var isDifferentiable: Bool { false }
}

/// What a measure's values depend on beside the model and the image.
public struct MeasureDependencies: Sendable, Hashable {
  /// Whether they depend on the seed and the number of Monte Carlo passes.
  public let passes: Bool
  /// Whether they need the images that the model was trained on, and depend on the seed.
  public let trainingImages: Bool
  /// The layer whose outputs they are read off.
  public let features: FeatureSource?
  /// The transformed copies that the network classifies on the way: each gives a vote, too.
  public let voters: [TransformSpecification]

  /// Names dependencies; there are none by default.
  public init(
    passes: Bool = false, trainingImages: Bool = false, features: FeatureSource? = nil,
    voters: [TransformSpecification] = []
  ) {
    self.passes = passes
    self.features = features
    self.trainingImages = trainingImages || voters.contains(where: \.usesTrainingImages)
    self.voters = voters
  }
}

/// The layer of a classifier whose outputs are an image's features.
public enum FeatureSource: Sendable, Hashable {
  /// The classifier's default layer.
  case standard
  /// The layer of a name.
  case layer(String)

  /// The layer of a name, or the default one.
  init(_ name: String?) {
    self = name.map(Self.layer) ?? .standard
  }
}

extension Measure {
  /// Makes sure that a classifier gives what the measure reads, before work begins.
  ///
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)`` for what the classifier is not capable
  ///   of; ``DetectionError`` if it has no such layer, or its images don't suit a transform.
  public func check(_ classifier: ClassifierDescription) throws {
    let needs = dependencies
    if needs.passes { try classifier.require(.draws, for: description.name) }
    if let features = needs.features {
      try classifier.require(.features, for: description.name)
      if case .layer(let name) = features, !classifier.featureLayers.contains(name) {
        throw DetectionError.unknownLayer(
          name, model: classifier.name, known: classifier.featureLayers)
      }
    }
    for voter in needs.voters { try voter.check(classifier.input) }
  }
}

/// A measure that is ready to read images.
///
/// Several may share one batch.
public protocol PreparedMeasure: Sendable {
  /// What was tuned, by name, such as ["bandwidth": 0.31]. It is recorded with the values.
  var fitted: [String: Double] { get }

  /// Measures the images of a batch.
  ///
  /// An image's value doesn't depend on the other images of the batch, nor on the threads.
  ///
  /// - Parameter batch: The images, with what other measures have already computed of them.
  /// - Returns: One finite number for each image, in the batch's order.
  /// - Throws: ``DetectionError`` if the work is cancelled or a value isn't finite.
  func values(of batch: ImageBatch) throws -> [Double]
}

extension PreparedMeasure {
  /// Nothing, for measures that tune nothing.
  public var fitted: [String: Double] { [:] }
}
