internal import Tensor

/// The best image that an attack has found for each of a batch.
///
/// A misclassified one is better than any other, and of two of a kind the one of the greater merit.
/// Until there is one, it is the clean image.
final class BestImages {
  private let batch: AttackBatch
  private let images: Scratch<Float>
  private var merits: [Double]
  private var misled: [Bool]

  init(_ batch: AttackBatch) {
    self.batch = batch
    images = Scratch(batch.count * batch.size)
    images.base.update(from: batch.clean, count: batch.count * batch.size)
    merits = Array(repeating: -.infinity, count: batch.count)
    misled = Array(repeating: false, count: batch.count)
  }

  /// Whether a misclassified image of a member was found.
  func isMisled(_ member: Int) -> Bool { misled[member] }

  /// The merit of a member's best image; -infinity while that is the clean one.
  func merit(of member: Int) -> Double { merits[member] }

  /// Takes a member's image as it stands in the batch if it is better than what there was.
  ///
  /// - Parameters:
  ///   - member: A position in the batch.
  ///   - merit: How good the image is, such as its loss; a NaN is never better.
  ///   - isMisled: Whether it is misclassified.
  /// - Returns: Whether it was taken.
  @discardableResult
  func offer(_ member: Int, merit: Double, isMisled: Bool) -> Bool {
    let isBetter = isMisled == misled[member] ? merit > merits[member] : isMisled
    guard isBetter else { return false }
    (images.base + member * batch.size).update(
      from: batch.adversarial + member * batch.size, count: batch.size)
    (merits[member], misled[member]) = (merit, isMisled)
    return true
  }

  /// Makes the best images the batch's.
  func writeBack() {
    batch.adversarial.update(from: images.base, count: batch.count * batch.size)
  }
}
