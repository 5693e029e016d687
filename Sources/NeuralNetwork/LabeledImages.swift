/// Images with their classes, as bytes.
public struct LabeledImages: Sendable {
  /// The shape of each image.
  public let shape: ImageShape
  /// [count, shape], 0 standing for black and 255 for white.
  public let pixels: [UInt8]
  /// The class of each image.
  public let labels: [UInt8]

  /// Joins images and labels.
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

  /// Writes the pixels of one image as numbers in 0...1.
  public func copyPixels(of index: Int, into destination: UnsafeMutablePointer<Float>) {
    let first = index * shape.count
    for offset in 0..<shape.count {
      destination[offset] = Float(pixels[first + offset]) / 255
    }
  }
}
