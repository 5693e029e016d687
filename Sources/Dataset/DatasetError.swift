public import Subprocess

/// Why a data set could not be read, checked or fetched.
///
/// Each case carries the facts; ``description`` makes one line of them that says what failed, on
/// what.
public enum DatasetError: Error, Equatable, Sendable {
  /// No data set of that name is in the catalogue.
  case unknownDataset(name: String, known: [String])
  /// Files of a data set are not in its directory, which has others; the name is nil for one that is
  /// not in the catalogue.
  case missingFiles(dataset: String?, directory: String, files: [String], present: [String])
  /// A file is not a well-formed IDX file of the expected kind.
  case malformedIDX(file: String, problem: IDXProblem)
  /// Images and labels differ in number.
  case countMismatch(images: Int, imagesFile: String, labels: Int, labelsFile: String)
  /// A label names no class.
  case labelOutOfRange(file: String, index: Int, label: Int, classCount: Int)
  /// A file's unpacked content has another SHA-256 than the catalogue says.
  case wrongChecksum(file: String, expected: String, found: String)
  /// A gzip file ends before its content does.
  case truncatedGzip(file: String)
  /// A gzip file is corrupt in another way.
  case damagedGzip(file: String, detail: String)
  /// A file, or what it unpacks to, is larger than it may be.
  case tooLarge(file: String, limit: Int)
  /// A pickle holds something other than the arrays that are looked for.
  case refusedPickle(offset: Int, instruction: String, reason: String)
  /// The system refused to read or write a file.
  case inputOutput(path: String, action: String, detail: String)
  /// A program that is needed did not do its work.
  case program(SubprocessError)
  /// A download failed.
  case downloadFailed(file: String, detail: String)
  /// A source answered, but without a file that it should hold.
  case absentFromSource(file: String)
  /// Every source of a data set failed, each for its own reason.
  case allSourcesFailed(
    dataset: String, directory: String, missing: [String], attempts: [SourceFailure])
  /// The caller asked to stop.
  case cancelled
}

/// What is wrong with an IDX file.
public enum IDXProblem: Equatable, Sendable {
  /// The file does not begin with two zero bytes, an element type and a number of dimensions.
  case notIDX
  /// The elements are not unsigned bytes; the code is the one in the header.
  case elementType(code: UInt8)
  /// The number of dimensions, or their sizes, are not those expected.
  case dimensions(expected: String, found: [Int])
  /// The file is shorter than its header says, in bytes.
  case truncated(expected: Int, found: Int)
  /// The file is longer than its header says, in bytes.
  case trailingBytes(expected: Int, found: Int)
}

/// One source that was tried, and why it gave nothing.
public struct SourceFailure: Equatable, Sendable {
  /// The source's ``DatasetSource/summary``.
  public let source: String
  /// The reason, in a few words.
  public let reason: String
}
