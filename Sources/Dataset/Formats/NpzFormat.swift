package import Interchange

/// Two files of NumPy arrays, `train.npz` and `test.npz`.
///
/// Each has the images in one array, `images`, `x` or `data`, and the classes in another, `labels` or
/// `y`. Images are `[count, rows, columns]`, `[count, channels, rows, columns]` or
/// `[count, rows, columns, channels]` with one or three channels, as bytes or as floats in 0...1, which
/// are rounded to multiples of 1/255. Labels are `[count]` or one-hot rows.
public struct NpzFormat: DatasetFormat {
  private static let files = ["train.npz", "test.npz"]
  private static let imageNames = ["images", "x", "data"]
  private static let labelNames = ["labels", "y"]

  /// `npz`.
  public let name = "npz"
  /// The names of the files and of their arrays.
  public let contents = "train.npz and test.npz (arrays images and labels)"

  /// Creates the format.
  public init() {}

  /// Whether a directory has one of the two files.
  public func recognises(_ names: [String], in directory: String) -> Bool {
    names.contains(where: Self.files.contains)
  }

  /// Reads the two files.
  ///
  /// - Throws: ``DatasetError``: `missingFiles`, `malformed` or `countMismatch`; or
  ///   `InterchangeError` if the arrays can't be read or can't be images and labels.
  public func read(
    _ directory: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset {
    try ContentSearch.require(Self.files, in: directory)
    let sets = try Self.files.map { name in
      let path = directory + "/" + name
      return (
        file: path,
        set: try Self.images(
          FileContent(opening: path, isCancelled: isCancelled), layout: layout, isCancelled)
      )
    }
    return try ImageDataset(
      directory: directory, format: ".npz", train: sets[0], test: sets[1])
  }

  /// Reads the images and labels of a file.
  package static func images(
    _ content: FileContent, layout: ImageLayout?, _ isCancelled: () -> Bool
  ) throws -> ImageSet {
    let archive = try NpzArchive(content)
    func name(among names: [String]) throws -> String {
      let found = names.filter(archive.names.contains)
      guard let name = found.first else {
        throw InterchangeError.missingArray(
          file: content.name, name: names[0], present: archive.names)
      }
      guard found.count == 1 else {
        throw InterchangeError.unknownArray(file: content.name, name: found[1], expected: [name])
      }
      return name
    }
    let (imagesName, labelsName) = (
      try name(among: imageNames), try name(among: labelNames)
    )
    let arrays = try archive.arrays(named: [imagesName, labelsName], isCancelled: isCancelled)
    guard let images = arrays[imagesName], let labels = arrays[labelsName] else {
      preconditionFailure("arrays(named:) has left one out")
    }
    let axes = try NpzImageAxes(
      images.shape, layout: layout, file: content.name, name: imagesName)
    let values = try bytes(images.elements, file: content.name, name: imagesName)
    let classes = try classes(labels, file: content.name, name: labelsName)
    guard classes.count == axes.count else {
      throw DatasetError.countMismatch(
        images: axes.count, imagesFile: "'\(imagesName)' of \(content.name)",
        labels: classes.count, labelsFile: "its '\(labelsName)'")
    }
    let (rows, columns, channels) = (axes.rows, axes.columns, axes.channels)
    return ImageSet(
      rows: rows, columns: columns, channels: channels,
      pixels: axes.channelsFirst
        ? PixelOrder.planes(rows: rows, columns: columns).interleaved(
          values[...], rows: rows, columns: columns, channels: channels)
        : values,
      labels: classes)
  }

  private static func bytes(
    _ elements: NumericArray.Elements, file: String, name: String
  ) throws(InterchangeError) -> [UInt8] {
    if case .uint8(let values) = elements { return values }
    guard let values = elements.floats else {
      throw .wrongType(
        file: file, name: name, expected: "uint8, or floats in 0...1", found: elements.typeName)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count)
    for value in values {
      guard value >= 0, value <= 1 else {
        throw .wrongValue(file: file, name: name, problem: "has the value \(value), outside 0...1")
      }
      bytes.append(UInt8((value * 255).rounded()))
    }
    return bytes
  }

  private static func classes(
    _ labels: NumericArray, file: String, name: String
  ) throws(InterchangeError) -> [UInt8] {
    guard let values = labels.shape.count == 1 ? labels.integers : labels.rowClasses else {
      throw .wrongShape(
        file: file, name: name, expected: "[count] whole numbers, or one-hot rows",
        found: labels.shape)
    }
    var classes: [UInt8] = []
    classes.reserveCapacity(values.count)
    for value in values {
      guard let label = UInt8(exactly: value) else {
        throw .wrongValue(
          file: file, name: name, problem: "has the class \(value), outside 0...255")
      }
      classes.append(label)
    }
    return classes
  }
}

/// How the axes of an array are grey or RGB images.
struct NpzImageAxes {
  let count: Int
  let rows: Int
  let columns: Int
  let channels: Int
  let channelsFirst: Bool

  /// Tells the axes apart by their lengths, and by the layout where those leave it open.
  ///
  /// - Throws: `InterchangeError.wrongShape` if the array can't be images, or could be in two ways.
  init(
    _ shape: [Int], layout: ImageLayout?, file: String, name: String
  ) throws(InterchangeError) {
    func wrong(_ expected: String) -> InterchangeError {
      .wrongShape(file: file, name: name, expected: expected, found: shape)
    }
    let expected =
      "[count, rows, columns], or with an axis of 1 or 3 channels before or after the other two"
    guard [3, 4].contains(shape.count), shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw wrong(expected)
    }
    count = shape[0]
    guard shape.count == 4 else {
      (rows, columns, channels, channelsFirst) = (shape[1], shape[2], 1, false)
      return
    }
    let (isFirst, isLast) = ([1, 3].contains(shape[1]), [1, 3].contains(shape[3]))
    guard isFirst || isLast else { throw wrong(expected) }
    guard isFirst != isLast || layout != nil else {
      throw wrong("one axis alone that may be channels, the second or the last, or a layout")
    }
    channelsFirst = isFirst && (!isLast || layout == .channelsFirst)
    channels = channelsFirst ? shape[1] : shape[3]
    rows = channelsFirst ? shape[2] : shape[1]
    columns = channelsFirst ? shape[3] : shape[2]
  }
}
