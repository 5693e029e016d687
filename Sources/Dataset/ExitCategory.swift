/// The exit code that a failure asks of a command, numbered as in BSD's sysexits.h.
public enum ExitCategory: Int32, Sendable {
  /// The command was called wrongly: 64.
  case usage = 64
  /// The data is there and is not what it should be: 65.
  case badData = 65
  /// A file that the command reads is not there: 66.
  case missingInput = 66
  /// The system failed to read, to write or to start a program: 74.
  case inputOutput = 74
  /// Nothing is wrong with the request and it may succeed later: 75.
  case tryAgain = 75
  /// The user stopped the command: 130.
  case cancelled = 130
}
