internal import Foundation

/// Writes the softmax of `count` logits, which it shifts by their maximum to avoid overflow.
///
/// - Parameters:
///   - logits: `count` logits.
///   - probabilities: Room for `count` probabilities, which may be the memory of `logits`.
///   - count: The number of classes.
public func softmax(
  _ logits: UnsafePointer<Float>, into probabilities: UnsafeMutablePointer<Float>, count: Int
) {
  let largest = logits[indexOfMaximum(logits, count: count)]
  var sum: Float = 0
  for index in 0..<count {
    probabilities[index] = exp(logits[index] - largest)
    sum += probabilities[index]
  }
  for index in 0..<count { probabilities[index] /= sum }
}

/// The index of the largest of `count` values, or the first such index if several are equal.
public func indexOfMaximum(_ values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for index in 1..<max(1, count) where values[index] > values[best] { best = index }
  return best
}

/// The cross-entropy of a batch under softmax, summed image by image.
public struct CrossEntropy: Sendable, Equatable {
  /// The sum over the batch of -ln p(label), in nats.
  public var loss: Double = 0
  /// How many images have the largest logit at their label.
  public var correct = 0

  /// Starts with empty sums.
  public init() {}

  /// Adds one image to the sums and writes its gradient.
  ///
  /// - Parameters:
  ///   - logits: The image's logits, one per class.
  ///   - label: Its true class.
  ///   - count: The number of classes.
  ///   - scale: The factor of the gradient, such as 1 / batch size.
  ///   - gradient: Room for the gradient with respect to the logits, (p - 1[label]) * scale.
  public mutating func add(
    logits: UnsafePointer<Float>, label: Int, count: Int, scale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) {
    if indexOfMaximum(logits, count: count) == label { correct += 1 }
    let largest = logits[indexOfMaximum(logits, count: count)]
    var sum: Double = 0
    for index in 0..<count { sum += exp(Double(logits[index] - largest)) }
    loss += log(sum) - Double(logits[label] - largest)
    softmax(logits, into: gradient, count: count)
    gradient[label] -= 1
    for index in 0..<count { gradient[index] *= scale }
  }
}
