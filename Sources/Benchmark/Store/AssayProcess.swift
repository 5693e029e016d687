import Foundation

/// The command itself, built beside the benchmark.
enum AssayProcess {
  struct Failure: Error {
    let arguments: [String]
    let status: Int32
  }

  /// Runs it and waits for its end; what it prints goes nowhere.
  static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "assay")
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
