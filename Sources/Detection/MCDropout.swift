public import NeuralNetwork
public import Tensor

/// Monte Carlo dropout: runs a network many times with dropout on.
///
/// Gal and Ghahramani 2016, section 4.2 of the reproduction. The layers before the first dropout
/// compute the same in every pass and run once per image.
public struct MCDropout: Sendable {
  /// The network, which has at least one dropout layer.
  public let network: Network
  /// The number of stochastic passes over each image, N.
  public let passes: Int
  /// The seed of the passes, which fixes the elements that each pass over an image drops.
  public let seed: UInt64
  /// What the passes' random numbers are for, one of ``RandomPurpose``.
  public let purpose: UInt32

  /// The number of images that a worker carries through the first layers at once.
  static let imagesPerShard = 50
  /// The most rows that are carried through the stochastic layers at a time.
  private static let rowsPerBatch = 200

  /// Prepares `passes` stochastic passes over each image.
  ///
  /// Training images and test images share indices, so that they need purposes of their own.
  ///
  /// - Precondition: There is a pass, and the network has a dropout site.
  public init(
    network: Network, passes: Int, seed: UInt64,
    purpose: UInt32 = RandomPurpose.measurementDropout
  ) {
    precondition(passes > 0, "MC dropout needs passes, got \(passes)")
    precondition(
      network.architecture.firstDropout < network.architecture.layers.count,
      "MC dropout needs a network with dropout")
    self.network = network
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
  public func measure(
    _ images: [Int], parallelism: Parallelism,
    load: (_ position: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) -> [Uncertainty] {
    let imagesPerShard = Self.imagesPerShard
    let shards = (images.count + imagesPerShard - 1) / imagesPerShard
    let workers = (0..<max(1, min(parallelism.threads, shards))).map { _ in
      Worker(measurement: self, images: min(imagesPerShard, images.count))
    }
    var results = [Uncertainty?](repeating: nil, count: images.count)
    results.withUnsafeMutableBufferPointer { results in
      let results = results
      parallelism.forEachShard(shards) { shard, worker in
        let positions =
          shard * imagesPerShard..<min((shard + 1) * imagesPerShard, images.count)
        let measured = workers[worker].measure(positions, of: images, load: load)
        for (position, uncertainty) in zip(positions, measured) { results[position] = uncertainty }
      }
    }
    return results.compactMap { $0 }
  }

  /// The memory of one worker.
  private final class Worker {
    private let measurement: MCDropout
    /// The layers before the first dropout, nil if it is the first layer.
    private let deterministic: Propagation?
    /// The first dropout, whose input all passes over an image share.
    private let dropout: Dropout
    private let mask: Scratch<UInt32>
    /// The layers behind it.
    private let stochastic: Propagation
    /// What every pass over an image begins with, [images, stochasticSize].
    private let shared: Scratch<Float>
    private let inputSize: Int
    private let stochasticSize: Int
    private let classes: Int
    private let rows: Scratch<SampledRow>
    /// What follows the first dropout, where that is a narrow layer only.
    private let lastLayer: MaskedDense?
    /// [images, passes, classes].
    private let logits: Scratch<Float>

    init(measurement: MCDropout, images: Int) {
      self.measurement = measurement
      let architecture = measurement.network.architecture
      let first = architecture.firstDropout
      guard let dropout = architecture.layers[first] as? Dropout else {
        preconditionFailure("layer \(first) is no dropout")
      }
      self.dropout = dropout
      mask = Scratch(dropout.keptWordCount)
      deterministic =
        first > 0
        ? Propagation(
          architecture: architecture, range: 0..<first, capacity: images, dropout: false,
          gradients: false) : nil
      lastLayer = MaskedDense(architecture, images: images, passes: measurement.passes)
      rows = Scratch(min(MCDropout.rowsPerBatch, images * measurement.passes))
      stochastic = Propagation(
        architecture: architecture, range: first + 1..<architecture.layers.count,
        capacity: rows.count,
        dropout: true, gradients: false)
      inputSize = architecture.input.count
      stochasticSize = dropout.input.count
      classes = architecture.classCount
      shared = Scratch(deterministic == nil ? images * inputSize : 0)
      logits = Scratch(images * measurement.passes * classes)
    }

    func measure(
      _ positions: Range<Int>, of images: [Int],
      load: (_ position: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
    ) -> [Uncertainty] {
      let (passes, parameters) = (measurement.passes, measurement.network.parameters)
      let input = deterministic?.input ?? shared.base
      for (row, position) in positions.enumerated() { load(position, input + row * inputSize) }
      deterministic?.forward(rows: positions.count, parameters: parameters)
      let shared = deterministic?.output ?? UnsafePointer(shared.base)
      if let lastLayer {
        lastLayer.forward(
          shared, images: images[positions], seed: measurement.seed,
          purpose: measurement.purpose, parameters: parameters, into: logits.base)
      } else {
        runPasses(over: Array(images[positions]), from: shared)
      }
      return (0..<positions.count).map { member in
        Uncertainty(
          logits: UnsafeBufferPointer(
            start: logits.base + member * passes * classes, count: passes * classes),
          classes: classes)
      }
    }

    /// Computes the logits of each pass over each image, a batch of rows at a time.
    private func runPasses(over images: [Int], from shared: UnsafePointer<Float>) {
      let passes = measurement.passes
      let total = images.count * passes
      for start in stride(from: 0, to: total, by: rows.count) {
        let batch = start..<min(start + rows.count, total)
        for (row, work) in batch.enumerated() {
          let (member, pass) = work.quotientAndRemainder(dividingBy: passes)
          rows.base[row] = SampledRow(image: UInt32(images[member]), pass: UInt32(pass))
          dropout.drop(
            shared + member * stochasticSize, into: stochastic.input + row * stochasticSize,
            seed: measurement.seed, purpose: measurement.purpose,
            row: rows.base[row], mask: mask.base)
        }
        stochastic.forward(
          rows: batch.count, parameters: measurement.network.parameters,
          dropout: .sampled(
            seed: measurement.seed, purpose: measurement.purpose, rows: rows.base))
        (logits.base + start * classes).update(
          from: stochastic.output, count: batch.count * classes)
      }
    }
  }
}
