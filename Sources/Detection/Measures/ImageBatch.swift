internal import NeuralNetwork

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
  private var ownSoftmax: [Float]?

  /// Gathers images for measurement.
  ///
  /// - Precondition: There are as many pixels as images of the model's shape have.
  public init(indices: [Int], pixels: [Float], material: MeasureMaterial) {
    precondition(
      pixels.count == indices.count * material.network.architecture.input.count,
      "\(pixels.count) pixels are not \(indices.count) images")
    self.indices = indices
    self.pixels = pixels
    self.material = material
  }

  /// The number of images.
  public var count: Int { indices.count }

  /// The number of classes.
  public var classCount: Int { material.network.architecture.classCount }

  /// The logits with dropout off, [images, classes].
  public var logits: [Float] { features(material.network.architecture.outputLayer) }

  /// The softmax with dropout off, [images, classes].
  public var softmax: [Float] {
    if let ownSoftmax { return ownSoftmax }
    let made = rowwiseSoftmax(logits)
    ownSoftmax = made
    return made
  }

  /// The class of each image with dropout off.
  public var classes: [Int] { rowwiseMaxima(logits) }

  /// The features of each image, [images, features].
  ///
  /// - Parameter layer: The layer's name, one of the architecture's `featureLayers`.
  /// - Returns: The features, computed at the first call and kept.
  public func features(_ layer: String) -> [Float] {
    if let known = featuresByLayer[layer] { return known }
    let made = network.features(
      of: layer, count: count, parallelism: material.parallelism, load: loadPixels)
    featuresByLayer[layer] = made
    return made
  }

  /// The Monte Carlo measures of each image, of the same passes as ``MCDropout`` makes.
  ///
  /// - Throws: ``DetectionError/noDropout(architecture:)`` if the network has no dropout layer.
  public func uncertainties() throws(DetectionError) -> [Uncertainty] {
    if let measuredUncertainties { return measuredUncertainties }
    let architecture = network.architecture
    guard architecture.firstDropout < architecture.layers.count else {
      throw .noDropout(architecture: architecture.name)
    }
    // A shard that isn't full may be rounded differently: the last image fills it up.
    let shard = MCDropout.imagesPerShard
    let filling = [Int](repeating: indices.last ?? 0, count: (shard - count % shard) % shard)
    let made = MCDropout(network: network, passes: material.passes, seed: material.seed).measure(
      indices + filling, parallelism: material.parallelism
    ) { loadPixels(min($0, count - 1), $1) }
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
    let (copies, size, classes) = (transform.copies, network.architecture.input.count, classCount)
    let logits = pixels.withUnsafeBufferPointer { pixels in
      network.features(
        of: network.architecture.outputLayer, count: count * copies,
        parallelism: material.parallelism
      ) { row, transformed in
        guard let base = pixels.baseAddress else { return }
        let (image, copy) = row.quotientAndRemainder(dividingBy: copies)
        transform.write(base + image * size, index: indices[image], copy: copy, into: transformed)
      }
    }
    var result = rowwiseSoftmax(logits)
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
    rowwiseMaxima(try softmax(after: specification))
  }

  private var network: Network { material.network }

  private func loadPixels(_ image: Int, _ destination: UnsafeMutablePointer<Float>) {
    let size = network.architecture.input.count
    pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      destination.update(from: base + image * size, count: size)
    }
  }

  private func rowwiseSoftmax(_ logits: [Float]) -> [Float] {
    let classes = classCount
    return [Float](unsafeUninitializedCapacity: logits.count) { result, initialized in
      logits.withUnsafeBufferPointer { logits in
        guard let base = logits.baseAddress, let result = result.baseAddress else { return }
        for first in stride(from: 0, to: logits.count, by: classes) {
          NeuralNetwork.softmax(base + first, into: result + first, count: classes)
        }
      }
      initialized = logits.count
    }
  }

  private func rowwiseMaxima(_ values: [Float]) -> [Int] {
    let classes = classCount
    return values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return [] }
      return stride(from: 0, to: values.count, by: classes).map {
        indexOfMaximum(base + $0, count: classes)
      }
    }
  }
}

extension Architecture {
  /// The layer that gives the logits.
  var outputLayer: String { layers[layers.count - 1].name }
}
