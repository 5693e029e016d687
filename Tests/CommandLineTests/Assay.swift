import Foundation
import TestSupport
import Testing

/// A command that a test needs has failed.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The built command with files of a test's own.
struct Assay: Sendable {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// Begins with copies of files that are made once for all tests.
  init(copyOf start: SharedStart) throws {
    try self.init()
    try start.copyFiles(to: self)
  }

  /// The executable beside the tests.
  static let executable = Bundle.main.executableURL.map {
    $0.deletingLastPathComponent().appending(path: "assay").path
  }

  /// The data set of the tests: a thousand training and five hundred test images of MNIST.
  static let sample = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path

  /// A study that takes seconds: a tiny network on a thousand real images.
  static let configuration = """
    dataset: \(sample)
    network: {conv1: 4, conv2: 6, dense1: 24}
    training: {epochs: 4, batch_size: 20}
    selection: {size: 130, heldout_size: 120}
    attacks:
      bim-a: {iterations: 12, step_size: 0.05}
      bim-b: null
      jsma: {gamma: 0.03}
    measurement: {passes: 12}
    detection: {measures: [softmax_std, margin]}

    """

  /// Runs the command in the test's directory.
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ProgramResult {
    try run(arguments, environment: environment)
  }

  /// Runs it there with arguments that are put together elsewhere.
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> ProgramResult {
    try TestSupport.run(
      Self.executable ?? "assay", arguments, in: directory.url, environment: environment)
  }

  /// Runs a command that a test needs: one that fails is an error.
  @discardableResult
  func succeed(_ arguments: String...) throws -> ProgramResult {
    let result = try run(arguments)
    guard result.status == 0 else {
      throw CommandFailure(
        "assay \(arguments.joined(separator: " ")) ended with \(result.status): \(result.error)")
    }
    return result
  }

  /// Runs a stage of the study in study.yaml, which succeeds, and gives its run.
  func stage(_ arguments: String...) throws -> String {
    let result = try run(
      arguments + ["--config", "study.yaml", "--quiet", "--format", "json"])
    guard result.status == 0 else {
      throw CommandFailure("\(arguments) ended with \(result.status): \(result.error)")
    }
    let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let run = ((parsed as? [String: Any])?["run"] as? [[String: Any]])?.first
    return try #require(run?["run"] as? String)
  }

  /// Starts it there.
  func start(_ arguments: String...) throws -> RunningProgram {
    try TestSupport.start(Self.executable ?? "assay", arguments, in: directory.url)
  }

  /// Writes a file there.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: directory.url.appending(path: name))
  }

  /// The bytes of a file there.
  func data(_ name: String) throws -> Data {
    try Data(contentsOf: directory.url.appending(path: name))
  }

  /// The text of a file there.
  func text(_ name: String) throws -> String {
    try String(contentsOf: directory.url.appending(path: name), encoding: .utf8)
  }

  /// What the sqlite3 shell answers.
  ///
  /// - Throws: ``CommandFailure`` where the shell refuses the statements.
  func ask(_ sql: String, of database: String = "assay.db") throws -> String {
    // A program may be writing.
    let result = try TestSupport.run(
      "sqlite3", ["-cmd", ".timeout 10000", directory.path(database)], input: sql)
    guard result.status == 0 else { throw CommandFailure("sqlite3: \(result.error)") }
    return result.output
  }

  /// The run of one kind that the database has.
  func onlyRun(_ kind: String) throws -> String {
    let found = try ask("SELECT run FROM runs WHERE kind = '\(kind)';").split(separator: "\n")
    try #require(found.count == 1, "of kind \(kind)")
    return String(found[0])
  }
}
