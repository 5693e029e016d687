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

/// The norm in which a direction has length 1.
public enum StepNorm: String, Sendable, CaseIterable {
  /// The largest change of a value.
  case linf
  /// The Euclidean length.
  case l2

  /// Divides a vector by its length; a vector of zeros stays one.
  func normalise(_ vector: UnsafeMutablePointer<Float>, count: Int) {
    let length: Float
    switch self {
    case .linf: length = (0..<count).reduce(0) { max($0, abs(vector[$1])) }
    case .l2:
      length = Float(
        (0..<count).reduce(0) { $0 + Double(vector[$1]) * Double(vector[$1]) }.squareRoot())
    }
    guard length > 0 else { return }
    for place in 0..<count { vector[place] /= length }
  }

  /// The parameter that attacks of either norm have.
  static let parameter = AttackParameter(
    name: "norm", domain: .word(allCases.map(\.rawValue)), defaultValue: .word(linf.rawValue),
    summary: "the norm in which epsilon is measured")

  /// The norm that values name.
  init(_ values: [String: AttackValue]) {
    self = values["norm"] == .word(StepNorm.l2.rawValue) ? .l2 : .linf
  }
}
