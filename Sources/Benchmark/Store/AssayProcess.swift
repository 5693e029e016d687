import Foundation

/// The command itself, built beside the benchmark.
enum AssayProcess {
  struct Failure: Error {
    let arguments: [String]
    let status: Int32
  }

  /// Runs it and waits for its end; what it prints goes nowhere.
  static func run(_ arguments: [String]) throws {
    try run(executable, arguments)
  }

  /// Runs it so often, one after the other, from a shell, and gives the seconds of each.
  ///
  /// Foundation notices the end of a process late, which would count with every single one.
  static func seconds(_ arguments: [String], times: Int) throws -> Double {
    let loop = #"i=0; while [ $i -lt "$0" ]; do "$@" > /dev/null || exit 1; i=$((i + 1)); done"#
    let words = ["-c", loop, "\(times)", executable.path] + arguments
    return try Stopwatch.seconds {
      try run(URL(fileURLWithPath: "/bin/sh"), words)
    } / Double(times)
  }

  private static var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "assay")
  }

  private static func run(_ executable: URL, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(arguments: arguments, status: process.terminationStatus)
    }
  }
}
