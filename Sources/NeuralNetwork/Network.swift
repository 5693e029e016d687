public import Tensor

/// The layers of a classifier, from the image to one logit per class.
public struct Architecture: Sendable {
  /// The architecture's name, such as "lenet".
  public let name: String
  /// The layers in order, where each takes the output of the one before it.
  public let layers: [any Layer]
  /// Where each layer's parameters lie in the network's.
  let parameterRanges: [Range<Int>]

  /// Chains layers into an architecture.
  ///
  /// - Precondition: There is a layer, and each takes as many elements as the one before it gives.
  public init(name: String, layers: [any Layer]) {
    precondition(!layers.isEmpty, "an architecture needs layers")
    for (before, after) in zip(layers, layers.dropFirst()) {
      precondition(
        before.output.count == after.input.count,
        "\(after.name) takes \(after.input.count) elements, \(before.name) gives \(before.output.count)"
      )
    }
    self.name = name
    self.layers = layers
    var end = 0
    parameterRanges = layers.map { layer in
      defer { end += layer.parameterCount }
      return end..<end + layer.parameterCount
    }
  }

  /// The shape of one image, which is the first layer's input.
  public var input: ImageShape { layers[0].input }
  /// The number of classes, which is the number of outputs of the last layer.
  public var classCount: Int { layers[layers.count - 1].output.count }
  /// The number of parameters of all layers together.
  public var parameterCount: Int { parameterRanges[parameterRanges.count - 1].upperBound }

  /// The index of the first dropout layer, or the number of layers if there is none.
  ///
  /// The layers before it compute the same in every stochastic pass.
  public var firstDropout: Int { layers.firstIndex { $0 is Dropout } ?? layers.count }

  /// Draws initial parameters as Caffe's LeNet does: uniform by fan-in.
  ///
  /// Weights lie within ±sqrt(3 / fan-in), which gives them the variance 1 / fan-in. Biases are
  /// zero.
  ///
  /// - Parameter seed: The seed, which determines every parameter.
  /// - Returns: The parameters of all layers, the first layer's first.
  public func initialParameters(seed: UInt64) -> [Float] {
    let stream = RandomStream(seed: seed, stream: RandomPurpose.initialParameters << 8)
    return layers.enumerated().flatMap { index, layer -> [Float] in
      guard let fanIn = layer.fanIn else { return [] }
      let weights = stream.uniform(
        count: layer.parameterCount - layer.biasCount, bound: (3 / Float(fanIn)).squareRoot(),
        pass: UInt32(index))
      return weights + [Float](repeating: 0, count: layer.biasCount)
    }
  }
}

/// A classifier: an architecture and its parameters.
public struct Network: Sendable {
  /// The layers that ``parameters`` belong to.
  public let architecture: Architecture
  /// The parameters of all layers, the first layer's first.
  public let parameters: [Float]

  /// Pairs an architecture with parameters for it.
  ///
  /// - Precondition: `parameters` are as many as the architecture has.
  public init(architecture: Architecture, parameters: [Float]) {
    precondition(
      parameters.count == architecture.parameterCount,
      "\(architecture.name) has \(architecture.parameterCount) parameters, got \(parameters.count)")
    self.architecture = architecture
    self.parameters = parameters
  }

  /// Computes the logits of images with dropout off.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  /// - Returns: The logits, [count, classes].
  public func logits(
    count: Int, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let shard = 128
    let (size, classes) = (architecture.input.count, architecture.classCount)
    let workers = (0..<parallelism.threads).map { _ in
      Propagation(architecture: architecture, capacity: shard, dropout: false, gradients: false)
    }
    return [Float](unsafeUninitializedCapacity: count * classes) { logits, initialized in
      let output = logits
      parallelism.forEachShard((count + shard - 1) / shard) { index, worker in
        let propagation = workers[worker]
        let first = index * shard
        let rows = min(shard, count - first)
        for row in 0..<rows { load(first + row, propagation.input + row * size) }
        propagation.forward(rows: rows, parameters: parameters)
        for element in 0..<rows * classes {
          output[first * classes + element] = propagation.output[element]
        }
      }
      initialized = count * classes
    }
  }
}

/// What random numbers are for.
///
/// Different purposes never share numbers.
public enum RandomPurpose {
  /// The initial parameters, by layer.
  public static let initialParameters: UInt32 = 1
  /// The order of the training images, by epoch.
  public static let trainingOrder: UInt32 = 2
  /// Dropout in training, by image and step.
  public static let trainingDropout: UInt32 = 3
  /// Dropout in measurement, by image and pass.
  public static let measurementDropout: UInt32 = 4
  /// The random draw of a selection.
  public static let selection: UInt32 = 5
  /// The targets of targeted attacks, by image.
  public static let attackTargets: UInt32 = 6
  /// The random transforms of images, by place in a chain, image and copy.
  public static let transforms: UInt32 = 7
  /// The patches of training images that quilting copies from.
  public static let patches: UInt32 = 8
  /// The noise of noisy images, by image.
  public static let noise: UInt32 = 20
  /// Dropout when training images are labelled by their uncertainty, by image and pass.
  public static let labellingDropout: UInt32 = 21
  /// The folds of cross-validation in fitting detectors.
  public static let detectorFolds: UInt32 = 30
  /// The training images by which bandwidths are chosen, by class.
  public static let bandwidthImages: UInt32 = 31
  /// The training images among which neighbours are sought.
  public static let neighbourImages: UInt32 = 32
}
