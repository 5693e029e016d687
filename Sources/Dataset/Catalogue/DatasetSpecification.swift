internal import Bytes

/// The role of one of a data set's four files.
public enum DatasetPart: String, CaseIterable, Sendable {
  /// The training images, `[count, rows, columns]`.
  case trainImages
  /// The labels of the training images, `[count]`.
  case trainLabels
  /// The test images, `[count, rows, columns]`.
  case testImages
  /// The labels of the test images, `[count]`.
  case testLabels
}

/// One IDX file of a data set, as the catalogue describes it.
public struct DatasetFile: Equatable, Sendable {
  /// The role of the file's content.
  public let part: DatasetPart
  /// The name of the unpacked file; the packed file has `.gz` after it.
  public let name: String
  /// The length of the unpacked file, in bytes.
  public let byteCount: Int
  /// The SHA-256 of the unpacked file, in lower-case hexadecimal.
  public let sha256: String

  /// Creates the description of a file.
  ///
  /// - Parameters:
  ///   - part: The role of the file's content.
  ///   - name: The name of the unpacked file.
  ///   - byteCount: The length of the unpacked file, in bytes.
  ///   - sha256: The SHA-256 of the unpacked file, in lower-case hexadecimal.
  public init(part: DatasetPart, name: String, byteCount: Int, sha256: String) {
    self.part = part
    self.name = name
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  /// Makes sure that bytes are this file's content.
  func check(_ bytes: [UInt8], path: String) throws {
    guard bytes.count >= byteCount else {
      throw DatasetError.malformedIDX(
        file: path, problem: .truncated(expected: byteCount, found: bytes.count))
    }
    guard bytes.count == byteCount else {
      throw DatasetError.tooLarge(file: path, limit: byteCount)
    }
    let found = ContentDigest.sha256(bytes)
    guard found == sha256 else {
      throw DatasetError.wrongChecksum(file: path, expected: sha256, found: found)
    }
  }
}

/// Everything that Assay knows about a data set before it has the files.
public struct DatasetSpecification: Sendable {
  /// The name that commands use and that the data set's folder has in the data directory.
  public let name: String
  /// The name in text for people, such as `Fashion-MNIST`.
  public let title: String
  /// The class names, indexed by label.
  public let classNames: [String]
  /// The height and width of each image, in pixels.
  public let imageSize: (rows: Int, columns: Int)
  /// The ``ImageDataset/digest``, which identifies the data wherever the files lie.
  public let digest: String
  /// The data set's files, one for each ``DatasetPart``.
  public let files: [DatasetFile]
  /// The sources of the files, in the order in which the fetcher tries them.
  public let sources: [any DatasetSource]

  /// Creates the description of a data set.
  ///
  /// - Precondition: There is exactly one file for each ``DatasetPart``.
  ///
  /// - Parameters:
  ///   - name: The name that commands use.
  ///   - title: The name in text for people.
  ///   - classNames: The class names, indexed by label.
  ///   - imageSize: The height and width of each image, in pixels.
  ///   - digest: The digest of the data set's images and labels.
  ///   - files: The data set's files, one for each part.
  ///   - sources: The sources of the files, in the order in which the fetcher tries them.
  public init(
    name: String, title: String, classNames: [String], imageSize: (rows: Int, columns: Int),
    digest: String, files: [DatasetFile], sources: [any DatasetSource]
  ) {
    precondition(
      files.count == DatasetPart.allCases.count
        && Set(files.map(\.part)).count == DatasetPart.allCases.count,
      "\(name) needs one file for each part")
    self.name = name
    self.title = title
    self.classNames = classNames
    self.imageSize = imageSize
    self.digest = digest
    self.files = files
    self.sources = sources
  }
}
