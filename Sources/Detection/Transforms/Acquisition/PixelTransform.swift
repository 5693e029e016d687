/// A transform that computes each pixel from the same pixel alone.
protocol PixelTransform: Transform {
  /// The number of pixels of an image.
  var size: Int { get }

  /// The new value of a pixel, in 0...1.
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
