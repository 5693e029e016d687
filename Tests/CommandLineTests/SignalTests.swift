import Foundation
import TestSupport
import Testing

/// What signals do to commands.
@Suite("Signals", .startsPrograms)
struct SignalTests {
  let assay: Assay
  private static let endless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"

  private static let imported = SharedStart.imported(
    "run,name,step,value\nfirst,loss,1,0.5\n", as: "metrics.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
  }

  /// The draft of a result that is being written.
  private func draft() throws -> String? {
    try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)
      .first { $0.hasPrefix(".assay-") }
  }

  /// Starts a query without end and waits until it writes.
  private func startEndlessQuery() throws -> RunningProgram {
    let query = try assay.start(
      "query", "--sql", Self.endless, "--format", "csv", "-o", "endless.csv")
    try waitUntil("the draft") { try draft() != nil }
    return query
  }

  @Test(
    "Each signal that asks for an end gets it within a second",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func endsQuery(signal: Int32) throws {
    let query = try startEndlessQuery()
    let start = ContinuousClock.now
    query.send(signal)
    let result = try query.wait()
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(result.status == 130)
    #expect(result.error == "assay: interrupted\n")
    #expect(try draft() == nil)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("endless.csv")))
  }

  @Test("A command that waits for a pipe that nobody reads ends as well")
  func endsWaiting() throws {
    #expect(mkfifo(assay.directory.path("pipe"), 0o600) == 0)
    let query = try assay.start("query", "runs", "-o", "pipe")
    try waitUntil("its handler") { query.catches(SIGTERM) }
    query.send(SIGTERM)
    #expect(try query.wait().status == 130)
  }

  @Test("A dropped connection stops training as SIGTERM does, unless nohup says otherwise")
  func hangup() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let arguments = ["train", "--config", "study.yaml", "--epochs", "2000", "--db", "new.db"]
    let training = try TestSupport.start(
      try #require(Assay.executable), arguments, in: assay.directory.url)
    try waitForSteps()
    training.send(SIGHUP)
    #expect(try training.wait().status == 130)
    #expect(try assay.ask("SELECT state FROM runs", of: "new.db") == "interrupted\n")

    let deaf = try TestSupport.start(
      "sh", ["-c", "trap '' HUP; exec \"$0\" \"$@\"", try #require(Assay.executable)] + arguments,
      in: assay.directory.url)
    try waitForSteps(state: "running")
    deaf.send(SIGHUP)
    let before = try steps()
    try waitUntil("more steps") { try steps() > before }
    deaf.send(SIGTERM)
    #expect(try deaf.wait().status == 130)
  }

  @Test(
    "What batch systems warn by stops training as SIGTERM does",
    arguments: [SIGXCPU, SIGUSR1, SIGUSR2])
  func warning(signal: Int32) throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let training = try assay.start(
      "train", "--config", "study.yaml", "--epochs", "2000", "--db", "new.db")
    try waitForSteps()
    training.send(signal)
    let result = try training.wait()
    #expect(result.status == 130)
    #expect(result.error.contains("interrupted"), "\(result.error)")
    #expect(try assay.ask("SELECT state FROM runs", of: "new.db") == "interrupted\n")
  }

  private func steps() throws -> Int {
    Int(
      try assay.ask("SELECT max(progress_done) FROM runs", of: "new.db")
        .trimmingCharacters(in: .newlines)) ?? 0
  }

  private func waitForSteps(state: String = "running") throws {
    try waitUntil("steps of training") {
      let path = assay.directory.path("new.db")
      guard FileManager.default.fileExists(atPath: path) else { return false }
      // Until its schema is there, the file cannot be asked.
      let answer = try? assay.ask(
        "SELECT count(*) FROM runs WHERE state = '\(state)' AND progress_done > 0", of: "new.db")
      return answer == "1\n"
    }
  }
}
