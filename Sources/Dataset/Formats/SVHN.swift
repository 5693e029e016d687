/// The cropped digits of SVHN, a MATLAB file of images `X` and labels `y`.
///
/// Netzer et al., "Reading digits in natural images with unsupervised feature learning", 2011. The
/// files give digit 0 the label 10; here the class is the digit.
package enum SVHN {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - file: The file's name, for messages.
  ///   - isCancelled: Returns true to stop; called after every megabyte.
  /// - Returns: The images, whose classes are the digits.
  /// - Throws: ``DatasetError``: `malformed`, `countMismatch` or `cancelled`.
  package static func images(
    _ bytes: [UInt8], file: String, isCancelled: () -> Bool
  ) throws -> ImageSet {
    func malformed(_ problem: String) -> DatasetError {
      .malformed(file: file, format: MATLABFile.format, problem: problem)
    }
    let arrays = try MATLABFile(bytes, name: file).arrays(
      named: ["X", "y"], isCancelled: isCancelled)
    guard let images = arrays["X"], let labels = arrays["y"] else {
      preconditionFailure("arrays(named:) has left one out")
    }
    // MATLAB leaves out a last dimension of 1.
    let sides = images.dimensions.count == 3 ? images.dimensions + [1] : images.dimensions
    guard sides.count == 4, sides[0] > 0, sides[1] > 0, sides[2] == 3 else {
      throw malformed("'X' has the dimensions \(images.dimensions), not [rows, columns, 3, count]")
    }
    guard images.type == .uint8 else { throw malformed("the elements of 'X' are no bytes") }
    guard labels.dimensions.count == 2, labels.dimensions.contains(1),
      let digits = labels.integers
    else {
      throw malformed("'y' is no column of whole numbers")
    }
    guard digits.count == sides[3] else {
      throw DatasetError.countMismatch(
        images: sides[3], imagesFile: "'X' of \(file)", labels: digits.count,
        labelsFile: "its 'y'")
    }
    if let index = digits.firstIndex(where: { !(1...10).contains($0) }) {
      throw malformed("label \(index) of 'y' is \(digits[index]), outside 1...10")
    }
    let pixels = PixelOrder.columnPlanes(rows: sides[0], columns: sides[1]).interleaved(
      images.content, rows: sides[0], columns: sides[1], channels: 3)
    return ImageSet(
      rows: sides[0], columns: sides[1], channels: 3, pixels: pixels,
      labels: digits.map { UInt8($0 % 10) })
  }
}

/// The two files of SVHN's cropped digits, `train_32x32.mat` and `test_32x32.mat`.
public struct SVHNFormat: DatasetFormat {
  private static let files = ["train_32x32.mat", "test_32x32.mat"]
  /// Beyond the largest file of the original, which has 1,329,278,602 bytes.
  private static let maximumBytes = 1 << 31

  /// `svhn`.
  public let name = "svhn"
  /// The names of the files.
  public var contents: String { Self.files.joined(separator: " and ") }

  /// Creates the format.
  public init() {}

  /// Whether a directory has one of the two files.
  public func recognises(_ names: [String], in directory: String) -> Bool {
    names.contains(where: Self.files.contains)
  }

  /// Reads the two files.
  ///
  /// - Throws: ``DatasetError``: `missingFiles` if one of them is not there, `malformed`,
  ///   `countMismatch`, or any error from reading a file.
  public func read(
    _ directory: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset {
    try ContentSearch.require(Self.files, in: directory)
    let sets = try Self.files.map { name in
      let path = directory + "/" + name
      let bytes = try DataFile.read(
        path, maximumBytes: Self.maximumBytes, isCancelled: isCancelled)
      return (file: path, set: try SVHN.images(bytes, file: path, isCancelled: isCancelled))
    }
    return try ImageDataset(
      directory: directory, format: MATLABFile.format, classNames: (0...9).map(String.init),
      train: sets[0], test: sets[1])
  }
}
