public import Classifier
public import Tensor

/// Monte Carlo dropout: runs a classifier many times with dropout on.
///
/// Gal and Ghahramani 2016, section 4.2 of the reproduction.
public struct MCDropout: Sendable {
  /// The classifier, which is capable of draws.
  public let classifier: any Classifier
  /// The number of stochastic passes over each image, N.
  public let passes: Int
  /// The seed of the passes, which fixes the elements that each pass over an image drops.
  public let seed: UInt64
  /// What the passes' random numbers are for, one of ``RandomPurpose``.
  public let purpose: UInt32

  /// The number of images that a worker takes at once.
  var imagesPerShard: Int { classifier.batchSize ?? 50 }

  /// Prepares `passes` stochastic passes over each image.
  ///
  /// Training images and test images share indices, so that they need purposes of their own.
  ///
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)`` if the classifier gives no draws.
  /// - Precondition: There is a pass.
  public init(
    classifier: any Classifier, passes: Int, seed: UInt64,
    purpose: UInt32 = RandomPurpose.measurementDropout
  ) throws(ClassifierError) {
    precondition(passes > 0, "MC dropout needs passes, got \(passes)")
    try classifier.require(.draws, for: "Monte Carlo dropout")
    self.classifier = classifier
    self.passes = passes
    self.seed = seed
    self.purpose = purpose
  }

  /// Measures the uncertainty of each image over all stochastic passes.
  ///
  /// - Parameters:
  ///   - images: The images' indices, which address their random numbers.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels, 0...1, of the image at a position in `images`. Several threads
  ///     call it at a time.
  /// - Returns: The uncertainties, in the order of `images`.
  /// - Throws: What keeps a served model from answering.
  public func measure(
    _ images: [Int], parallelism: Parallelism,
    load: (_ position: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) throws -> [Uncertainty] {
    let (imagesPerShard, size, classes) = (
      imagesPerShard, classifier.input.count, classifier.classCount
    )
    let shards = (images.count + imagesPerShard - 1) / imagesPerShard
    let parallelism = classifier.workers(parallelism, shards: shards)
    let workers = try (0..<parallelism.threads).map { _ in
      try classifier.makeDraws(
        images: min(imagesPerShard, images.count), passes: passes, seed: seed, purpose: purpose)
    }
    var results = [Uncertainty?](repeating: nil, count: images.count)
    try results.withUnsafeMutableBufferPointer { results in
      let results = results
      try parallelism.forEachShard(shards) { shard, worker in
        let draws = workers[worker]
        let positions =
          shard * imagesPerShard..<min((shard + 1) * imagesPerShard, images.count)
        for (row, position) in positions.enumerated() { load(position, draws.input + row * size) }
        let logits = try draws.forward(images: Array(images[positions]))
        for (row, position) in positions.enumerated() {
          results[position] = Uncertainty(
            logits: UnsafeBufferPointer(
              start: logits + row * passes * classes, count: passes * classes),
            classes: classes)
        }
      }
    }
    return results.compactMap { $0 }
  }
}
