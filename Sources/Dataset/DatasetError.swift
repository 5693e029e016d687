public import Subprocess

/// The reason why Assay can't read, check or fetch a data set.
///
/// Each case carries the facts. ``description`` turns them into one line that says what failed, and
/// on what.
public enum DatasetError: Error, Equatable, Sendable {
  /// The catalogue has no data set of that name; `known` lists those it has.
  case unknownDataset(name: String, known: [String])
  /// A data set's directory lacks files; `present` lists the other files in it.
  ///
  /// The name is nil for a data set outside the catalogue.
  case missingFiles(dataset: String?, directory: String, files: [String], present: [String])
  /// A directory is in none of the formats, whose contents `known` lists.
  case noFormat(directory: String, known: [String], present: [String])
  /// A file violates its format, such as tar or CIFAR binary.
  case malformed(file: String, format: String, problem: String)
  /// A file is not a well-formed IDX file of the expected kind.
  case malformedIDX(file: String, problem: IDXProblem)
  /// The number of images differs from the number of labels.
  case countMismatch(images: Int, imagesFile: String, labels: Int, labelsFile: String)
  /// The label at `index` is not in `0..<classCount`.
  case labelOutOfRange(file: String, index: Int, label: Int, classCount: Int)
  /// The SHA-256 of a file's unpacked content differs from the one in the catalogue.
  case wrongChecksum(file: String, expected: String, found: String)
  /// A gzip file ends before its content does.
  case truncatedGzip(file: String)
  /// A gzip file is corrupt in another way, which `detail` names.
  case damagedGzip(file: String, detail: String)
  /// A file, or its unpacked content, is larger than `limit`, in bytes.
  case tooLarge(file: String, limit: Int)
  /// A pickle holds something other than the expected arrays; `offset` is in bytes.
  case refusedPickle(offset: Int, instruction: String, reason: String)
  /// The system refused to read or write a file or directory, for the reason in `detail`.
  case inputOutput(path: String, action: String, detail: String)
  /// A directory that a data set is to be written into has files already.
  case notEmpty(directory: String)
  /// A program that a source needs, such as pip or apt-get, failed.
  case program(SubprocessError)
  /// A download failed for the reason in `detail`, such as an HTTP status.
  case downloadFailed(file: String, detail: String)
  /// A source answered but lacks a file that it should hold.
  case absentFromSource(file: String)
  /// Every source of a data set failed, each for its own reason.
  case allSourcesFailed(
    dataset: String, directory: String, missing: [DatasetFile], attempts: [SourceFailure])
  /// The caller asked to stop.
  case cancelled
}

/// A defect of an IDX file.
public enum IDXProblem: Equatable, Sendable {
  /// The file does not begin with two zero bytes, an element type and a number of dimensions.
  case notIDX
  /// The elements are not unsigned bytes; `code` is the type code in the header.
  case elementType(code: UInt8)
  /// The header announces other dimensions, in number or size, than the reader expects.
  case dimensions(expected: String, found: [Int])
  /// The file is shorter than its header says; both lengths are in bytes.
  case truncated(expected: Int, found: Int)
  /// The file is longer than its header says; both lengths are in bytes.
  case trailingBytes(expected: Int, found: Int)
}

/// A source that the fetcher tried, and why it failed.
public struct SourceFailure: Equatable, Sendable {
  /// The source's ``DatasetSource/summary``.
  public let source: String
  /// The reason in a few words, without the source's name.
  public let reason: String
}
