internal import Bytes

/// The role of one of a data set's files.
public enum DatasetPart: String, Sendable {
  /// The training images, `[count, rows, columns]`.
  case trainImages
  /// The labels of the training images, `[count]`.
  case trainLabels
  /// The test images, `[count, rows, columns]`.
  case testImages
  /// The labels of the test images, `[count]`.
  case testLabels
  /// The training images with their labels.
  case train
  /// The test images with their labels.
  case test
  /// All images with their labels.
  case archive

  /// The four parts of a data set that comes as IDX files.
  public static let idxFiles: [DatasetPart] = [
    .trainImages, .trainLabels, .testImages, .testLabels,
  ]
}

/// One file of a data set, as the catalogue describes it.
public struct DatasetFile: Equatable, Sendable {
  /// How a file comes, and what its SHA-256 is of.
  public enum Packing: Equatable, Sendable {
    /// Servers have the file with `.gz` after its name; the checksum is of the unpacked content, and
    /// both forms serve.
    case gzip
    /// The file is kept as servers have it, and the checksum is of that.
    case asPublished
  }

  /// The role of the file's content.
  public let part: DatasetPart
  /// The name of the file; with ``Packing/gzip`` the packed file has `.gz` after it.
  public let name: String
  /// The length of the content that the checksum is of, in bytes.
  public let byteCount: Int
  /// The SHA-256 in lower-case hexadecimal.
  public let sha256: String
  /// How the file comes.
  public let packing: Packing

  /// Creates the description of a file.
  ///
  /// - Parameters:
  ///   - part: The role of the file's content.
  ///   - name: The name of the file, without `.gz` for ``Packing/gzip``.
  ///   - byteCount: The length of the content that the checksum is of, in bytes.
  ///   - sha256: The SHA-256 in lower-case hexadecimal.
  ///   - packing: How the file comes.
  public init(
    part: DatasetPart, name: String, byteCount: Int, sha256: String, packing: Packing = .gzip
  ) {
    self.part = part
    self.name = name
    self.byteCount = byteCount
    self.sha256 = sha256
    self.packing = packing
  }

  /// The name that servers have.
  var publishedName: String { packing == .gzip ? name + ".gz" : name }
  /// The most bytes that the file may have as servers have it.
  var largestPublished: Int {
    packing == .gzip ? DataFile.packedLimit(unpacked: byteCount) : byteCount
  }

  /// The content that the checksum is of, from what a server or a file has.
  func content(
    of bytes: [UInt8], file: String, isCancelled: @Sendable () -> Bool
  ) throws -> [UInt8] {
    guard packing == .gzip else { return bytes }
    return try DataFile.unpacked(
      bytes, file: file, maximumBytes: byteCount, isCancelled: isCancelled)
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
  /// The number of values in each pixel.
  public let channels: Int
  /// The ``ImageDataset/digest``, which identifies the data wherever the files lie; nil where nobody
  /// has recorded it yet, and the files' own checksums alone tell.
  public let digest: String?
  /// The data set's files, one for each of its parts.
  public let files: [DatasetFile]
  /// The sources of the files, in the order in which the fetcher tries them.
  public let sources: [any DatasetSource]

  /// How the files make images.
  let layout: any DatasetLayout

  /// Creates the description of a data set of four IDX files.
  ///
  /// - Precondition: There is exactly one file for each of ``DatasetPart/idxFiles``.
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
      Set(files.map(\.part)) == Set(DatasetPart.idxFiles), "\(name) needs one file for each part")
    self.init(
      name: name, title: title, classNames: classNames, imageSize: imageSize, channels: 1,
      digest: digest, files: files, sources: sources, layout: IDXQuartet())
  }

  /// Creates the description of a data set whose files make images by a layout.
  ///
  /// - Precondition: No two files have the same part.
  init(
    name: String, title: String, classNames: [String], imageSize: (rows: Int, columns: Int),
    channels: Int, digest: String?, files: [DatasetFile], sources: [any DatasetSource],
    layout: any DatasetLayout
  ) {
    precondition(Set(files.map(\.part)).count == files.count, "\(name) has two files for a part")
    self.name = name
    self.title = title
    self.classNames = classNames
    self.imageSize = imageSize
    self.channels = channels
    self.digest = digest
    self.files = files
    self.sources = sources
    self.layout = layout
  }
}
