/// The reason why a command cannot be run or recorded.
public enum ProgramError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No directory in `PATH`, or no file, is the command.
  case notFound(command: String)
  /// The command is there and cannot be executed, for the reason that the system gives.
  case notExecutable(command: String, detail: String)
  /// A file or directory that the run needs cannot be read or written.
  case inputOutput(path: String, detail: String)
  /// There is no run to go on with.
  case nothingToResume(name: String?)
  /// The run to go on with is finished.
  case finishedRun(String)
  /// The run to go on with is no run of a command.
  case otherKind(run: String, kind: String)
  /// The repository holds changes that are not committed.
  case notClean(directory: String)
  /// There is no file or directory of this path.
  case missing(path: String)
  /// What a program says of itself cannot be read.
  case wrongStart(detail: String)
  /// A pattern for the output is no regular expression, or lacks a group.
  case wrongPattern(String, detail: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .notFound(let command): "there is no command '\(command)'"
    case .notExecutable(let command, let detail): "'\(command)' cannot be executed: \(detail)"
    case .inputOutput(let path, let detail): "\(path): \(detail)"
    case .nothingToResume(let name?):
      "there is no interrupted or failed run '\(name)' of this command with these parameters"
    case .nothingToResume(nil): "a run without a name cannot be gone on with"
    case .finishedRun(let run): "run \(run.prefix(8)) is finished"
    case .otherKind(let run, let kind):
      "run \(run.prefix(8)) is of the kind '\(kind)', not a program's"
    case .notClean(let directory): "\(directory) holds changes that are not committed"
    case .missing(let path): "there is no \(path)"
    case .wrongStart(let detail): "what the program says of itself cannot be read: \(detail)"
    case .wrongPattern(let pattern, let detail):
      "the pattern '\(pattern)' cannot be used: \(detail)"
    }
  }
}
