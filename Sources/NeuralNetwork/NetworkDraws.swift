internal import Classifier
internal import Tensor

/// Passes over images with dropout on, as Monte Carlo dropout makes them.
///
/// Gal and Ghahramani 2016. The layers before the first dropout compute the same in every pass and
/// run once per image.
final class NetworkDraws: ClassifierDraws {
  private let parameters: [Float]
  private let passes: Int
  private let seed: UInt64
  private let purpose: UInt32
  /// The layers before the first dropout, nil if it is the first layer.
  private let deterministic: Propagation?
  /// The first dropout, whose input all passes over an image share; nil if the first layer that drops
  /// elements is a block of layers, which belongs to the stochastic ones then.
  private let dropout: Dropout?
  private let mask: Scratch<UInt32>
  /// The layers from there on.
  private let stochastic: Propagation
  /// What every pass over an image begins with if no layer comes before dropout, [images, input].
  private let images: Scratch<Float>
  private let stochasticSize: Int
  private let classes: Int
  private let rows: Scratch<SampledRow>
  /// What follows the first dropout, where that is a narrow layer only.
  private let lastLayer: MaskedDense?
  /// [images, passes, classes].
  private let logits: Scratch<Float>

  /// The most rows that are carried through the stochastic layers at a time.
  private static let rowsPerBatch = 200

  init(network: Network, images: Int, passes: Int, seed: UInt64, purpose: UInt32) {
    let architecture = network.architecture
    let first = architecture.firstDropout
    precondition(first < architecture.layers.count, "\(architecture.name) has no dropout")
    let dropout = architecture.layers[first] as? Dropout
    parameters = network.parameters
    self.passes = passes
    self.seed = seed
    self.purpose = purpose
    self.dropout = dropout
    mask = Scratch(dropout?.keptWordCount ?? 0)
    deterministic =
      first > 0
      ? Propagation(
        architecture: architecture, range: 0..<first, capacity: images, dropout: false,
        gradients: false) : nil
    lastLayer = MaskedDense(architecture, images: images, passes: passes)
    rows = Scratch(min(Self.rowsPerBatch, images * passes))
    stochastic = Propagation(
      architecture: architecture,
      range: first + (dropout == nil ? 0 : 1)..<architecture.layers.count, capacity: rows.count,
      dropout: true, gradients: false)
    stochasticSize = architecture.layers[first].input.count
    classes = architecture.classCount
    self.images = Scratch(first > 0 ? 0 : images * stochasticSize)
    logits = Scratch(images * passes * classes)
  }

  var input: UnsafeMutablePointer<Float> { deterministic?.input ?? images.base }

  func forward(images: [Int]) -> UnsafePointer<Float> {
    deterministic?.forward(rows: images.count, parameters: parameters)
    let shared = deterministic?.output ?? UnsafePointer(self.images.base)
    if let lastLayer {
      lastLayer.forward(
        shared, images: images, seed: seed, purpose: purpose, parameters: parameters,
        into: logits.base)
    } else {
      runPasses(over: images, from: shared)
    }
    return UnsafePointer(logits.base)
  }

  /// Computes the logits of each pass over each image, a batch of rows at a time.
  private func runPasses(over images: [Int], from shared: UnsafePointer<Float>) {
    let total = images.count * passes
    for start in stride(from: 0, to: total, by: rows.count) {
      let batch = start..<min(start + rows.count, total)
      for (row, work) in batch.enumerated() {
        let (member, pass) = work.quotientAndRemainder(dividingBy: passes)
        rows.base[row] = SampledRow(image: UInt32(images[member]), pass: UInt32(pass))
        let (source, place) = (
          shared + member * stochasticSize, stochastic.input + row * stochasticSize
        )
        if let dropout {
          dropout.drop(
            source, into: place, seed: seed, purpose: purpose, row: rows.base[row],
            mask: mask.base)
        } else {
          place.update(from: source, count: stochasticSize)
        }
      }
      stochastic.forward(
        rows: batch.count, parameters: parameters,
        dropout: .sampled(seed: seed, purpose: purpose, rows: rows.base))
      (logits.base + start * classes).update(from: stochastic.output, count: batch.count * classes)
    }
  }
}
