/// A change of an image that a classifier should not mind.
///
/// A transform gives a voter (the class of the transformed image) and a measure (the L1 distance of
/// the softmax before and after).
public protocol Transform: Sendable {
  /// The number of images that the transform makes of one; their softmax is averaged.
  var copies: Int { get }

  /// Whether copies are drawn at random; then any number from 0 on is a copy, a draw of its own.
  var isRandom: Bool { get }

  /// Writes one transformed copy of an image. Several threads call it at a time.
  ///
  /// - Parameters:
  ///   - image: The image, in the shape of the transform's setting, pixels in 0...1.
  ///   - index: The image's index in its data set, which addresses random numbers.
  ///   - copy: Which copy, in `0..<copies`, which addresses them, too.
  ///   - result: Room for the copy, in the same shape, which does not overlap the image.
  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>)

  /// Takes a gradient with respect to a copy back to the image, for attacks on what stands behind the
  /// transform.
  ///
  /// It is exact where the transform is linear. Where it has no useful gradient, the gradient comes back
  /// as it is (Athalye, Carlini, Wagner 2018: backward pass differentiable approximation). That what
  /// lies outside 0...1 is clipped stops no gradient.
  ///
  /// - Parameters:
  ///   - gradient: The gradient with respect to the copy.
  ///   - count: The number of elements of an image.
  ///   - index: As in ``write(_:index:copy:into:)``.
  ///   - copy: Likewise.
  ///   - result: Room for the gradient with respect to the image, which does not overlap the other.
  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>)
}

extension Transform {
  /// One by default.
  public var copies: Int { 1 }

  /// False by default.
  public var isRandom: Bool { false }

  /// The gradient as it is, by default.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    result.update(from: gradient, count: count)
  }
}
