/// The reason why a program did not do its work.
///
/// Each case carries the facts. ``description`` turns them into one line.
public enum SubprocessError: Error, Equatable, Sendable {
  /// No directory in `PATH` holds a program of that name.
  case notFound(program: String)
  /// The system can't start the program; `code` is its error number and `detail` its own words.
  case cannotStart(program: String, code: Int32, detail: String)
  /// The system can't open a pipe, for the reason that it gives in `detail`.
  case noPipe(detail: String)
  /// The program exited with a status other than 0.
  ///
  /// `detail` is the last line of its standard error.
  case failed(program: String, status: Int, detail: String)
  /// A signal with this number ended the program.
  case ended(program: String, signal: Int)
  /// The program took longer than its time limit, in seconds.
  case timedOut(program: String, seconds: Int)
  /// The program wrote more to standard output than `limit`, in bytes.
  case tooMuchOutput(program: String, limit: Int)
  /// The caller asked to stop.
  case cancelled
}

extension SubprocessError: CustomStringConvertible {
  /// One line that names the program and says what went wrong.
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
