internal import Bytes

/// Grey images of one size in a fixed order, each with a label.
public struct ImageSet: Equatable, Sendable {
  /// The height of an image in pixels.
  public let rows: Int
  /// The width of an image in pixels.
  public let columns: Int
  /// All pixels, `[count, rows, columns]` in row-major order, each in 0...255.
  public let pixels: [UInt8]
  /// The class of each image, `[count]`, each label an index into the class names.
  public let labels: [UInt8]
  /// The SHA-256, in hexadecimal, of the images' IDX file followed by the labels' IDX file.
  public let digest: String

  /// The number of images, which is also the number of labels.
  public var count: Int { labels.count }
  /// The number of pixels in one image, `rows * columns`.
  public var imageSize: Int { rows * columns }

  /// Creates a set from pixels and labels and computes its digest.
  ///
  /// - Precondition: `rows` and `columns` are positive, and there are `rows * columns` pixels for
  ///   each label.
  ///
  /// - Parameters:
  ///   - rows: The height of an image in pixels.
  ///   - columns: The width of an image in pixels.
  ///   - pixels: `[labels.count, rows, columns]` in row-major order.
  ///   - labels: The class of each image.
  public init(rows: Int, columns: Int, pixels: [UInt8], labels: [UInt8]) {
    precondition(rows > 0 && columns > 0, "images of \(rows) x \(columns)")
    precondition(
      pixels.count == labels.count * rows * columns,
      "\(pixels.count) pixels do not make \(labels.count) images of \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    self.pixels = pixels
    self.labels = labels
    let images = IDXArray(dimensions: [labels.count, rows, columns], elements: pixels)
    digest = Self.digest(images, IDXArray(dimensions: [labels.count], elements: labels))
  }

  /// Creates a set from the arrays of an images file and a labels file.
  ///
  /// - Parameters:
  ///   - images: `[count, rows, columns]`.
  ///   - labels: `[count]`, each below `classCount`.
  ///   - classCount: The number of classes.
  ///   - imagesFile: The images file's name, for messages.
  ///   - labelsFile: The labels file's name, for messages.
  /// - Throws: ``DatasetError/malformedIDX(file:problem:)`` if an array has other dimensions,
  ///   ``DatasetError/countMismatch(images:imagesFile:labels:labelsFile:)``, or
  ///   ``DatasetError/labelOutOfRange(file:index:label:classCount:)``.
  public init(
    images: IDXArray, labels: IDXArray, classCount: Int, imagesFile: String, labelsFile: String
  ) throws {
    let sizes = images.dimensions
    guard sizes.count == 3, sizes[1] > 0, sizes[2] > 0 else {
      throw DatasetError.malformedIDX(
        file: imagesFile,
        problem: .dimensions(expected: "[count, rows, columns]", found: sizes))
    }
    guard labels.dimensions.count == 1 else {
      throw DatasetError.malformedIDX(
        file: labelsFile, problem: .dimensions(expected: "[count]", found: labels.dimensions))
    }
    guard sizes[0] == labels.dimensions[0] else {
      throw DatasetError.countMismatch(
        images: sizes[0], imagesFile: imagesFile,
        labels: labels.dimensions[0], labelsFile: labelsFile)
    }
    if let index = labels.elements.firstIndex(where: { Int($0) >= classCount }) {
      throw DatasetError.labelOutOfRange(
        file: labelsFile, index: index, label: Int(labels.elements[index]), classCount: classCount)
    }
    self.init(
      rows: sizes[1], columns: sizes[2], pixels: images.elements, labels: labels.elements)
  }

  private static func digest(_ images: IDXArray, _ labels: IDXArray) -> String {
    var digest = ContentDigest()
    for array in [images, labels] {
      digest.update(array.header)
      digest.update(array.elements)
    }
    return digest.name
  }
}
