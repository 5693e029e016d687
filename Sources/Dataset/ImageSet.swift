internal import Bytes

/// Images of one shape in a fixed order, each with a label.
public struct ImageSet: Equatable, Sendable {
  /// The height of an image in pixels.
  public let rows: Int
  /// The width of an image in pixels.
  public let columns: Int
  /// The number of values in each pixel: 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// All values, `[count, rows, columns, channels]` in row-major order, each in 0...255.
  public let pixels: [UInt8]
  /// The class of each image, `[count]`, each label an index into the class names.
  public let labels: [UInt8]
  /// The SHA-256, in hexadecimal, of the images' IDX file followed by the labels' IDX file.
  ///
  /// The images' file has the dimensions `[count, rows, columns]` for one channel and
  /// `[count, rows, columns, channels]` for more.
  public let digest: String

  /// The number of images, which is also the number of labels.
  public var count: Int { labels.count }
  /// The number of values in one image, `rows * columns * channels`.
  public var imageSize: Int { rows * columns * channels }

  /// The dimensions of an image in arrays, where grey ones have no channels.
  var arraySize: [Int] { Self.arraySize(rows, columns, channels) }

  private static func arraySize(_ rows: Int, _ columns: Int, _ channels: Int) -> [Int] {
    channels == 1 ? [rows, columns] : [rows, columns, channels]
  }

  /// Height, width and channels of an image.
  var size: [Int] { [rows, columns, channels] }

  /// Creates a set from pixels and labels and computes its digest.
  ///
  /// - Precondition: `rows`, `columns` and `channels` are positive, and there are
  ///   `rows * columns * channels` values for each label.
  ///
  /// - Parameters:
  ///   - rows: The height of an image in pixels.
  ///   - columns: The width of an image in pixels.
  ///   - channels: The number of values in each pixel.
  ///   - pixels: `[labels.count, rows, columns, channels]` in row-major order.
  ///   - labels: The class of each image.
  public init(rows: Int, columns: Int, channels: Int = 1, pixels: [UInt8], labels: [UInt8]) {
    precondition(
      rows > 0 && columns > 0 && channels > 0, "images of \(rows) x \(columns) x \(channels)")
    precondition(
      pixels.count == labels.count * rows * columns * channels,
      "\(pixels.count) values do not make \(labels.count) images of "
        + "\(rows) x \(columns) x \(channels)")
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
    let size = Self.arraySize(rows, columns, channels)
    let images = IDXArray(dimensions: [labels.count] + size, elements: pixels)
    digest = Self.digest(images, IDXArray(dimensions: [labels.count], elements: labels))
  }

  /// Creates a set from the arrays of an images file and a labels file.
  ///
  /// - Parameters:
  ///   - images: `[count, rows, columns]` or `[count, rows, columns, channels]`.
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
    guard [3, 4].contains(sizes.count), sizes.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw DatasetError.malformedIDX(
        file: imagesFile,
        problem: .dimensions(
          expected: "[count, rows, columns] or [count, rows, columns, channels]", found: sizes))
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
      rows: sizes[1], columns: sizes[2], channels: sizes.count == 4 ? sizes[3] : 1,
      pixels: images.elements, labels: labels.elements)
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
