public import Subprocess

/// A served model did not do what was asked of it.
public struct ExternalModelError: Error, Sendable, Equatable {
  /// What went wrong.
  public enum Problem: Sendable, Equatable {
    /// No directory in `PATH` holds the program, or there is no file of that name.
    case notFound(program: String)
    /// The system can't start the program, for the reason that it gives.
    case cannotStart(detail: String)
    /// The process ended before it had answered a request.
    case ended(SubprocessEnd, request: String)
    /// The process closed its standard output, and goes on.
    case closed(request: String)
    /// An answer took longer than is allowed.
    case timedOut(request: String, seconds: Double)
    /// Text came where answers are expected; `text` is its beginning.
    case printed(text: String)
    /// What came has the form of no answer.
    case malformed(request: String, problem: String)
    /// The process speaks another version of the protocol.
    case otherVersion(found: Int, known: Int)
    /// The process says why it can't answer.
    case refused(request: String, message: String)
    /// An array of an answer has another shape or type than the request asks for.
    case wrongArrays(request: String, expected: String, found: String)
    /// An array of an answer has values that are no finite numbers.
    case notFinite(request: String, array: String, row: Int)
    /// What the process says of itself can't be.
    case wrongIdentity(problem: String)
    /// A process says that it serves another model than is expected.
    case otherModel(what: String, expected: String, found: String)
    /// The caller asked to stop.
    case cancelled
  }

  /// The words by which the model was started.
  public let command: String
  /// What went wrong.
  public let problem: Problem

  init(_ command: ModelCommand, _ problem: Problem) {
    self.command = command.shown
    self.problem = problem
  }
}

extension ExternalModelError: CustomStringConvertible {
  /// One line that names the command and says what went wrong.
  public var description: String {
    switch problem {
    case .cancelled: "cancelled"
    default: "the model's process '\(command)' \(what)"
    }
  }

  private var what: String {
    switch problem {
    case .notFound(let program): "cannot be started: there is no program '\(program)'"
    case .cannotStart(let detail): "cannot be started: \(detail)"
    case .ended(.exited(let status), let request):
      "ended with status \(status) before it had answered '\(request)'"
    case .ended(.signalled(let signal), let request):
      "was ended by signal \(signal) before it had answered '\(request)'"
    case .closed(let request):
      "closed its standard output before it had answered '\(request)'"
    case .timedOut(let request, let seconds):
      "took longer than \(seconds.formatted) s to answer '\(request)'"
    case .printed(let text): "printed to standard output, where its answers belong: '\(text)'"
    case .malformed(let request, let problem): "answered '\(request)' wrongly: \(problem)"
    case .otherVersion(let found, let known):
      "speaks version \(found) of the model protocol; Assay speaks version \(known)"
    case .refused(let request, let message): "cannot answer '\(request)': \(message)"
    case .wrongArrays(let request, let expected, let found):
      "answered '\(request)' with \(found) instead of \(expected)"
    case .notFinite(let request, let array, let row):
      "answered '\(request)' with \(array) that are not finite numbers, first in row \(row)"
    case .wrongIdentity(let problem): "says of itself what cannot be: \(problem)"
    case .otherModel(let what, let expected, let found):
      "serves another model: its \(what) is \(found), not \(expected)"
    case .cancelled: "was cancelled"
    }
  }
}

extension Double {
  /// The shortest text, without a point where it is whole.
  fileprivate var formatted: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
