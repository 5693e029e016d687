import Foundation
import Subprocess

/// The command itself, built beside the benchmark.
enum AssayProcess {
  struct Failure: Error {
    let arguments: [String]
    let end: SubprocessEnd
  }

  /// Runs it and waits for its end; what it prints goes nowhere.
  static func run(_ arguments: [String], in directory: String? = nil) throws {
    let end = try Subprocess(executable, arguments, directory: directory)
      .start(diagnostics: .null).wait()
    guard end.isSuccess else { throw Failure(arguments: arguments, end: end) }
  }

  /// Runs it several times in a row and returns the median of the seconds from the start of the
  /// process to its end.
  static func seconds(
    _ arguments: [String], in directory: String? = nil, times: Int
  ) throws -> Double {
    let seconds = try (0..<times).map { _ in
      try Stopwatch.seconds { try run(arguments, in: directory) }
    }
    return seconds.sorted()[times / 2]
  }

  private static var executable: String {
    URL(fileURLWithPath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "assay").path
  }
}
