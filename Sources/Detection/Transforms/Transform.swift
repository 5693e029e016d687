/// A change of an image that a classifier should not mind.
///
/// A transform gives a voter (the class of the transformed image) and a measure (the L1 distance of
/// the softmax before and after).
public protocol Transform: Sendable {
  /// The number of images that the transform makes of one; their softmax is averaged.
  var copies: Int { get }

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
}

extension Transform {
  /// One by default.
  public var copies: Int { 1 }
}
