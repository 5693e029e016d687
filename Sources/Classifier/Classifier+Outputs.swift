public import Tensor

extension Classifier {
  /// Computes the logits of images, with nothing random.
  ///
  /// Matrix products may round differently for other numbers of rows. Where a batch that isn't full is
  /// filled with zeros, an image's logits have the same bits wherever it stands in `0..<count`.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - inFullBatches: Whether batches are always full.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  /// - Returns: The logits, [count, classes].
  /// - Throws: What keeps a served model from answering.
  public func logits(
    count: Int, inFullBatches: Bool = false, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) throws -> [Float] {
    let shard = batchSize ?? (inFullBatches ? 64 : 128)
    return try outputs(
      count: count, width: classCount, shard: shard, isFilled: inFullBatches,
      parallelism: parallelism, load: load
    ) { ForwardPass(logits: try makePass(capacity: shard, gradients: false)) }
  }

  /// Computes the outputs of one layer, with nothing random, in batches that are always full.
  ///
  /// An image's features have the same bits wherever it stands in `0..<count`.
  ///
  /// - Parameters:
  ///   - layer: The layer's name, one of ``featureLayers``.
  ///   - count: The number of images.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  /// - Returns: The features, [count, features].
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The classifier has that layer.
  public func features(
    of layer: String, count: Int, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) throws -> [Float] {
    guard let width = featureCount(of: layer) else {
      preconditionFailure("\(name) has no layer '\(layer)' with features")
    }
    let shard = batchSize ?? 64
    return try outputs(
      count: count, width: width, shard: shard, isFilled: true, parallelism: parallelism,
      load: load
    ) {
      ForwardPass(
        features: try makeFeaturePass(layer: layer, capacity: shard, gradients: false))
    }
  }

  /// Carries images through workers of one kind, a shard at a time.
  private func outputs(
    count: Int, width: Int, shard: Int, isFilled: Bool, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void,
    makeWorker: () throws -> ForwardPass
  ) throws -> [Float] {
    let size = input.count
    let shards = (count + shard - 1) / shard
    let parallelism = workers(parallelism, shards: shards)
    let passes = try (0..<parallelism.threads).map { _ in try makeWorker() }
    return try [Float](unsafeUninitializedCapacity: count * width) { outputs, initialized in
      guard let outputs = outputs.baseAddress else { return }
      try parallelism.forEachShard(shards) { index, worker in
        let pass = passes[worker]
        let first = index * shard
        let rows = min(shard, count - first)
        for row in 0..<rows { load(first + row, pass.input + row * size) }
        if isFilled {
          (pass.input + rows * size).update(repeating: 0, count: (shard - rows) * size)
        }
        let output = try pass.forward(isFilled ? shard : rows)
        (outputs + first * width).update(from: output, count: rows * width)
      }
      initialized = count * width
    }
  }
}

/// A worker that carries images forward, to logits or to features.
private struct ForwardPass {
  let input: UnsafeMutablePointer<Float>
  let forward: (_ rows: Int) throws -> UnsafePointer<Float>

  init(logits: any ClassifierPass) {
    input = logits.input
    forward = { try logits.forward(rows: $0) }
  }

  init(features: any ClassifierFeatures) {
    input = features.input
    forward = { try features.forward(rows: $0) }
  }
}
