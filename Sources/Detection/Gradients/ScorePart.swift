public import Classifier

/// A function of what a model says of an image, with its derivative: a part of a score that attacks can
/// follow.
///
/// Derivatives are written where they belong, not added to what is there.
public enum ScorePart: Sendable {
  /// A function of the logits with nothing random, [classes], and of where its derivative goes.
  public typealias OfLogits =
    @Sendable (
      _ logits: UnsafeBufferPointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) -> Double

  /// A function of the logits of stochastic passes, [draws, classes], with the number of classes.
  public typealias OfDraws =
    @Sendable (
      _ logits: UnsafeBufferPointer<Float>, _ classes: Int, _ gradient: UnsafeMutablePointer<Float>
    ) -> Double

  /// A function of the image's own logits, [classes], and of those of its transformed copies,
  /// [copies, classes].
  public typealias OfCopies =
    @Sendable (
      _ logits: UnsafeBufferPointer<Float>, _ copies: UnsafeBufferPointer<Float>,
      _ gradient: UnsafeMutablePointer<Float>, _ copiesGradient: UnsafeMutablePointer<Float>
    ) -> Double

  /// Of the logits with nothing random.
  case logits(OfLogits)
  /// Of the logits of stochastic passes.
  case draws(OfDraws)
  /// Of the logits behind a transform.
  case copies(TransformSpecification, OfCopies)
  /// Of the outputs of a layer.
  case features(any FeaturePart)

  /// What a model must give for the part to be followed.
  public var needs: ClassifierCapabilities {
    switch self {
    case .logits, .copies: .gradient
    case .draws: .drawGradient
    case .features: [.features, .featureGradient]
    }
  }
}

/// A function of the outputs of one layer, for many images at a time.
public protocol FeaturePart: Sendable {
  /// The layer's name.
  var layer: String { get }

  /// Computes values and derivatives.
  ///
  /// - Parameters:
  ///   - features: The layer's outputs, [images, width].
  ///   - classes: The class that the model gives each image, with nothing random.
  ///   - gradient: Room for the derivatives, [images, width].
  /// - Returns: A value an image.
  func values(
    of features: UnsafePointer<Float>, classes: [Int], gradient: UnsafeMutablePointer<Float>
  ) -> [Double]
}

/// A measure that is ready to read images, and whose gradient attacks can follow.
public protocol DifferentiableMeasure: PreparedMeasure {
  /// The parts whose sum is the measure's value, in the measure's own orientation.
  ///
  /// The sum of a measure that counts votes is a substitute: by how much the logits of the voters that
  /// differ favour another class.
  var parts: [ScorePart] { get }
}

extension MeasureCatalogue {
  /// The measure of a name, whose gradient attacks can follow.
  ///
  /// - Throws: ``DetectionError/notDifferentiable(_:followable:)``, or an error of
  ///   ``measure(named:)``.
  public static func differentiable(named name: String) throws(DetectionError) -> any Measure {
    let measure = try measure(named: name)
    guard measure.isDifferentiable else {
      throw .notDifferentiable(name, followable: differentiableKinds)
    }
    return measure
  }

  /// The patterns of the measures that attacks can follow.
  public static var differentiableKinds: [String] {
    kinds.filter { kind in
      kind.standard.contains { (try? kind.make($0))??.isDifferentiable ?? false }
    }.map(\.pattern)
  }
}
