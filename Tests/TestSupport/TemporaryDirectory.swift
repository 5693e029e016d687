public import Foundation

/// A directory of a test's own, removed with all that is in it when the test is done.
public final class TemporaryDirectory: Sendable {
  /// Where it is.
  public let url: URL

  /// Creates an empty directory.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "assay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appending(path: name).path }
}

/// The top of the source tree.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// What a program printed and how it ended.
public struct ProgramResult: Sendable {
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let error: String
  /// Its exit code, or the number of the signal that ended it, negated.
  public let status: Int32
}

/// Runs a program to its end.
///
/// - Parameters:
///   - program: Its path, or its name where it is on the search path.
///   - arguments: Its arguments.
///   - directory: Its working directory; nil for this process's.
///   - environment: Variables added to this process's, without those of Assay.
///   - input: What it reads from standard input.
/// - Returns: What came of it.
public func run(
  _ program: String, _ arguments: [String], in directory: URL? = nil,
  environment: [String: String] = [:], input: String = ""
) throws -> ProgramResult {
  let process = try start(
    program, arguments, in: directory, environment: environment, input: input)
  return try process.wait()
}

/// Starts a program.
public func start(
  _ program: String, _ arguments: [String], in directory: URL? = nil,
  environment: [String: String] = [:], input: String = ""
) throws -> RunningProgram {
  try RunningProgram(program, arguments, directory, environment, input)
}

/// A program under way; its output goes to files, so that it never waits for a reader.
public final class RunningProgram {
  private let process = Process()
  private let files: TemporaryDirectory

  init(
    _ program: String, _ arguments: [String], _ directory: URL?, _ environment: [String: String],
    _ input: String
  ) throws {
    files = try TemporaryDirectory()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = directory
    // What the user has set up for work of their own must not show in tests.
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ASSAY_") }
    process.environment = inherited.merging(environment) { $1 }
    try Data(input.utf8).write(to: files.url.appending(path: "input"))
    for name in ["output", "error"] { try Data().write(to: files.url.appending(path: name)) }
    process.standardInput = try FileHandle(forReadingFrom: files.url.appending(path: "input"))
    process.standardOutput = try FileHandle(forWritingTo: files.url.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: files.url.appending(path: "error"))
    try process.run()
  }

  /// Its number.
  public var processIdentifier: Int32 { process.processIdentifier }

  /// Whether it is still under way.
  public var isRunning: Bool { process.isRunning }

  /// Sends it a signal.
  public func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Waits for its end.
  public func wait() throws -> ProgramResult {
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      try String(contentsOf: files.url.appending(path: name), encoding: .utf8)
    }
    let status = process.terminationStatus
    return ProgramResult(
      output: try text("output"), error: try text("error"),
      status: process.terminationReason == .exit ? status : -status)
  }
}
