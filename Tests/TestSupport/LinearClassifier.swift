public import Classifier
internal import Tensor

/// A made-up classifier that is no network: logits are sums of weighted pixels.
///
/// Every number it gives is of its image alone, whatever else is in a batch. A draw adds noise to the
/// logits.
public struct LinearClassifier: Classifier {
  /// An image that the classifier can't answer for.
  public struct Refusal: Error, Equatable {
    /// The image's first pixel in units of 1/255.
    public let firstPixel: Int

    public init(firstPixel: Int) { self.firstPixel = firstPixel }
  }

  public let name = "linear"
  public let input: ImageShape
  public let classCount: Int
  public var capabilities: ClassifierCapabilities = [
    .gradient, .draws, .features, .drawGradient, .featureGradient,
  ]
  public var batchSize: Int?
  public var concurrency: Int?
  /// Images that begin with one of these pixels, in units of 1/255, are refused.
  public var refused: Set<Int> = []
  /// [classes, pixels].
  public let weights: [Float]

  public let featureLayers = ["pixels"]
  public let defaultFeatureLayer = "pixels"

  public init(input: ImageShape, classes: Int, seed: UInt64) {
    self.input = input
    classCount = classes
    weights = RandomStream(seed: seed, stream: 0).uniform(
      count: classes * input.count, bound: 1, pass: 0)
  }

  public func featureCount(of layer: String) -> Int? { layer == "pixels" ? input.count : nil }

  public func makePass(capacity: Int, gradients: Bool) -> any ClassifierPass {
    Worker(self, images: capacity)
  }

  public func makeDraws(
    images: Int, passes: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDraws {
    Draws(self, images: images, passes: passes, seed: seed, purpose: purpose)
  }

  public func makeDrawnPass(
    capacity: Int, draws: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDrawnPass {
    DrawnWorker(self, images: capacity, draws: draws, seed: seed, purpose: purpose)
  }

  public func makeFeaturePass(
    layer: String, capacity: Int, gradients: Bool
  ) -> any ClassifierFeatures {
    Features(self, images: capacity)
  }

  /// The logits of one image.
  public func logits(of image: UnsafePointer<Float>) throws -> [Float] {
    let first = Int((image[0] * 255).rounded())
    if refused.contains(first) { throw Refusal(firstPixel: first) }
    return (0..<classCount).map { number in
      (0..<input.count).reduce(0) { $0 + weights[number * input.count + $1] * image[$1] }
    }
  }

  private final class Worker: ClassifierPass {
    private let classifier: LinearClassifier
    private let images: Scratch<Float>
    private let outputs: Scratch<Float>
    private let outputGradients: Scratch<Float>
    private let gradients: Scratch<Float>
    private let capacity: Int

    init(_ classifier: LinearClassifier, images: Int) {
      self.classifier = classifier
      capacity = images
      self.images = Scratch(images * classifier.input.count)
      outputs = Scratch(images * classifier.classCount)
      outputGradients = Scratch(images * classifier.classCount)
      gradients = Scratch(images * classifier.input.count)
    }

    var input: UnsafeMutablePointer<Float> { images.base }
    var logitGradient: UnsafeMutablePointer<Float> { outputGradients.base }

    func forward(rows: Int) throws -> UnsafePointer<Float> {
      precondition(rows <= capacity, "\(rows) images in memory for \(capacity)")
      for row in 0..<rows {
        let logits = try classifier.logits(of: images.base + row * classifier.input.count)
        (outputs.base + row * logits.count).update(from: logits, count: logits.count)
      }
      return UnsafePointer(outputs.base)
    }

    func backward(rows: Int) -> UnsafePointer<Float> {
      let (size, classes) = (classifier.input.count, classifier.classCount)
      for row in 0..<rows {
        for pixel in 0..<size {
          gradients.base[row * size + pixel] = (0..<classes).reduce(0) {
            $0 + outputGradients.base[row * classes + $1] * classifier.weights[$1 * size + pixel]
          }
        }
      }
      return UnsafePointer(gradients.base)
    }
  }

  private final class Draws: ClassifierDraws {
    private let classifier: LinearClassifier
    private let passes: Int
    private let stream: RandomStream
    private let images: Scratch<Float>
    private let outputs: Scratch<Float>

    init(_ classifier: LinearClassifier, images: Int, passes: Int, seed: UInt64, purpose: UInt32) {
      self.classifier = classifier
      self.passes = passes
      stream = RandomStream(seed: seed, stream: purpose << 8)
      self.images = Scratch(images * classifier.input.count)
      outputs = Scratch(images * passes * classifier.classCount)
    }

    var input: UnsafeMutablePointer<Float> { images.base }

    func forward(images indices: [Int]) throws -> UnsafePointer<Float> {
      try forward(images: indices, firstDraw: 0)
    }

    func forward(images indices: [Int], firstDraw: Int) throws -> UnsafePointer<Float> {
      let classes = classifier.classCount
      for (row, index) in indices.enumerated() {
        let logits = try classifier.logits(of: images.base + row * classifier.input.count)
        for pass in 0..<passes {
          for number in 0..<classes {
            let noise = stream.integer(
              below: 1000, image: UInt32(index), pass: UInt32(firstDraw + pass),
              block: UInt32(number))
            outputs.base[(row * passes + pass) * classes + number] =
              logits[number] + Float(noise) / 1000
          }
        }
      }
      return UnsafePointer(outputs.base)
    }
  }

  /// The noise does not depend on the image, so that the gradient is the weights' whatever it is.
  private final class DrawnWorker: ClassifierDrawnPass {
    private let classifier: LinearClassifier
    private let draws: Int
    private let noisy: Draws
    private let weights: Scratch<Float>
    private let gradients: Scratch<Float>
    private var count = 0

    init(_ classifier: LinearClassifier, images: Int, draws: Int, seed: UInt64, purpose: UInt32) {
      self.classifier = classifier
      self.draws = draws
      noisy = Draws(classifier, images: images, passes: draws, seed: seed, purpose: purpose)
      weights = Scratch(images * draws * classifier.classCount)
      gradients = Scratch(images * classifier.input.count)
    }

    var input: UnsafeMutablePointer<Float> { noisy.input }
    var logitGradient: UnsafeMutablePointer<Float> { weights.base }

    func forward(images: [Int], firstDraw: Int) throws -> UnsafePointer<Float> {
      count = images.count
      return try noisy.forward(images: images, firstDraw: firstDraw)
    }

    func backward() -> UnsafePointer<Float> {
      let (size, classes) = (classifier.input.count, classifier.classCount)
      for row in 0..<count {
        let sums = (0..<classes).map { number in
          (0..<draws).reduce(Float(0)) {
            $0 + weights.base[(row * draws + $1) * classes + number]
          }
        }
        for pixel in 0..<size {
          gradients.base[row * size + pixel] = (0..<classes).reduce(0) {
            $0 + sums[$1] * classifier.weights[$1 * size + pixel]
          }
        }
      }
      return UnsafePointer(gradients.base)
    }
  }

  private final class Features: ClassifierFeatures {
    private let images: Scratch<Float>
    private let weights: Scratch<Float>

    init(_ classifier: LinearClassifier, images: Int) {
      self.images = Scratch(images * classifier.input.count)
      weights = Scratch(images * classifier.input.count)
    }

    var input: UnsafeMutablePointer<Float> { images.base }
    var featureGradient: UnsafeMutablePointer<Float> { weights.base }

    func forward(rows: Int) -> UnsafePointer<Float> { UnsafePointer(images.base) }

    /// The features are the pixels.
    func backward(rows: Int) -> UnsafePointer<Float> { UnsafePointer(weights.base) }
  }
}
