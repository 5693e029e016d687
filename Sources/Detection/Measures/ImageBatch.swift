internal import Classifier

/// Images under measurement.
///
/// What several measures need is computed when it is first asked for and kept, so that one pass
/// over the images feeds all measures. A batch belongs to one thread at a time.
public final class ImageBatch {
  /// The images' indices in their data set, which address random numbers.
  public let indices: [Int]
  /// The pixels, 0...1, [images, size].
  public let pixels: [Float]
  /// The model and what belongs to it.
  public let material: MeasureMaterial

  private var featuresByLayer: [String: [Float]] = [:]
  private var softmaxByTransform: [String: [Float]] = [:]
  private var measuredUncertainties: [Uncertainty]?
  private var ownLogits: [Float]?
  private var ownSoftmax: [Float]?

  /// Gathers images for measurement.
  ///
  /// - Precondition: There are as many pixels as images of the model's shape have.
  public init(indices: [Int], pixels: [Float], material: MeasureMaterial) {
    precondition(
      pixels.count == indices.count * material.classifier.input.count,
      "\(pixels.count) pixels are not \(indices.count) images")
    self.indices = indices
    self.pixels = pixels
    self.material = material
  }

  /// The number of images.
  public var count: Int { indices.count }

  /// The number of classes.
  public var classCount: Int { classifier.classCount }

  /// The logits with dropout off, [images, classes].
  ///
  /// - Throws: What keeps a served model from answering.
  public var logits: [Float] {
    get throws {
      if let ownLogits { return ownLogits }
      let made = try classifier.logits(
        count: count, inFullBatches: true, parallelism: material.parallelism, load: loadPixels)
      ownLogits = made
      return made
    }
  }

  /// The softmax with dropout off, [images, classes].
  ///
  /// - Throws: What keeps a served model from answering.
  public var softmax: [Float] {
    get throws {
      if let ownSoftmax { return ownSoftmax }
      let made = rowwiseSoftmax(try logits, classes: classCount)
      ownSoftmax = made
      return made
    }
  }

  /// The class of each image with dropout off.
  ///
  /// - Throws: What keeps a served model from answering.
  public var classes: [Int] {
    get throws { rowwiseMaxima(try logits, classes: classCount) }
  }

  /// The features of each image, [images, features].
  ///
  /// - Parameter layer: The layer's name, one of the classifier's `featureLayers`.
  /// - Returns: The features, computed at the first call and kept.
  /// - Throws: What keeps a served model from answering.
  public func features(_ layer: String) throws -> [Float] {
    if let known = featuresByLayer[layer] { return known }
    let made = try classifier.features(
      of: layer, count: count, parallelism: material.parallelism, load: loadPixels)
    featuresByLayer[layer] = made
    return made
  }

  /// The Monte Carlo measures of each image, of the same passes as ``MCDropout`` makes.
  ///
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)`` if the classifier gives no draws; what
  ///   keeps a served model from answering.
  public func uncertainties() throws -> [Uncertainty] {
    if let measuredUncertainties { return measuredUncertainties }
    let dropout = try MCDropout(
      classifier: classifier, passes: material.passes, seed: material.seed,
      purpose: material.purpose)
    // A shard that isn't full may be rounded differently: the last image fills it up.
    let shard = dropout.imagesPerShard
    let filling = [Int](repeating: indices.last ?? 0, count: (shard - count % shard) % shard)
    let made = try dropout.measure(indices + filling, parallelism: material.parallelism) {
      loadPixels(min($0, count - 1), $1)
    }
    measuredUncertainties = Array(made.prefix(count))
    return Array(made.prefix(count))
  }

  /// The softmax of each image behind a transform, with dropout off, [images, classes].
  ///
  /// A transform that makes several copies of an image gets the mean of their softmax.
  ///
  /// - Throws: What making the transform throws.
  public func softmax(after specification: TransformSpecification) throws -> [Float] {
    if let known = softmaxByTransform[specification.name] { return known }
    let transform = try material.transform(specification)
    let (copies, size, classes) = (transform.copies, classifier.input.count, classCount)
    let logits = try pixels.withUnsafeBufferPointer { pixels in
      try classifier.logits(
        count: count * copies, inFullBatches: true, parallelism: material.parallelism
      ) { row, transformed in
        guard let base = pixels.baseAddress else { return }
        let (image, copy) = row.quotientAndRemainder(dividingBy: copies)
        transform.write(base + image * size, index: indices[image], copy: copy, into: transformed)
      }
    }
    var result = rowwiseSoftmax(logits, classes: classes)
    if copies > 1 {
      let single = result
      result = [Float](repeating: 0, count: count * classes)
      for row in 0..<count * copies {
        for column in 0..<classes {
          result[row / copies * classes + column] +=
            single[row * classes + column] / Float(copies)
        }
      }
    }
    softmaxByTransform[specification.name] = result
    return result
  }

  /// The class of each image behind a transform, with dropout off.
  ///
  /// - Throws: What making the transform throws.
  public func classes(after specification: TransformSpecification) throws -> [Int] {
    rowwiseMaxima(try softmax(after: specification), classes: classCount)
  }

  private var classifier: any Classifier { material.classifier }

  private func loadPixels(_ image: Int, _ destination: UnsafeMutablePointer<Float>) {
    let size = classifier.input.count
    pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      destination.update(from: base + image * size, count: size)
    }
  }
}

/// The softmax of each row of logits, [images, classes].
private func rowwiseSoftmax(_ logits: [Float], classes: Int) -> [Float] {
  [Float](unsafeUninitializedCapacity: logits.count) { result, initialized in
    logits.withUnsafeBufferPointer { logits in
      guard let base = logits.baseAddress, let result = result.baseAddress else { return }
      for first in stride(from: 0, to: logits.count, by: classes) {
        softmax(base + first, into: result + first, count: classes)
      }
    }
    initialized = logits.count
  }
}

/// The index of the largest value of each row, [images, classes].
private func rowwiseMaxima(_ values: [Float], classes: Int) -> [Int] {
  values.withUnsafeBufferPointer { values in
    guard let base = values.baseAddress else { return [] }
    return stride(from: 0, to: values.count, by: classes).map {
      indexOfMaximum(base + $0, count: classes)
    }
  }
}
