internal import Classifier
internal import Tensor

/// Passes over images with dropout on, and the gradients of functions of their logits.
///
/// The masks are those of ``NetworkDraws``. The layers before the first dropout run once per image in
/// both directions: the draws' gradients are summed where the draws part.
final class NetworkDrawnPass: ClassifierDrawnPass {
  private let parameters: [Float]
  private let draws: Int
  private let capacity: Int
  private let seed: UInt64
  private let purpose: UInt32
  /// The layers before the first one that drops elements; nil if that is the first layer.
  private let shared: Propagation?
  /// The layers from there on, one row per image and draw.
  private let drawn: Propagation
  /// The elements of an image where the draws part.
  private let width: Int
  /// Images and their gradients where no layer is shared, [capacity, width].
  private let images: Scratch<Float>
  private let gradients: Scratch<Float>
  private let rows: Scratch<SampledRow>
  /// The number of images of the last forward pass.
  private var count = 0

  init(network: Network, capacity: Int, draws: Int, seed: UInt64, purpose: UInt32) {
    let architecture = network.architecture
    let first = architecture.firstDropout
    precondition(first < architecture.layers.count, "\(architecture.name) has no dropout")
    precondition(draws > 0, "there are no passes without draws")
    parameters = network.parameters
    self.draws = draws
    self.capacity = capacity
    self.seed = seed
    self.purpose = purpose
    shared =
      first > 0
      ? Propagation(
        architecture: architecture, range: 0..<first, capacity: capacity, dropout: false,
        gradients: true) : nil
    drawn = Propagation(
      architecture: architecture, range: first..<architecture.layers.count,
      capacity: capacity * draws, dropout: true, gradients: true)
    width = architecture.layers[first].input.count
    images = Scratch(first > 0 ? 0 : capacity * width)
    gradients = Scratch(first > 0 ? 0 : capacity * width)
    rows = Scratch(capacity * draws)
  }

  var input: UnsafeMutablePointer<Float> { shared?.input ?? images.base }
  var logitGradient: UnsafeMutablePointer<Float> { drawn.outputGradient }

  private var dropout: DropoutMode { .sampled(seed: seed, purpose: purpose, rows: rows.base) }

  func forward(images: [Int], firstDraw: Int) -> UnsafePointer<Float> {
    precondition(images.count <= capacity, "\(images.count) images in memory for \(capacity)")
    count = images.count
    shared?.forward(rows: count, parameters: parameters)
    let parting = shared?.output ?? UnsafePointer(self.images.base)
    for (member, image) in images.enumerated() {
      for draw in 0..<draws {
        let row = member * draws + draw
        rows.base[row] = SampledRow(image: UInt32(image), pass: UInt32(firstDraw + draw))
        (drawn.input + row * width).update(from: parting + member * width, count: width)
      }
    }
    drawn.forward(rows: count * draws, parameters: parameters, dropout: dropout)
    return drawn.output
  }

  func backward() -> UnsafePointer<Float> {
    drawn.backward(
      rows: count * draws, parameters: parameters, toInput: true, dropout: dropout)
    let sums = shared?.outputGradient ?? gradients.base
    for member in 0..<count {
      let sum = sums + member * width
      let first = drawn.inputGradient + member * draws * width
      sum.update(from: first, count: width)
      addRows(of: first + width, rows: draws - 1, to: sum, count: width)
    }
    guard let shared else { return UnsafePointer(gradients.base) }
    shared.backward(rows: count, parameters: parameters, toInput: true)
    return shared.inputGradient
  }
}
