extension ImageSet {
  /// The value of each pixel byte as a network sees it.
  private static let scale: [Float] = (0...255).map { Float($0) / 255 }

  /// Writes the pixels of images as numbers in 0...1, one image after the other.
  ///
  /// Each number is a pixel byte divided by 255.
  ///
  /// - Precondition: Each index is in `0..<count`, and the destination holds exactly
  ///   `indices.count * imageSize` numbers.
  ///
  /// - Parameters:
  ///   - indices: The images to write, in this order; an image may occur more than once.
  ///   - destination: `[indices.count, rows, columns, channels]` in row-major order, overwritten.
  public func copyPixels(of indices: [Int], into destination: inout [Float]) {
    precondition(
      destination.count == indices.count * imageSize,
      "room for \(destination.count) pixels, not \(indices.count) x \(imageSize)")
    var span = destination.mutableSpan
    write(indices, into: &span)
  }

  /// Writes images as numbers in 0...1, as ``copyPixels(of:into:)-([Int],[Float])`` does.
  ///
  /// - Precondition: Each index is in `0..<count`, and the destination holds exactly
  ///   `indices.count * imageSize` numbers.
  ///
  /// - Parameters:
  ///   - indices: The images to write, in this order; an image may occur more than once.
  ///   - destination: `[indices.count, rows, columns, channels]` in row-major order, overwritten.
  public func copyPixels(of indices: [Int], into destination: inout MutableSpan<Float>) {
    precondition(
      destination.count == indices.count * imageSize,
      "room for \(destination.count) pixels, not \(indices.count) x \(imageSize)")
    write(indices, into: &destination)
  }

  /// Returns the pixels of images as numbers in 0...1, which are the bytes divided by 255.
  ///
  /// - Precondition: Each index is in `0..<count`.
  ///
  /// - Parameter indices: The images to return, in this order.
  /// - Returns: `[indices.count, rows, columns, channels]` in row-major order.
  public func pixels(of indices: [Int]) -> [Float] {
    var result = [Float](repeating: 0, count: indices.count * imageSize)
    copyPixels(of: indices, into: &result)
    return result
  }

  private func write(_ indices: [Int], into destination: inout MutableSpan<Float>) {
    let scale = Self.scale
    for (position, index) in indices.enumerated() {
      precondition((0..<count).contains(index), "image \(index) of \(count)")
      let source = pixels.span.extracting(index * imageSize..<(index + 1) * imageSize)
      let start = position * imageSize
      for pixel in source.indices {
        destination[start + pixel] = scale[Int(source[pixel])]
      }
    }
  }
}
