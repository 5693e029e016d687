import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// Rows that a disk changed behind everybody's back.
@Suite struct SilentDamageTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("assay.db")
    try ReleasedDatabase.make(version: 9, at: path)
  }

  private func open() throws -> Tracker {
    try Tracker(writing: path, environment: RunEnvironment(version: "test"))
  }

  /// Finished rows of the fixture, whatever byte of them changes.
  private static let tables = [
    "image_uncertainty", "adversarial_image", "adversarial_pixels", "measurement",
    "adversarial_set", "training_run", "threshold_result", "measure_result", "selected_image",
    "image_selection", "parameter", "lineage WHERE run_id <> 3", "run WHERE state = 'finished'",
  ]

  @Test("a flipped byte is found whenever it changes a finished row or makes it unreadable")
  func flips() throws {
    do {
      let tracker = try open()
      try Connection(path: path, mode: .readWrite).execute("DELETE FROM dropped_pixels")
      #expect(try tracker.takeMissingDigests() > 10)
      #expect(try tracker.information().damage == [])
    }
    let names = Self.tables.map { "'\($0.split(separator: " ")[0])'" }.joined(separator: ",")
    let listed = try run(
      "sqlite3", [path], input: "SELECT pageno FROM dbstat WHERE name IN (\(names));")
    let pages = listed.output.split(separator: "\n").compactMap { Int($0) }
    #expect(pages.count > 20)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let before = try shown(path)
    var random = SeededGenerator.ofTests("which bytes are flipped")
    var changed = 0
    for _ in 0..<40 {
      let page = try #require(pages.randomElement(using: &random))
      let place = 4096 * (page - 1) + Int.random(in: 0..<4096, using: &random)
      var bytes = whole
      bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      let flipped = directory.path("flipped.db")
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: flipped + suffix)
      }
      try bytes.write(to: URL(fileURLWithPath: flipped))
      guard try shown(flipped) != before else { continue }
      changed += 1
      let damage = try? Tracker(reading: flipped).information().damage
      #expect(damage != [], "the byte at \(place) of page \(page)")
    }
    #expect(changed > 10)
  }

  /// The digest of what the shell shows of the tables and says of them.
  private func shown(_ path: String) throws -> String {
    let script = ".mode quote\n" + Self.tables.map { "SELECT * FROM \($0);\n" }.joined()
    // A digest, since what a flipped byte leaves of a text may be none.
    return try run("sh", ["-c", "sqlite3 \"$0\" 2>&1 | sha256sum", path], input: script).output
  }

  @Test(
    "digests are taken when a run and a trial end, and only the digests of what is asked for are compared"
  )
  func taken() throws {
    let fixture = try TrackerFixture()
    let run = try fixture.begin(fixture.description())
    try run.finish { writer in
      try writer.log("loss", step: 1, value: .nan)
      try writer.putArtifact("weights", bytes: [1, 2], mediaType: "x")
    }
    let other = try fixture.begin(fixture.description(2))
    try other.finish()
    let tracker = fixture.tracker
    let sound = try tracker.checkDigests()
    #expect(sound.damaged == [])
    #expect(sound.comparedCount == 3)
    #expect(sound.unknownRuns == 0)
    try fixture.execute("DROP TRIGGER metric_update")
    try fixture.execute("UPDATE metric SET value = 0")
    let name = "the record of run \(run.uuid.prefix(8)) (train)"
    #expect(try tracker.checkDigests().damaged == [name])
    #expect(try tracker.checkDigests(of: [run.uuid]).damaged == [name])
    #expect(try tracker.checkDigests(of: [other.uuid]).damaged == [])
  }

  @Test("what a policy drops, and what is taken back, is no damage")
  func dropped() throws {
    let tracker = try open()
    try tracker.takeMissingDigests()
    let model = try tracker.run(uuid: "0000000b-0000-4000-8000-000000000000")
    try tracker.amend(model) { try $0.dropArtifact("weights") }
    #expect(try tracker.checkDigests().damaged == [])
    try tracker.amend(model) {
      try $0.restoreArtifact("weights", bytes: [255], mediaType: "application/octet-stream")
    }
    #expect(try tracker.checkDigests().damaged == [])
    // The fixture's pixels count as dropped; nothing is missed.
    let set = try tracker.run(uuid: "0000000e-0000-4000-8000-000000000000")
    try tracker.amend(set) {
      try $0.execute("DELETE FROM adversarial_pixels WHERE adversarial_set_id = ?", [.integer(14)])
    }
    #expect(try tracker.checkDigests().damaged == [])
  }

  @Test("runs of an older version have no digest until they are asked for")
  func unknown() throws {
    let tracker = try open()
    let before = try tracker.checkDigests()
    #expect(before.unknownRuns == 10)
    try tracker.takeMissingDigests()
    #expect(try tracker.checkDigests().unknownRuns == 0)
    #expect(try tracker.takeMissingDigests() == 0)
  }
}

/// Files that claim to be the tracker's and are not as it made them.
@Suite struct ForeignSchemaTests {
  let fixture: TrackerFixture

  init() throws {
    fixture = try TrackerFixture()
  }

  @Test(
    "what a file lacks is named, by whoever looks it over and by whoever needs it",
    arguments: [
      ("DROP TABLE lineage", "it lacks the table lineage"),
      ("ALTER TABLE lineage RENAME COLUMN role TO part", "the table lineage lacks the column role"),
    ])
  func lacking(sql: String, problem: String) throws {
    // Views that name what goes would keep it.
    for view in [
      "lineages", "study_runs", "study_results", "study_measurements", "table_numbers", "studies",
    ] {
      try fixture.execute("DROP VIEW \(view)")
    }
    try fixture.execute(sql)
    #expect(try fixture.tracker.information().damage.contains(problem))
    let error = TrackerError.damagedRecord(problem)
    let run = try fixture.begin(fixture.description())
    #expect(throws: error) { try run.finish() }
    #expect(throws: error) {
      try fixture.tracker.parents(of: fixture.tracker.run(uuid: run.uuid))
    }
  }

  @Test(
    "a view, a trigger and a published number that somebody changed are found",
    arguments: [
      ("DROP VIEW artifacts", "it lacks the view artifacts"),
      ("DROP TRIGGER metric_update", "it lacks the trigger metric_update"),
      (
        "DROP TRIGGER published_result_is_final; UPDATE published_result SET value = 1",
        "the published numbers are others"
      ),
    ])
  func changed(sql: String, problem: String) throws {
    for statement in sql.split(separator: ";") { try fixture.execute(String(statement)) }
    #expect(try fixture.tracker.information().damage.contains(problem))
  }

  @Test("a file that claims to be new and has tables already is damaged")
  func claiming() throws {
    let path = fixture.directory.path("claiming.db")
    let script = "PRAGMA application_id = 1095979865; CREATE TABLE run (x);"
    #expect(try run("sqlite3", [path], input: script).status == 0)
    let error = try #require(throws: TrackerError.self) {
      _ = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
    }
    #expect("\(error)".contains("table run already exists"))
  }

  @Test("what a user adds is no damage")
  func added() throws {
    try fixture.execute("CREATE TABLE own (x)")
    try fixture.execute("CREATE VIEW mine AS SELECT run FROM runs")
    #expect(try fixture.tracker.information().damage == [])
  }
}
