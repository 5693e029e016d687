internal import Classifier
internal import Tensor

/// A worker's memory for logits and gradients of a served model.
final class ServedPass: ClassifierPass {
  private let pool: ModelPool
  private let images: ServedImages
  private let logits: Scratch<Float>
  private let weights: Scratch<Float>?
  private let gradient: Scratch<Float>?
  /// The images of the last forward pass, in the process's order.
  private let sent: Scratch<Float>?
  /// The process that has the graph of the last forward pass, and the request that made it.
  private var kept: (process: ObjectIdentifier, request: Int)?
  private var last: Int?

  var input: UnsafeMutablePointer<Float> { images.pixels.base }

  var logitGradient: UnsafeMutablePointer<Float> {
    guard let weights else { preconditionFailure("the pass was made without gradients") }
    return weights.base
  }

  init(_ pool: ModelPool, capacity: Int, gradients: Bool) {
    self.pool = pool
    images = ServedImages(pool.identity, capacity: capacity)
    logits = Scratch(capacity * pool.identity.classCount)
    weights = gradients ? Scratch(capacity * pool.identity.classCount) : nil
    gradient = gradients ? Scratch(capacity * pool.identity.shape.count) : nil
    sent = gradients ? Scratch(capacity * pool.identity.shape.count) : nil
  }

  func forward(rows: Int) throws -> UnsafePointer<Float> {
    let keeps = gradient != nil && pool.identity.keepsGraph
    var request = FrameRequest("logits")
    request.keep = keeps
    kept = nil
    let bytes = images.bytes(rows)
    if let sent, let first = bytes.baseAddress {
      UnsafeMutableRawPointer(sent.base).copyMemory(from: first, byteCount: bytes.count)
    }
    try pool.withProcess(preferring: last) { process, number in
      let id = try process.ask(
        request, [(images.array("images", rows), bytes)],
        for: .floats("logits", [rows, pool.identity.classCount]), into: logits.base,
        keepsGraph: keeps)
      if keeps { kept = (ObjectIdentifier(process), id) }
      last = number
    }
    return UnsafePointer(logits.base)
  }

  func backward(rows: Int) throws -> UnsafePointer<Float> {
    guard let gradient, let weights, let sent else {
      preconditionFailure("the pass was made without gradients")
    }
    let answer = images.array("gradient", rows)
    let given = (
      images.array("images", rows),
      UnsafeRawBufferPointer(start: sent.base, count: rows * pool.identity.shape.count * 4)
    )
    let classes = pool.identity.classCount
    let weighted = (
      FrameArray.floats("weights", [rows, classes]),
      UnsafeRawBufferPointer(start: weights.base, count: rows * classes * 4)
    )
    try pool.withProcess(preferring: last) { process, number in
      var request = FrameRequest("gradient")
      // Another worker may have had the process in between, with images of its own.
      let isKept =
        kept.map {
          $0.process == ObjectIdentifier(process) && $0.request == process.keptRequest
        } ?? false
      request.kept = isKept
      try process.ask(
        request, isKept ? [weighted] : [given, weighted], for: answer,
        into: images.received(into: gradient.base))
      last = number
    }
    images.reorder(rows, into: gradient.base)
    return UnsafePointer(gradient.base)
  }
}
