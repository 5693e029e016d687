import Foundation
import Tracker

/// The exit codes of failures, numbered as in BSD's sysexits.h.
///
/// docs/reference/exit-codes.md lists them.
enum ExitStatus: Int32 {
  /// The command was called wrongly.
  case usage = 64
  /// The data is there and is not what it should be.
  case badData = 65
  /// Something that the command reads is not there.
  case missingInput = 66
  /// A defect of Assay's own.
  case defect = 70
  /// The system failed to read, to write or to start a program.
  case inputOutput = 74
  /// Nothing is wrong with the request, and it may succeed later.
  case tryAgain = 75
  /// A command that was to be run cannot be executed, as in shells.
  case notExecutable = 126
  /// A command that was to be run is not there, as in shells.
  case commandNotFound = 127
  /// The user stopped the command.
  case interrupted = 130
}

/// An error that ends a command with one line and an exit code.
///
/// Libraries state facts. What a user can do about one, which takes commands and options, and the
/// exit code are said here alone, in a file for each library.
protocol Reportable: Error {
  /// What is wrong.
  var fact: String { get }
  /// What the user can do about it, to follow the fact behind a semicolon; nil if there is nothing
  /// to say.
  var remedy: String? { get }
  /// How the command ends.
  var status: ExitStatus { get }
}

extension Reportable {
  var fact: String { "\(self)" }
  var remedy: String? { nil }
}

/// What a command says and returns when it cannot do its work.
struct Failure {
  /// The fact and its remedy, in one line.
  let message: String
  /// The exit code.
  let code: Int32

  /// The failure that an error stands for; nil if it is the argument parser's own.
  init?(_ error: any Error) {
    guard let error = error as? any Reportable else { return nil }
    let parts = [error.fact, error.remedy].compactMap { $0 }
    message = parts.joined(separator: "; ").terminalText
    code = error.status.rawValue
  }
}

extension CocoaError: Reportable {
  /// The file and the system's own reason: Foundation's words name neither.
  var fact: String {
    guard let filePath, let error = underlying as? POSIXError else { return localizedDescription }
    return "\(filePath): \(OutputError.reason(error.code.rawValue))"
  }

  var status: ExitStatus {
    code == .fileReadNoSuchFile ? .missingInput : .inputOutput
  }
}
