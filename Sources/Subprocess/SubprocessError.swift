/// Why a program did not do its work.
///
/// Each case carries the facts; ``description`` makes one line of them.
public enum SubprocessError: Error, Equatable, Sendable {
  /// No program of that name is on the search path.
  case notFound(program: String)
  /// The system does not start it: the error's number and the system's words for it.
  case cannotStart(program: String, code: Int32, detail: String)
  /// The system has no pipe to give, in its own words.
  case noPipe(detail: String)
  /// It ended with a status other than 0; the last line of what it said on standard error.
  case failed(program: String, status: Int, detail: String)
  /// A signal ended it.
  case ended(program: String, signal: Int)
  /// It took longer than it may.
  case timedOut(program: String, seconds: Int)
  /// It wrote more than it may.
  case tooMuchOutput(program: String, limit: Int)
  /// The caller asked to stop.
  case cancelled
}

extension SubprocessError: CustomStringConvertible {
  /// The failure in one line.
  public var description: String {
    switch self {
    case .notFound(let program): "\(program) is not installed"
    case .cannotStart(let program, _, let detail): "\(program) cannot be started: \(detail)"
    case .noPipe(let detail): "no pipe for a program's output: \(detail)"
    case .failed(let program, let status, let detail):
      "\(program) failed with status \(status)" + (detail.isEmpty ? "" : ": \(detail)")
    case .ended(let program, let signal): "\(program) was ended by signal \(signal)"
    case .timedOut(let program, let seconds): "\(program) took longer than \(seconds) s"
    case .tooMuchOutput(let program, let limit): "\(program) wrote more than \(limit) bytes"
    case .cancelled: "cancelled"
    }
  }
}
