public import Tensor

extension Architecture {
  /// The names of the layers whose outputs can be read: all but the dropout layers, which change
  /// nothing while dropout is off.
  public var featureLayers: [String] {
    layers.filter { !($0 is Dropout) }.map(\.name)
  }

  /// The layer whose outputs detectors take for an image's features unless another is named.
  ///
  /// It is the rectifier after the last hidden dense layer. If there is none, it is the last layer
  /// before the one that gives the logits, dropout aside.
  public var defaultFeatureLayer: String {
    let hidden = layers.dropLast().filter { !($0 is Dropout) }
    for (dense, rectifier) in zip(hidden, hidden.dropFirst()).reversed()
    where dense is Dense && rectifier is ReLU {
      return rectifier.name
    }
    return (hidden.last ?? layers[layers.count - 1]).name
  }

  /// The number of features that a layer gives, or nil if ``featureLayers`` doesn't have it.
  public func featureCount(of layer: String) -> Int? {
    featureLayers.contains(layer) ? layers.first { $0.name == layer }?.output.count : nil
  }
}

extension Network {
  /// The number of images that a worker carries through the layers at once, always as many.
  private static let rowsPerShard = 64

  /// Computes the outputs of one layer with dropout off.
  ///
  /// An image's features have the same bits wherever it stands in `0..<count`. Matrix products may
  /// round differently for other numbers of rows, so a shard that isn't full is filled with zeros.
  ///
  /// - Parameters:
  ///   - layer: The layer's name, one of ``Architecture/featureLayers``.
  ///   - count: The number of images.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  /// - Returns: The features, [count, features].
  /// - Precondition: The architecture has that layer.
  public func features(
    of layer: String, count: Int, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    guard let index = architecture.layers.firstIndex(where: { $0.name == layer }),
      let width = architecture.featureCount(of: layer)
    else { preconditionFailure("\(architecture.name) has no layer '\(layer)' with features") }
    let (shard, size) = (Self.rowsPerShard, architecture.input.count)
    let shards = (count + shard - 1) / shard
    let workers = (0..<max(1, min(parallelism.threads, shards))).map { _ in
      Propagation(
        architecture: architecture, range: 0..<index + 1, capacity: shard, dropout: false,
        gradients: false)
    }
    return [Float](unsafeUninitializedCapacity: count * width) { features, initialized in
      let features = features
      parallelism.forEachShard(shards) { number, worker in
        let propagation = workers[worker]
        let first = number * shard
        let rows = min(shard, count - first)
        for row in 0..<rows { load(first + row, propagation.input + row * size) }
        (propagation.input + rows * size).update(repeating: 0, count: (shard - rows) * size)
        propagation.forward(rows: shard, parameters: parameters)
        guard let base = features.baseAddress else { return }
        (base + first * width).update(from: propagation.output, count: rows * width)
      }
      initialized = count * width
    }
  }
}
