public import Foundation
internal import Subprocess

/// What a program printed and how it ended.
public struct ProgramResult: Sendable {
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let error: String
  /// Its exit code, or the number of the signal that ended it, negated.
  public let status: Int32
}

/// How long a program may take before it counts as hung and is killed, in seconds.
///
/// The slowest command of a test takes a few seconds on an idle machine; this allows for a busy one.
public let programDeadline: Double = 300

/// Runs a program to its end.
///
/// - Parameters:
///   - program: Its path, or its name where it is on the search path.
///   - arguments: Its arguments.
///   - directory: Its working directory; nil for this process's.
///   - environment: Variables added to this process's, without those of Assay.
///   - input: What it reads from standard input.
///   - seconds: How long it may take.
/// - Returns: What came of it.
/// - Throws: ``DeadlineMissed`` where it was still running then; it is killed.
public func run(
  _ program: String, _ arguments: [String], in directory: URL? = nil,
  environment: [String: String] = [:], input: String = "", within seconds: Double = programDeadline
) throws -> ProgramResult {
  let process = try start(
    program, arguments, in: directory, environment: environment, input: input)
  return try process.wait(within: seconds)
}

/// Starts a program, which is killed when nothing refers to it any more.
public func start(
  _ program: String, _ arguments: [String], in directory: URL? = nil,
  environment: [String: String] = [:], input: String = ""
) throws -> RunningProgram {
  try RunningProgram(program, arguments, directory, environment, input)
}

/// A program under way; its output goes to files, so that it never waits for a reader.
public final class RunningProgram {
  private let process: RunningSubprocess
  private let files: TemporaryDirectory
  private let name: String

  init(
    _ program: String, _ arguments: [String], _ directory: URL?, _ environment: [String: String],
    _ input: String
  ) throws {
    files = try TemporaryDirectory()
    name = ([program] + arguments).joined(separator: " ")
    try Data(input.utf8).write(to: files.url.appending(path: "input"))
    var subprocess = Subprocess(program, arguments, directory: directory?.path)
    // What the user has set up for work of their own must not show in tests.
    for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("ASSAY_") {
      subprocess.environment[name] = .some(nil)
    }
    subprocess.environment.merge(environment.mapValues(Optional.some)) { $1 }
    subprocess.input = .file(files.path("input"))
    // What it starts is ended with it.
    subprocess.hasOwnGroup = true
    process = try subprocess.start(
      output: .file(files.path("output")), diagnostics: .file(files.path("error")))
  }

  deinit {
    if isRunning { process.stop() }
  }

  /// Its number.
  public var processIdentifier: Int32 { process.identifier }

  /// Whether it is still under way.
  public var isRunning: Bool { process.poll() == nil }

  /// Whether it has a handler for a signal, as its line `SigCgt` in /proc says.
  ///
  /// What it has open says less: until its program is loaded, that is what this process has.
  public func catches(_ signal: Int32) -> Bool {
    let status = try? String(
      contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    let mask = line.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
    return (mask ?? 0) & (1 << UInt64(signal - 1)) != 0
  }

  /// Sends it a signal, and none to what it has started.
  public func send(_ signal: Int32) {
    if isRunning { kill(process.identifier, signal) }
  }

  /// What it has written to standard output so far.
  public func outputSoFar() throws -> String { try text("output") }

  /// What it has written to standard error so far.
  public func errorSoFar() throws -> String { try text("error") }

  /// Waits for its end.
  ///
  /// - Throws: ``DeadlineMissed`` where it is still running after some seconds; it is killed, with
  ///   what it has started.
  public func wait(within seconds: Double = programDeadline) throws -> ProgramResult {
    do {
      try waitUntil("the end of '\(name)'", within: seconds) { !isRunning }
    } catch {
      process.stop()
      throw DeadlineMissed("\(error); it wrote: \(try errorSoFar().suffix(2000))")
    }
    let status =
      switch process.wait() {
      case .exited(let status): Int32(status)
      case .signalled(let signal): -Int32(signal)
      }
    return ProgramResult(output: try outputSoFar(), error: try errorSoFar(), status: status)
  }

  private func text(_ name: String) throws -> String {
    // What was killed may have written half a character.
    String(decoding: try Data(contentsOf: files.url.appending(path: name)), as: UTF8.self)
  }
}
