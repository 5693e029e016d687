internal import Subprocess

extension DatasetError: CustomStringConvertible {
  /// One line that says what failed and on what, such as a file or program.
  public var description: String {
    switch self {
    case .unknownDataset(let name, let known):
      "unknown data set '\(name)'; known are: \(known.joined(separator: ", "))"
    case .missingFiles(_, let directory, let files, let present):
      "\(directory) lacks \(files.joined(separator: ", "))"
        + (present.isEmpty ? "" : ", and has \(Self.list(present))")
    case .noFormat(let directory, let known, let present):
      "\(directory) lacks the files of a data set, which are \(known.joined(separator: "; or "))"
        + (present.isEmpty ? "" : "; it has \(Self.list(present))")
    case .malformed(let file, let format, let problem):
      "\(file) is not a valid \(format) file: \(problem)"
    case .malformedIDX(let file, let problem):
      "\(file): \(problem)"
    case .countMismatch(let images, let imagesFile, let labels, let labelsFile):
      "\(imagesFile) has \(images) images, but \(labelsFile) has \(labels) labels"
    case .labelOutOfRange(let file, let index, let label, let classCount):
      "\(file): label \(index) is \(label), outside 0...\(classCount - 1)"
    case .wrongChecksum(let file, let expected, let found):
      "\(file): wrong content, SHA-256 is \(found) instead of \(expected)"
    case .truncatedGzip(let file):
      "\(file): truncated, the gzip data ends early"
    case .damagedGzip(let file, let detail):
      "\(file): damaged gzip data (\(detail))"
    case .tooLarge(let file, let limit):
      "\(file): larger than the \(limit) bytes that it may have"
    case .refusedPickle(let offset, let instruction, let reason):
      "pickle refused at byte \(offset), \(instruction): \(reason)"
    case .inputOutput(let path, let action, let detail):
      "\(path): cannot \(action): \(detail)"
    case .notEmpty(let directory):
      "\(directory) has files already"
    case .program(let error):
      error.description
    case .downloadFailed(let file, let detail):
      "\(file): \(detail)"
    case .absentFromSource(let file):
      "it holds no \(file)"
    case .allSourcesFailed(let dataset, _, _, let attempts):
      "no source gave \(dataset): "
        + attempts.map { "\($0.source): \($0.reason)" }.joined(separator: "; ")
    case .cancelled:
      "cancelled"
    }
  }

  /// At most eight names.
  private static func list(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}

extension IDXProblem: CustomStringConvertible {
  /// A few words about the problem that fit after a file's name and a colon.
  public var description: String {
    switch self {
    case .notIDX:
      "not an IDX file"
    case .elementType(let code):
      "elements are of IDX type \(code), not unsigned bytes (type 8)"
    case .dimensions(let expected, let found):
      "dimensions are [\(found.map(String.init).joined(separator: ", "))], not \(expected)"
    case .truncated(let expected, let found):
      "truncated, \(found) bytes of \(expected)"
    case .trailingBytes(let expected, let found):
      "\(found - expected) bytes too long for its header"
    }
  }
}
