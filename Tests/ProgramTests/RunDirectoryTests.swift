import Foundation
import Program
import SQLite
import TestSupport
import Testing
import Tracker

@Suite("Directories of runs, which one process clears while another goes on with the run")
struct RunDirectoryTests {
  let directory: TemporaryDirectory
  let tracker: Tracker
  let request: ProgramRequest

  init() throws {
    directory = try TemporaryDirectory()
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    var request = ProgramRequest(["true"], in: directory.url.path)
    request.name = "a"
    self.request = request
  }

  func resume(_ run: String) throws -> StartedProgram {
    var request = request
    request.resume = .run(run)
    return try StartedProgram.begin(request, in: tracker)
  }

  /// The names of all that is below the directory of a run, sorted.
  func names(_ program: StartedProgram) -> [String] {
    let names = try? FileManager.default.subpathsOfDirectory(atPath: program.directory.path)
    return (names ?? []).sorted()
  }

  @Test("what is left of an ended execution goes, and nothing of the next one")
  func lateClearing() throws {
    let first = try StartedProgram.begin(request, in: tracker)
    try "1".write(
      toFile: first.directory.checkpoints + "/epochs", atomically: false, encoding: .utf8)
    try first.run.interrupt()
    let second = try resume(first.run.uuid)
    try "{}".write(
      toFile: second.directory.files + "/content", atomically: false, encoding: .utf8)

    first.directory.clear(after: first.run, keepingCheckpoints: true)
    #expect(
      names(second) == [
        "checkpoints", "checkpoints/epochs", "events-2.jsonl", "events-2.kept", "files",
        "files/content", "state-2.json",
      ])

    try second.run.interrupt()
    second.directory.clear(after: second.run, keepingCheckpoints: true)
    #expect(names(second) == ["checkpoints", "checkpoints/epochs"])

    let third = try resume(first.run.uuid)
    try third.run.finish()
    third.directory.clear(after: third.run, keepingCheckpoints: false)
    #expect(!FileManager.default.fileExists(atPath: RunDirectory.parent(database: database)))
  }

  @Test("a run that is gone on with while it is cleared has all of its directories")
  func clearingMeanwhile() async throws {
    var program = try StartedProgram.begin(request, in: tracker)
    for _ in 0..<200 {
      let ended = program
      try ended.run.interrupt()
      async let clearing: Void = Task.detached {
        ended.directory.clear(after: ended.run, keepingCheckpoints: true)
      }.value
      program = try await Task.detached { [self, ended] in try resume(ended.run.uuid) }.value
      await clearing
      let attempt = program.attempt
      #expect(
        names(program) == [
          "checkpoints", "events-\(attempt).jsonl", "events-\(attempt).kept", "files",
          "state-\(attempt).json",
        ])
    }
  }

  @Test("a deleted run that is gone on with is restored, with a note")
  func deletedRun() throws {
    let first = try StartedProgram.begin(request, in: tracker)
    try first.run.interrupt()
    let run = try tracker.run(uuid: first.run.uuid)
    #expect(try tracker.delete([run]).count == 1)
    try resume(run.uuid).run.finish()
    let notes = try tracker.read { connection in
      try connection.rows("SELECT note FROM runs WHERE hidden IS NULL") { try $0.text(0) }
    }
    #expect(notes == ["restored: its result was asked for again"])
  }

  private var database: String { directory.path("assay.db") }
}
