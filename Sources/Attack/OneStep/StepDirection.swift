/// A direction in which one step moves an image, found by one gradient of the clean image.
public protocol StepDirection: Sendable {
  /// Computes the directions of all images of a batch, as they stand.
  ///
  /// - Parameters:
  ///   - batch: The images.
  ///   - logits: Their logits, of the last time that the model was asked.
  ///   - directions: Room for the directions, [count, size].
  /// - Throws: What keeps the model from answering.
  func write(
    of batch: AttackBatch, logits: UnsafePointer<Float>,
    into directions: UnsafeMutablePointer<Float>) throws
}

extension Ball.Norm {
  /// Divides a vector by its length; a vector of zeros stays one.
  func normalise(_ vector: UnsafeMutablePointer<Float>, count: Int) {
    let length: Float
    switch self {
    case .linf: length = (0..<count).reduce(0) { max($0, abs(vector[$1])) }
    case .l2: length = Float(euclideanLength(vector, count: count))
    }
    guard length > 0 else { return }
    for place in 0..<count { vector[place] /= length }
  }
}
