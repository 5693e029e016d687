internal import Classifier
internal import Tensor

/// A worker's memory for stochastic passes of a served model.
final class ServedDraws: ClassifierDraws {
  private let pool: ModelPool
  private let images: ServedImages
  private let passes: Int
  private let seed: UInt64
  private let purpose: UInt32
  private let logits: Scratch<Float>
  private var last: Int?

  var input: UnsafeMutablePointer<Float> { images.pixels.base }

  init(_ pool: ModelPool, images count: Int, passes: Int, seed: UInt64, purpose: UInt32) {
    self.pool = pool
    images = ServedImages(pool.identity, capacity: count)
    self.passes = passes
    self.seed = seed
    self.purpose = purpose
    logits = Scratch(count * passes * pool.identity.classCount)
  }

  func forward(images indices: [Int]) throws -> UnsafePointer<Float> {
    var request = FrameRequest("draws")
    request.seed = String(seed)
    request.purpose = purpose
    request.passes = passes
    request.firstPass = 0
    let rows = indices.count
    let numbers = indices.map { UInt32($0).littleEndian }
    try numbers.withUnsafeBytes { numbers in
      try pool.withProcess(preferring: last) { process, number in
        try process.ask(
          request,
          [
            (images.array("images", rows), images.bytes(rows)),
            (.indices("indices", [rows]), numbers),
          ],
          for: .floats("logits", [rows, passes, pool.identity.classCount]), into: logits.base)
        last = number
      }
    }
    return UnsafePointer(logits.base)
  }
}

/// A worker's memory for stochastic passes of a served model and their gradients.
///
/// The process computes the passes again for a gradient: it holds nothing of them.
final class ServedDrawnPass: ClassifierDrawnPass {
  private let pool: ModelPool
  private let images: ServedImages
  private let draws: Int
  private let seed: UInt64
  private let purpose: UInt32
  private let logits: Scratch<Float>
  private let weights: Scratch<Float>
  private let gradient: Scratch<Float>
  /// The images of the last forward pass, in the process's order.
  private let sent: Scratch<Float>
  /// What the last forward pass was of.
  private var indices: [UInt32] = []
  private var firstDraw = 0
  private var last: Int?

  var input: UnsafeMutablePointer<Float> { images.pixels.base }
  var logitGradient: UnsafeMutablePointer<Float> { weights.base }

  init(_ pool: ModelPool, capacity: Int, draws: Int, seed: UInt64, purpose: UInt32) {
    self.pool = pool
    images = ServedImages(pool.identity, capacity: capacity)
    self.draws = draws
    self.seed = seed
    self.purpose = purpose
    logits = Scratch(capacity * draws * pool.identity.classCount)
    weights = Scratch(capacity * draws * pool.identity.classCount)
    gradient = Scratch(capacity * pool.identity.shape.count)
    sent = Scratch(capacity * pool.identity.shape.count)
  }

  func forward(images members: [Int], firstDraw: Int) throws -> UnsafePointer<Float> {
    indices = members.map { UInt32($0).littleEndian }
    self.firstDraw = firstDraw
    var request = FrameRequest("draws")
    request.seed = String(seed)
    request.purpose = purpose
    request.passes = draws
    request.firstPass = firstDraw
    let rows = indices.count
    let bytes = images.keep(rows, in: sent)
    try indices.withUnsafeBytes { indices in
      try pool.withProcess(preferring: last) { process, number in
        try process.ask(
          request,
          [
            (images.array("images", rows), bytes),
            (.indices("indices", [rows]), indices),
          ],
          for: .floats("logits", [rows, draws, pool.identity.classCount]), into: logits.base)
        last = number
      }
    }
    return UnsafePointer(logits.base)
  }

  func backward() throws -> UnsafePointer<Float> {
    var request = FrameRequest("gradient")
    request.kept = false
    request.draws = FrameDraws(
      seed: String(seed), purpose: purpose, passes: draws, firstPass: firstDraw)
    let (rows, classes) = (indices.count, pool.identity.classCount)
    try indices.withUnsafeBytes { indices in
      try pool.withProcess(preferring: last) { process, number in
        try process.ask(
          request,
          [
            (images.array("images", rows), images.kept(rows, in: sent)),
            (.indices("indices", [rows]), indices),
            (
              .floats("weights", [rows, draws, classes]),
              UnsafeRawBufferPointer(start: weights.base, count: rows * draws * classes * 4)
            ),
          ],
          for: images.array("gradient", rows), into: images.received(into: gradient.base))
        last = number
      }
    }
    images.reorder(rows, into: gradient.base)
    return UnsafePointer(gradient.base)
  }
}
