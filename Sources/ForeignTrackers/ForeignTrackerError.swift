internal import Tracker

/// Why records of another tool cannot be imported.
public enum ForeignTrackerError: Error, Equatable, Sendable {
  /// There is nothing at a path.
  case missing(path: String)
  /// The path is not what the tool records in, for the reason in `problem`.
  case otherFile(path: String, tool: String, problem: String)
  /// A version of the tool wrote it that the reader does not know.
  case otherVersion(path: String, tool: String, found: String, known: String)
  /// The records are damaged.
  case damaged(path: String, problem: String)
  /// Some runs could not be read; all others were imported.
  case incomplete(failed: Int, count: Int)
  /// The caller asked to stop.
  case cancelled
}

extension ForeignTrackerError: CustomStringConvertible {
  /// The problem, in one line.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no such file or directory"
    case .otherFile(let path, let tool, let problem): "\(path) is not of \(tool): \(problem)"
    case .otherVersion(let path, let tool, let found, let known):
      "\(path) was written by a version of \(tool) with \(found); this reader knows \(known)"
    case .damaged(let path, let problem): "\(path): \(problem)"
    case .incomplete(let failed, let count):
      "\(failed) of \(count) runs could not be read, as said above; the others are imported"
    case .cancelled: "interrupted"
    }
  }
}
