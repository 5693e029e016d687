import ArgumentParser
import Foundation

/// The program's version.
let assayVersion = "0.1.0"

/// Runs the command line and turns what is thrown into one line on standard error and an exit code.
@main
enum Main {
  static func main() {
    // A reader that has seen enough, such as head, ends the program quietly.
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try AssayCommand.parseAsRoot()
      try command.run()
    } catch {
      finish(error)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    // A command that has said all there is to say ends with its code alone.
    if let code = error as? ExitCode { exit(code.rawValue) }
    let parserCode = AssayCommand.exitCode(for: error)
    if parserCode == .success {
      // Help, the version and completion scripts arrive as errors.
      print(AssayCommand.fullMessage(for: error))
      exit(0)
    }
    if let failure = Failure(error) {
      StandardError.write("assay: \(failure.message)")
      exit(failure.code)
    }
    // The parser lists what would do a line each.
    let message = AssayCommand.message(for: error)
      .replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
      .replacing("\n", with: " ")
    StandardError.write("assay: \(message.isEmpty ? "the command failed" : message)")
    if parserCode == .validationFailure {
      StandardError.write("Try 'assay --help', or --help after a command.")
    }
    exit(parserCode.rawValue)
  }
}

/// Lines for people, apart from results.
enum StandardError {
  static func write(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
