/// A transform that computes each value of a pixel from the same value alone.
protocol PixelTransform: Transform {
  /// The number of values of an image.
  var size: Int { get }

  /// The new value, in 0...1.
  func value(_ pixel: Float) -> Float
}

extension PixelTransform {
  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    for pixel in 0..<size { result[pixel] = value(image[pixel]) }
  }
}
