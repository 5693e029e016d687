import Foundation
import TestSupport
import Testing

/// The built command with files of a test's own.
struct Assay {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The executable beside the tests.
  static let executable = Bundle.main.executableURL.map {
    $0.deletingLastPathComponent().appending(path: "assay").path
  }

  /// A study that takes seconds: a tiny network on a thousand real images.
  static let configuration = """
    dataset: \(packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path)
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
    try TestSupport.run(
      Self.executable ?? "assay", arguments, in: directory.url, environment: environment)
  }

  /// Runs a stage of the study in study.yaml, which succeeds, and gives its run.
  func stage(_ arguments: String...) throws -> String {
    let result = try TestSupport.run(
      Self.executable ?? "assay",
      arguments + ["--config", "study.yaml", "--quiet", "--format", "json"],
      in: directory.url)
    #expect(result.status == 0, "\(arguments): \(result.error)")
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

  /// What the sqlite3 shell answers.
  func ask(_ sql: String, of database: String = "assay.db") throws -> String {
    try TestSupport.run("sqlite3", [directory.path(database)], input: sql).output
  }
}
