/// Images and their classes, one byte per value and one per class.
public struct LabeledImages: Sendable {
  /// The shape that all images share.
  public let shape: ImageShape
  /// The pixels of all images, [count, shape], from 0 for black to 255 for white.
  public let pixels: [UInt8]
  /// The true class of each image, in the order of ``pixels``.
  public let labels: [UInt8]

  /// Pairs each image in `pixels` with the label at the same index.
  ///
  /// - Precondition: There are as many images as labels.
  public init(shape: ImageShape, pixels: [UInt8], labels: [UInt8]) {
    precondition(
      pixels.count == labels.count * shape.count,
      "\(pixels.count) bytes are not \(labels.count) images of \(shape.count)")
    self.shape = shape
    self.pixels = pixels
    self.labels = labels
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// Writes the pixels of one image as numbers in 0...1, each byte divided by 255.
  public func copyPixels(of index: Int, into destination: UnsafeMutablePointer<Float>) {
    let first = index * shape.count
    for offset in 0..<shape.count {
      destination[offset] = Float(pixels[first + offset]) / 255
    }
  }
}
