import Foundation
import TestSupport
import Testing

/// Broken records of other trackers, imported by the command.
///
/// Every import is a process and has a database of its own: twenty of them take a second.
@Suite(.startsPrograms) struct MutatedTrackerTests {
  /// A command answered as no import may.
  private struct WrongAnswer: Error, CustomStringConvertible {
    let description: String
  }

  /// An import was refused, as it may be.
  private struct Refusal: Error {}

  private static let count = 20
  private static let fixtures = packageRoot.appending(path: "Tests/Fixtures/trackers")

  private let assay: Assay

  init() throws { assay = try Assay() }

  /// Imports what is there, which takes all or some of it, or says in lines why not.
  private func tryOne(_ tool: String, _ source: String) throws {
    for name in ["new.db", "new.db-wal", "new.db-shm"] {
      try? FileManager.default.removeItem(atPath: assay.directory.path(name))
    }
    let result = try assay.run("import", tool, source, "--db", "new.db", "--quiet")
    if result.status == 0 { return }
    let lines = result.error.split(separator: "\n")
    guard result.status == 65, !lines.isEmpty, lines.allSatisfy({ $0.hasPrefix("assay: ") }) else {
      throw WrongAnswer(description: "exit code \(result.status): \(result.error)")
    }
    throw Refusal()
  }

  /// Imports broken versions of a file, which is a tool's source or a part of it.
  private func tryAll(_ tool: String, _ file: URL, of source: String) throws {
    try tryOne(tool, source)
    let sound = Array(try Data(contentsOf: file))
    let counts = try MutatedInputs(
      "\(tool) \(file.lastPathComponent)", of: [sound], count: Self.count
    ).tryAll(refusing: { $0 is Refusal }) { bytes in
      try Data(bytes).write(to: file)
      try tryOne(tool, source)
    }
    #expect(counts.read + counts.refused > 0, "\(counts)")
  }

  @Test(
    "broken databases are imported as far as they are sound, or refused",
    arguments: [("mlflow", "mlflow/mlflow.sql"), ("optuna", "optuna/study.sql")])
  func databases(tool: String, fixture: String) throws {
    let sql = try String(contentsOf: Self.fixtures.appending(path: fixture), encoding: .utf8)
    _ = try assay.ask(sql, of: "source.db")
    try tryAll(tool, assay.directory.url.appending(path: "source.db"), of: "source.db")
  }

  @Test("broken journals of Optuna are imported as far as they are sound, or refused")
  func journal() throws {
    let file = assay.directory.url.appending(path: "journal.log")
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: "optuna/journal.log"), to: file)
    try tryAll("optuna", file, of: "journal.log")
  }

  @Test(
    "broken files in a directory of MLflow's are imported as far as they are sound, or refused",
    arguments: ["meta.yaml", "metrics/loss", "tags/mlflow.parentRunId"])
  func directory(name: String) throws {
    let folder = assay.directory.url.appending(path: "mlruns")
    try FileManager.default.copyItem(at: Self.fixtures.appending(path: "mlflow/mlruns"), to: folder)
    let run = "232401299431741305/4887c4e9642f470f84dbc4474757ed14"
    try tryAll("mlflow", folder.appending(path: "\(run)/\(name)"), of: "mlruns")
  }
}
