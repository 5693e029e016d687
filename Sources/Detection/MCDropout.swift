public import NeuralNetwork
public import Tensor

/// Monte Carlo dropout: a network that is run many times with dropout on.
///
/// Gal and Ghahramani 2016; section 4.2 of the reproduction. The layers before the first dropout
/// compute the same in every pass and run once an image.
public struct MCDropout: Sendable {
  /// The network.
  public let network: Network
  /// The number of stochastic passes, N.
  public let passes: Int
  /// The seed of the passes: an image's pass drops the same elements whenever it is run.
  public let seed: UInt64

  /// The most rows that are carried through the stochastic layers at a time.
  private static let rowsPerBatch = 200

  /// Creates the measurement.
  ///
  /// - Precondition: There is a pass, and the network has a dropout site.
  public init(network: Network, passes: Int, seed: UInt64) {
    precondition(passes > 0, "MC dropout needs passes, got \(passes)")
    precondition(
      network.architecture.firstDropout < network.architecture.layers.count,
      "MC dropout needs a network with dropout")
    self.network = network
    self.passes = passes
    self.seed = seed
  }

  /// Measures the uncertainty of images.
  ///
  /// - Parameters:
  ///   - images: The images' numbers, which their random numbers go by.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels, 0...1, of the image at a position in `images`; called from
  ///     several threads at a time.
  /// - Returns: The uncertainties, in the order of `images`.
  public func measure(
    _ images: [Int], parallelism: Parallelism,
    load: (_ position: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) -> [Uncertainty] {
    let imagesPerShard = max(1, Self.rowsPerBatch / passes)
    let shards = (images.count + imagesPerShard - 1) / imagesPerShard
    let workers = (0..<max(1, min(parallelism.threads, shards))).map { _ in
      Worker(measurement: self, images: imagesPerShard)
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
    private let deterministic: Propagation?
    private let stochastic: Propagation
    private let inputSize: Int
    private let stochasticSize: Int
    private let classes: Int
    private let rows: Scratch<SampledRow>
    private var logits: [Float]

    init(measurement: MCDropout, images: Int) {
      self.measurement = measurement
      let architecture = measurement.network.architecture
      let first = architecture.firstDropout
      let capacity = max(images, min(MCDropout.rowsPerBatch, images * measurement.passes))
      deterministic =
        first > 0
        ? Propagation(
          architecture: architecture, range: 0..<first, capacity: images, dropout: false,
          gradients: false) : nil
      stochastic = Propagation(
        architecture: architecture, range: first..<architecture.layers.count, capacity: capacity,
        dropout: true, gradients: false)
      inputSize = architecture.input.count
      stochasticSize = architecture.layers[first].input.count
      classes = architecture.classCount
      rows = Scratch(capacity)
      logits = [Float](repeating: 0, count: images * measurement.passes * classes)
    }

    func measure(
      _ positions: Range<Int>, of images: [Int],
      load: (_ position: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
    ) -> [Uncertainty] {
      let (passes, parameters) = (measurement.passes, measurement.network.parameters)
      let shared = Scratch<Float>(positions.count * stochasticSize)
      for (row, position) in positions.enumerated() {
        load(position, (deterministic?.input ?? shared.base) + row * inputSize)
      }
      if let deterministic {
        deterministic.forward(rows: positions.count, parameters: parameters)
        shared.base.update(from: deterministic.output, count: positions.count * stochasticSize)
      }
      let total = positions.count * passes
      for start in stride(from: 0, to: total, by: rows.count) {
        let batch = start..<min(start + rows.count, total)
        for (row, work) in batch.enumerated() {
          let (member, pass) = work.quotientAndRemainder(dividingBy: passes)
          rows.base[row] = SampledRow(
            image: UInt32(images[positions.lowerBound + member]), pass: UInt32(pass))
          (stochastic.input + row * stochasticSize).update(
            from: shared.base + member * stochasticSize, count: stochasticSize)
        }
        stochastic.forward(
          rows: batch.count, parameters: parameters,
          dropout: .sampled(
            seed: measurement.seed, purpose: RandomPurpose.measurementDropout, rows: rows.base))
        for element in 0..<batch.count * classes {
          logits[start * classes + element] = stochastic.output[element]
        }
      }
      return logits.withUnsafeBufferPointer { logits in
        positions.indices.map { position in
          let first = (position - positions.lowerBound) * passes * classes
          return Uncertainty(
            logits: UnsafeBufferPointer(rebasing: logits[first..<first + passes * classes]),
            classes: classes)
        }
      }
    }
  }
}
