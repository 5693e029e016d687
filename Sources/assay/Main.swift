import ArgumentParser
import Bytes
import Foundation

/// The program's version.
let assayVersion = "0.1.0"

/// Runs the command line and turns what is thrown into one line on standard error and an exit code.
@main
enum Main {
  /// What signals, a database with its log and its index, one file of data and one of results take.
  private static let openFiles = 8
  /// Dispatch, on whose threads locks are watched and numbers computed, waits for ever where it gets
  /// none.
  private static let threads = 2

  static func main() {
    Descriptor.openStandardOnes()
    // A write that fails says so; standard output alone ends the program where nobody reads it.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    do {
      try ProcessRoom.check(openFiles: openFiles, threads: threads, stackBytes: 1 << 16)
      _ = Interruption.shared
      let words = CommandWords(Array(CommandLine.arguments.dropFirst()))
      try words.refuseUnknownCommand(below: AssayCommand.self)
      var command = try AssayCommand.parseAsRoot(words.words)
      try command.run()
    } catch {
      finish(error)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    // A command that has said all there is to say ends with its code alone.
    if let code = error as? ExitCode { exit(code.rawValue) }
    if AssayCommand.exitCode(for: error) == .success {
      // Help, the version and completion scripts arrive as errors.
      do {
        let message = AssayCommand.fullMessage(for: error)
        try StandardOutput.print(message == AssayCommand.helpMessage() ? RootHelp.text : message)
        exit(0)
      } catch {
        fail(error)
      }
    }
    fail(error)
  }

  private static func fail(_ error: any Error) -> Never {
    if let failure = Failure(error) {
      StandardError.write("assay: \(failure.message)")
      exit(failure.code)
    }
    // The parser lists what would do a line each.
    let message = AssayCommand.message(for: error)
      .replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
      .replacing("\n", with: " ")
    StandardError.write("assay: \(message.isEmpty ? "the command failed" : message)")
    let code = AssayCommand.exitCode(for: error)
    if code == .validationFailure {
      StandardError.write("Try 'assay --help', or --help after a command.")
    }
    exit(code.rawValue)
  }
}
