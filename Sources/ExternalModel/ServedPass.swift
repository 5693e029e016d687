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

/// A worker's memory for the outputs of a layer of a served model.
final class ServedFeatures: ClassifierFeatures {
  private let pool: ModelPool
  private let images: ServedImages
  private let layer: String
  private let width: Int
  private let features: Scratch<Float>
  private var last: Int?

  var input: UnsafeMutablePointer<Float> { images.pixels.base }

  init(_ pool: ModelPool, layer: String, width: Int, capacity: Int) {
    self.pool = pool
    images = ServedImages(pool.identity, capacity: capacity)
    self.layer = layer
    self.width = width
    features = Scratch(capacity * width)
  }

  func forward(rows: Int) throws -> UnsafePointer<Float> {
    var request = FrameRequest("features")
    request.layer = layer
    try pool.withProcess(preferring: last) { process, number in
      try process.ask(
        request, [(images.array("images", rows), images.bytes(rows))],
        for: .floats("features", [rows, width]), into: features.base)
      last = number
    }
    return UnsafePointer(features.base)
  }

  var featureGradient: UnsafeMutablePointer<Float> {
    preconditionFailure("served models give no gradients of features")
  }

  func backward(rows: Int) throws -> UnsafePointer<Float> {
    preconditionFailure("served models give no gradients of features")
  }
}
