public import Classifier
public import Tensor

/// The five overlapping square crops of an image, each resized to the image's own size.
///
/// Section 4.3 of the reproduction, after Graese, Rozsa, Boult 2016.
public struct Crops: Sendable {
  /// Where a crop lies in its image, in the order of the results.
  public enum Position: Int, Sendable, CaseIterable {
    /// The corner at row 0, column 0.
    case topLeft
    /// The corner at the last row, column 0.
    case bottomLeft
    /// The corner at row 0, the last column.
    case topRight
    /// The corner at the last row, the last column.
    case bottomRight
    /// The middle, where unequal margins differ by one pixel and the upper or left one is smaller.
    case centre
  }

  /// The side of each crop before resizing, in pixels.
  public let side: Int
  /// The shape of the images.
  public let shape: ImageShape

  private let rows: [Interpolation]
  /// One for each value of a row, by places of values.
  private let columns: [Interpolation]

  /// Prepares the crops of side `side`, in pixels.
  ///
  /// - Precondition: The side is positive and fits into the image.
  public init(side: Int, shape: ImageShape) {
    precondition(
      side > 0 && side <= min(shape.height, shape.width),
      "no crops of side \(side) in \(shape.height) x \(shape.width)")
    self.side = side
    self.shape = shape
    rows = (0..<shape.height).map { Interpolation(position: $0, from: side, to: shape.height) }
    columns = (0..<shape.width).flatMap { pixel in
      let column = Interpolation(position: pixel, from: side, to: shape.width)
      return (0..<shape.channels).map { column.channel($0, of: shape.channels) }
    }
  }

  /// Writes one crop of an image, resized to the image's size.
  ///
  /// Resizing is bilinear with half-pixel centres, as with `align_corners = false`.
  ///
  /// - Parameters:
  ///   - position: Where the crop lies.
  ///   - image: The image, [height, width, channels].
  ///   - crop: Room for the resized crop, [height, width, channels].
  public func write(
    _ position: Position, of image: UnsafePointer<Float>, into crop: UnsafeMutablePointer<Float>
  ) {
    write(corner(position), of: image, into: crop)
  }

  /// Writes the crop at a corner of an image, resized to the image's size.
  func write(
    _ corner: (top: Int, left: Int), of image: UnsafePointer<Float>,
    into crop: UnsafeMutablePointer<Float>
  ) {
    let (top, left) = (corner.top, corner.left * shape.channels)
    let width = shape.width * shape.channels
    for (y, row) in rows.enumerated() {
      let upper = image + (top + row.first) * width + left
      let lower = image + (top + row.second) * width + left
      for (x, column) in columns.enumerated() {
        let above = mix(upper[column.first], upper[column.second], column.weight)
        let below = mix(lower[column.first], lower[column.second], column.weight)
        crop[y * width + x] = mix(above, below, row.weight)
      }
    }
  }

  /// Takes a gradient with respect to the resized crop at a corner back to the image.
  func pullBack(
    _ gradient: UnsafePointer<Float>, _ corner: (top: Int, left: Int),
    into result: UnsafeMutablePointer<Float>
  ) {
    let (top, left) = (corner.top, corner.left * shape.channels)
    let width = shape.width * shape.channels
    result.update(repeating: 0, count: shape.count)
    for (y, row) in rows.enumerated() {
      let upper = result + (top + row.first) * width + left
      let lower = result + (top + row.second) * width + left
      for (x, column) in columns.enumerated() {
        let below = gradient[y * width + x] * row.weight
        let above = gradient[y * width + x] - below
        upper[column.second] += above * column.weight
        upper[column.first] += above * (1 - column.weight)
        lower[column.second] += below * column.weight
        lower[column.first] += below * (1 - column.weight)
      }
    }
  }

  /// Classifies the five crops of each image with dropout off.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - classifier: What classifies them.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  /// - Returns: For each image its crops' classes, in the order of ``Position``.
  /// - Throws: What keeps a served model from answering.
  public func classify(
    count: Int, classifier: any Classifier, parallelism: Parallelism,
    load: (_ index: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void
  ) throws -> [[Int]] {
    let positions = Position.allCases
    let classes = classifier.classCount
    let logits = try classifier.logits(count: count * positions.count, parallelism: parallelism) {
      row, pixels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: shape.count) { image in
        guard let image = image.baseAddress else { return }
        load(row / positions.count, image)
        write(positions[row % positions.count], of: image, into: pixels)
      }
    }
    return logits.withUnsafeBufferPointer { logits in
      guard let base = logits.baseAddress else { return [] }
      return (0..<count).map { image in
        positions.indices.map { position in
          let row = image * positions.count + position
          return indexOfMaximum(base + row * classes, count: classes)
        }
      }
    }
  }

  /// The row and column of a crop's first pixel.
  func corner(_ position: Position) -> (top: Int, left: Int) {
    let (bottom, right) = (shape.height - side, shape.width - side)
    return switch position {
    case .topLeft: (0, 0)
    case .bottomLeft: (bottom, 0)
    case .topRight: (0, right)
    case .bottomRight: (bottom, right)
    case .centre: (bottom / 2, right / 2)
    }
  }

  private func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + (b - a) * weight }
}
