internal import Bytes

/// The role of one of a data set's four files.
public enum DatasetPart: String, CaseIterable, Sendable {
  /// The images to train on.
  case trainImages
  /// The labels of the images to train on.
  case trainLabels
  /// The images to test on.
  case testImages
  /// The labels of the images to test on.
  case testLabels
}

/// One IDX file of a data set, as it has to be.
public struct DatasetFile: Equatable, Sendable {
  /// What the file holds.
  public let part: DatasetPart
  /// The file's name when it is not packed; packed, it has `.gz` after it.
  public let name: String
  /// The length of the unpacked file.
  public let byteCount: Int
  /// The SHA-256 of the unpacked file, in lower-case hexadecimal.
  public let sha256: String

  /// Creates the description of a file.
  ///
  /// - Parameters:
  ///   - part: What the file holds.
  ///   - name: The file's name when it is not packed.
  ///   - byteCount: The length of the unpacked file.
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

/// Everything that Assay knows about a data set without having it.
public struct DatasetSpecification: Sendable {
  /// The name that commands use, which also names its folder in the data directory.
  public let name: String
  /// The name that people use.
  public let title: String
  /// What each class is called, by label.
  public let classNames: [String]
  /// The rows and columns of its images.
  public let imageSize: (rows: Int, columns: Int)
  /// What ``ImageDataset/digest`` is of it, by which data are known wherever they lie.
  public let digest: String
  /// Its files, one for each ``DatasetPart``.
  public let files: [DatasetFile]
  /// Where to get the files, in the order in which to try.
  public let sources: [any DatasetSource]

  /// Creates the description of a data set.
  ///
  /// - Precondition: There is exactly one file for each ``DatasetPart``.
  ///
  /// - Parameters:
  ///   - name: The name that commands use.
  ///   - title: The name that people use.
  ///   - classNames: What each class is called, by label.
  ///   - imageSize: The rows and columns of its images.
  ///   - digest: The data set's digest.
  ///   - files: Its files, one for each part.
  ///   - sources: Where to get the files, in the order in which to try.
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
