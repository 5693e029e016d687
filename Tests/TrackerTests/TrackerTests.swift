import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// A tracker on a file of its own.
struct TrackerFixture {
  let directory: TemporaryDirectory
  let tracker: Tracker
  var path: String { directory.path("assay.db") }

  private static let empty = TemplateFile { path in
    _ = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
  }

  init() throws {
    directory = try TemporaryDirectory()
    try Self.empty.copy(to: directory.path("assay.db"))
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
  }

  /// Begins a run that is not finished yet.
  func begin(_ description: RunDescription, on other: Tracker? = nil) throws -> ActiveRun {
    guard case .active(let run) = try (other ?? tracker).begin(description) else {
      throw TrackerError.damagedRecord("the run is finished already")
    }
    return run
  }

  func description(_ epochs: Int64 = 1, parents: [String: Run] = [:]) -> RunDescription {
    RunDescription(
      kind: "train", configuration: .object(["epochs": .integer(epochs)]), seed: 3,
      parents: parents)
  }

  /// Changes the file behind the tracker's back.
  func execute(_ sql: String) throws {
    try Connection(path: path, mode: .create).execute(sql)
  }
}

@Suite struct TrackerTests {
  let fixture: TrackerFixture
  var tracker: Tracker { fixture.tracker }

  init() throws {
    fixture = try TrackerFixture()
  }

  @Test("of two values of an imported parameter the first is recorded, and its name is known")
  func ambiguousParameters() throws {
    var run = ImportedRun(
      tool: "tool", sourceID: "1", kind: "external", origin: .init(tool: "tool 1"))
    run.end = .finished
    run.parameters = ["a": .object(["b": .integer(1)]), "a.b": .integer(2), "c": .integer(3)]
    #expect(run.ambiguousParameters == ["a.b"])
    let described = run
    let outcome = try tracker.importing { transaction in
      try transaction.record(described, sweeps: [:]) { _ in }.outcome
    }
    #expect(outcome == .new)
    let values = try tracker.read { connection in
      try connection.rows("SELECT value FROM parameter ORDER BY name") { try $0.int(0) }
    }
    #expect(values == [1, 3])
  }

  @Test("a reader sees what is committed, writes nothing, and sorts in memory")
  func reader() throws {
    let reader = try fixture.tracker.reader()
    let run = try fixture.begin(fixture.description())
    #expect(try reader.run(uuid: run.uuid).uuid == run.uuid)
    let store = try reader.read {
      try $0.one("PRAGMA temp_store") { row throws(SQLiteError) in try row.int(0) }
    }
    #expect(store == 2)
    #expect(throws: SQLiteError.self) { try reader.read { try $0.execute("DELETE FROM run") } }
  }

  @Test("a finished run is reused by its key, a different one is not")
  func reuse() throws {
    let run = try fixture.begin(fixture.description())
    try run.finish()
    guard case .finished(let found) = try tracker.begin(fixture.description()) else {
      Issue.record("the finished run was not found")
      return
    }
    #expect(found.uuid == run.uuid)
    let other = try fixture.begin(fixture.description(2))
    #expect(other.uuid != run.uuid)
    let child = try fixture.begin(fixture.description(1, parents: ["model": found]))
    #expect(child.uuid != run.uuid)
    #expect(try tracker.parents(of: tracker.run(uuid: child.uuid)) == ["model": found])
  }

  @Test("a run that must not be reused never is")
  func notReusable() throws {
    var description = fixture.description()
    description.isReusable = false
    let first = try fixture.begin(description)
    try first.finish()
    let second = try fixture.begin(description)
    #expect(first.uuid != second.uuid)
    #expect(try tracker.run(uuid: second.uuid).key == nil)
  }

  @Test("chunks are recorded with their progress, and an interrupted run goes on there")
  func continues() throws {
    let run = try fixture.begin(fixture.description())
    try run.commitChunk(progressDone: 5, total: 10) { writer in
      try writer.log("loss", step: 1, value: 0.5)
      try writer.log("loss", step: 2, value: .nan)
      try writer.putArtifact("checkpoint", bytes: [1, 2, 3], mediaType: "x")
    }
    try run.interrupt()
    #expect(try tracker.run(uuid: run.uuid).state == .interrupted)
    let again = try fixture.begin(fixture.description())
    #expect(again.uuid == run.uuid)
    #expect(again.progressDone == 5)
    #expect(try again.artifact(named: "checkpoint") == [1, 2, 3])
    try again.finish()
    let executions = try tracker.read {
      try $0.rows("SELECT outcome FROM executions ORDER BY number") { try $0.text(0) }
    }
    #expect(executions == ["interrupted", "finished"])
    let values = try tracker.read {
      try $0.rows("SELECT value FROM metrics ORDER BY step") { $0.value(0) }
    }
    #expect(values == [.real(0.5), .null])
  }

  @Test("a chunk whose writing fails leaves nothing behind")
  func atomicChunk() throws {
    struct Stop: Error {}
    let run = try fixture.begin(fixture.description())
    #expect(throws: Stop.self) {
      try run.commitChunk(progressDone: 1, total: 2) { writer in
        try writer.log("loss", step: 1, value: 1)
        throw Stop()
      }
    }
    #expect(run.progressDone == 0)
    #expect(try tracker.run(uuid: run.uuid).progressDone == 0)
    let count = try tracker.read {
      try $0.rows("SELECT count(*) FROM metrics") { try $0.int(0) }
    }
    #expect(count == [0])
  }

  @Test("a failed run keeps its error and may be tried again as the same run")
  func failure() throws {
    let run = try fixture.begin(fixture.description())
    try run.fail("out of luck\nsecond line")
    let failed = try tracker.run(uuid: run.uuid)
    #expect(failed.state == .failed)
    #expect(failed.error == "out of luck second line")
    let again = try fixture.begin(fixture.description())
    #expect(again.uuid == run.uuid)
    #expect(try tracker.run(uuid: run.uuid).error == nil)
  }

  @Test("a run that a living process holds is busy")
  func busy() throws {
    _ = try fixture.begin(fixture.description())
    let error = try #require(throws: TrackerError.self) {
      _ = try tracker.begin(fixture.description())
    }
    guard case .runBusy = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("a run whose holder is dead is taken over, and the holder may write no more")
  func takeover() throws {
    let run = try fixture.begin(fixture.description())
    try run.commitChunk(progressDone: 4, total: 8) { _ in }
    // A process that is dead for certain stands for the holder.
    let ended = try start("true", [])
    _ = try ended.wait()
    try fixture.execute("UPDATE execution SET process_started = 'long ago'")
    let other = try Tracker(writing: fixture.path, environment: RunEnvironment(version: "other"))
    let successor = try fixture.begin(fixture.description(), on: other)
    #expect(successor.uuid == run.uuid)
    #expect(successor.progressDone == 4)
    let error = try #require(throws: TrackerError.self) {
      try run.commitChunk(progressDone: 8, total: 8) { try $0.log("loss", step: 1, value: 0) }
    }
    #expect(error == .leaseLost(run: run.uuid))
    #expect(throws: TrackerError.self) { try run.finish() }
    try successor.finish()
    let outcomes = try tracker.read {
      try $0.rows("SELECT outcome FROM executions ORDER BY number") { try $0.text(0) }
    }
    #expect(outcomes == ["lost", "finished"])
    #expect(try tracker.read { try $0.rows("SELECT 1 FROM metrics") { _ in 1 } }.isEmpty)
  }

  @Test("a holder on another host is dead once it has not been heard of for long")
  func lease() throws {
    _ = try fixture.begin(fixture.description())
    try fixture.execute("UPDATE execution SET host = 'elsewhere'")
    #expect(throws: TrackerError.self) { _ = try tracker.begin(fixture.description()) }
    try fixture.execute(
      "UPDATE execution SET heartbeat_uptime_ms = heartbeat_uptime_ms - 600000")
    _ = try fixture.begin(fixture.description())
  }

  @Test("the same content is stored once, and is gone with its last artifact")
  func blobs() throws {
    func count() throws -> [Int] {
      try tracker.read { try $0.rows("SELECT count(*) FROM blob") { try $0.int(0) } }
    }
    let (one, two) = (
      try fixture.begin(fixture.description(1)), try fixture.begin(fixture.description(2))
    )
    for run in [one, two] {
      try run.commitChunk(progressDone: 0, total: 1) {
        try $0.putArtifact("weights", bytes: [9, 9], mediaType: "x")
      }
    }
    #expect(try count() == [1])
    try one.commitChunk(progressDone: 0, total: 1) { try $0.removeArtifact("weights") }
    #expect(try count() == [1])
    try two.commitChunk(progressDone: 0, total: 1) {
      try $0.putArtifact("weights", bytes: [8], mediaType: "x")
    }
    #expect(try count() == [1])
    #expect(try two.artifact(named: "weights") == [8])
    #expect(try one.artifact(named: "weights") == nil)
  }

  @Test("an artifact that was tampered with is found out")
  func tampering() throws {
    let run = try fixture.begin(fixture.description())
    try run.commitChunk(progressDone: 0, total: 1) {
      try $0.putArtifact("weights", bytes: [1, 2, 3], mediaType: "x")
    }
    try fixture.execute("DROP TRIGGER blob_update")
    try fixture.execute("UPDATE blob SET content = x'010204'")
    #expect(throws: TrackerError.self) { _ = try run.artifact(named: "weights") }
  }

  @Test("a run is found by the beginning of its UUID, if that is one run's only")
  func prefixes() throws {
    let run = try fixture.begin(fixture.description())
    #expect(try tracker.run(matching: String(run.uuid.prefix(6))).uuid == run.uuid)
    #expect(try tracker.run(matching: run.uuid.uppercased()).uuid == run.uuid)
    for foreign in ["", "zz", "%", "0' OR 1=1"] {
      #expect(throws: TrackerError.unknownRun(foreign)) {
        _ = try tracker.run(matching: foreign)
      }
    }
    for epochs in 2..<40 { _ = try fixture.begin(fixture.description(Int64(epochs))) }
    let digits = Set(try tracker.runs().map { $0.uuid.prefix(1) })
    #expect(
      digits.contains { digit in
        (try? tracker.run(matching: String(digit))) == nil
      })
  }

  @Test("provenance is recorded with every execution")
  func provenance() throws {
    _ = try fixture.begin(fixture.description())
    let row = try tracker.read {
      try $0.query("SELECT * FROM executions").rows
    }
    #expect(row.count == 1)
    let names = try tracker.read { try $0.query("SELECT * FROM executions").columns }
    let values = Dictionary(uniqueKeysWithValues: zip(names, row[0]))
    #expect(values["process_id"] == .integer(Int64(ProcessInfo.processInfo.processIdentifier)))
    #expect(values["program_version"] == .text("test"))
    #expect(values["sqlite_version"] == .text(Connection.libraryVersion))
    #expect(values["command_line"]?.text?.hasPrefix("[\"") == true)
  }
}
