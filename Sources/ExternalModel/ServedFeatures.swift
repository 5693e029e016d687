internal import Classifier
internal import Tensor

/// A worker's memory for the outputs of a layer of a served model.
final class ServedFeatures: ClassifierFeatures {
  private let pool: ModelPool
  private let images: ServedImages
  private let layer: String
  private let width: Int
  private let features: Scratch<Float>
  private let weights: Scratch<Float>?
  private let gradient: Scratch<Float>?
  /// The images of the last forward pass, in the process's order.
  private let sent: Scratch<Float>?
  private var last: Int?

  var input: UnsafeMutablePointer<Float> { images.pixels.base }

  init(_ pool: ModelPool, layer: String, width: Int, capacity: Int, gradients: Bool) {
    self.pool = pool
    images = ServedImages(pool.identity, capacity: capacity)
    self.layer = layer
    self.width = width
    features = Scratch(capacity * width)
    weights = gradients ? Scratch(capacity * width) : nil
    gradient = gradients ? Scratch(capacity * pool.identity.shape.count) : nil
    sent = gradients ? Scratch(capacity * pool.identity.shape.count) : nil
  }

  func forward(rows: Int) throws -> UnsafePointer<Float> {
    var request = FrameRequest("features")
    request.layer = layer
    let bytes = sent.map { images.keep(rows, in: $0) } ?? images.bytes(rows)
    try pool.withProcess(preferring: last) { process, number in
      try process.ask(
        request, [(images.array("images", rows), bytes)],
        for: .floats("features", [rows, width]), into: features.base)
      last = number
    }
    return UnsafePointer(features.base)
  }

  var featureGradient: UnsafeMutablePointer<Float> {
    guard let weights else { preconditionFailure("the pass was made without gradients") }
    return weights.base
  }

  func backward(rows: Int) throws -> UnsafePointer<Float> {
    guard let weights, let gradient, let sent else {
      preconditionFailure("the pass was made without gradients")
    }
    var request = FrameRequest("feature_gradient")
    request.layer = layer
    try pool.withProcess(preferring: last) { process, number in
      try process.ask(
        request,
        [
          (images.array("images", rows), images.kept(rows, in: sent)),
          (
            .floats("weights", [rows, width]),
            UnsafeRawBufferPointer(start: weights.base, count: rows * width * 4)
          ),
        ],
        for: images.array("gradient", rows), into: images.received(into: gradient.base))
      last = number
    }
    images.reorder(rows, into: gradient.base)
    return UnsafePointer(gradient.base)
  }
}
