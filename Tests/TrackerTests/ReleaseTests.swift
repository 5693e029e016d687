import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// Databases of released versions, brought to the newest schema.
@Suite struct ReleaseTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func make(version: Int, as name: String = "old.db") throws -> String {
    let path = directory.path(name)
    try ReleasedDatabase.make(version: version, at: path)
    return path
  }

  private func open(_ path: String) throws -> Connection {
    try Connection(path: path, mode: .readWrite)
  }

  /// The rows of every table, by table.
  private func counts(_ connection: Connection) throws -> [String: Int] {
    let tables = try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ) { try $0.text(0) }
    return try Dictionary(
      uniqueKeysWithValues: tables.map { table in
        (table, try connection.rows("SELECT count(*) FROM \(table)") { try $0.int(0) }[0])
      })
  }

  /// What every view shows, by view, in an order of this test's own; of views of later versions
  /// nothing.
  private func shown(
    _ columns: [String: [String]], by connection: Connection
  ) throws -> [String: [[SQLValue]]] {
    try Dictionary(
      uniqueKeysWithValues: columns.map { view, columns in
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return (view, try connection.query("SELECT \(list) FROM \(view) ORDER BY \(list)").rows)
      })
  }

  /// Takes what version 17 takes: that deleted scores count, and digests that say so.
  private func leaveOutDeletedScores(_ connection: Connection) throws {
    let before = try counts(connection)
    let deleted = "run_id IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')"
    for (table, condition) in [
      ("scored_measure", deleted), ("recorded_voter", deleted), ("row_digest", "part = 'scores'"),
    ] {
      try connection.execute("DELETE FROM \(table) WHERE \(condition)")
      let now = try counts(connection)
      #expect(now[table, default: 0] < before[table, default: 0], "\(table)")
    }
  }

  @Test("the list of released steps names every file of migrations/, with its checksum")
  func checksums() throws {
    let folder = packageRoot.appending(path: "migrations")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }
    let list = try String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
    let names = list.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    #expect(names.map(String.init).sorted() == files.sorted())
    let check = ["--check", "--strict", "--quiet", "SHA256SUMS"]
    let checked = try run("sha256sum", check, in: folder)
    #expect(checked.status == 0, "\(checked.output)\(checked.error)")
  }

  @Test(
    "a populated file of every released version keeps all rows, and the shell leaves the same file",
    arguments: ReleasedDatabase.versions)
  func everyVersion(version: Int) throws {
    let path = try make(version: version)
    let shells = directory.path("shell.db")
    try FileManager.default.copyItem(atPath: path, toPath: shells)
    let connection = try open(path)
    let kept = try open(make(version: version, as: "kept.db"))
    if (13..<17).contains(version) { try leaveOutDeletedScores(kept) }
    let before = try counts(kept)
    let empty = before.filter { $0.value == 0 }.keys.sorted()
    #expect(empty == [], "Tests/Fixtures/releases has no rows of these tables to be lost")
    // No program before version 6 wrote sweeps, whose tables that version made anew.
    let isSweeps = { (name: String) in
      version < 6 && (name.hasPrefix("sweep") || name.hasPrefix("trial"))
    }
    // Steps add numbers that papers published.
    let isAddedTo = { (name: String) in name.hasPrefix("published_value") }
    let views = try kept.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'view'"
    ) { try $0.text(0) }.filter { !isSweeps($0) && !isAddedTo($0) }
    // Durations were negative where the clock was set back, and what tables call a set is made anew.
    let remade = ["duration_seconds", "label"]
    let columns = try Dictionary(
      uniqueKeysWithValues: views.map {
        ($0, try kept.describe("SELECT * FROM \($0)").columns.filter { !remade.contains($0) })
      })
    let seen = try shown(columns, by: kept)

    try Migrator.migrate(connection, embeddedMigrations)
    let after = try counts(connection)
    for (table, count) in before where !isSweeps(table) {
      let now = after[table] ?? 0
      #expect(isAddedTo(table) ? now >= count : now == count, "\(table)")
    }
    #expect(try shown(columns, by: connection) == seen)
    #expect(try connection.rows("PRAGMA foreign_key_check") { try $0.text(0) } == [])
    let shortest = try connection.query("SELECT min(duration_seconds) FROM runs").rows
    #expect(shortest == [[.real(0)]])

    try ReleasedDatabase.applySteps(to: shells)
    #expect(try ReleasedDatabase.dump(path) == ReleasedDatabase.dump(shells))
  }

  @Test("a step that makes anew a table to which others refer deletes nothing")
  func rebuild() throws {
    let path = try make(version: 9)
    let connection = try open(path)
    let before = try counts(connection)
    try Migrator.migrate(connection, embeddedMigrations)
    let next = Migration(
      version: embeddedMigrations.count + 1, name: "next",
      sql: """
        CREATE TEMP TABLE kept AS SELECT * FROM measurement;
        DROP TABLE measurement;
        CREATE TABLE measurement (
          run_id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
          model_id INTEGER NOT NULL REFERENCES training_run (run_id),
          selection_id INTEGER NOT NULL REFERENCES image_selection (run_id),
          adversarial_set_id INTEGER REFERENCES adversarial_set (run_id),
          clean_measurement_id INTEGER REFERENCES measurement (run_id),
          passes INTEGER, crop_side INTEGER, image_count INTEGER, is_paired INTEGER
        ) STRICT;
        INSERT INTO measurement SELECT * FROM kept;
        DROP TABLE kept;
        PRAGMA user_version = \(embeddedMigrations.count + 1);
        """)
    try Migrator.migrate(connection, embeddedMigrations + [next])
    let after = try counts(connection)
    for (table, count) in before { #expect(after[table] == count, "\(table)") }
    #expect(before["image_uncertainty"] == 600)
    // Foreign keys are watched again.
    #expect(throws: SQLiteError.self) {
      try connection.execute("UPDATE image_uncertainty SET measurement_id = 999")
    }
  }

  @Test("a step that leaves rows without what they refer to changes nothing, and keys are watched")
  func dangling() throws {
    let path = try make(version: 9)
    let connection = try open(path)
    try Migrator.migrate(connection, embeddedMigrations)
    let newest = embeddedMigrations.count
    let next = Migration(
      version: newest + 1, name: "next",
      sql: "DELETE FROM measurement; PRAGMA user_version = \(newest + 1);")
    let error = try #require(throws: SQLiteError.self) {
      try Migrator.migrate(connection, embeddedMigrations + [next])
    }
    #expect(error.kind == .constraint)
    #expect(error.description.contains("next"))
    #expect(try connection.userVersion == newest)
    #expect(try counts(connection)["measurement"] == 2)
    #expect(throws: SQLiteError.self) { try connection.execute("DELETE FROM measurement") }
  }

  @Test("a file whose rows refer to nothing already is damaged, and stays as it is")
  func damaged() throws {
    let path = try make(version: 6)
    let connection = try open(path)
    try connection.execute("PRAGMA foreign_keys = OFF")
    try connection.execute("DELETE FROM image_selection")
    try connection.execute("PRAGMA foreign_keys = ON")
    let before = try ReleasedDatabase.dump(path)
    let error = try #require(throws: SQLiteError.self) {
      try Migrator.migrate(connection, embeddedMigrations)
    }
    #expect(error.kind == .corrupt)
    #expect(try ReleasedDatabase.dump(path) == before)
    #expect(throws: ReleasedDatabase.Failure.self) { try ReleasedDatabase.applySteps(to: path) }
  }

  @Test("a copy never replaces an older one")
  func copies() throws {
    let path = try make(version: 6)
    let kept = path + ".v6-backup"
    try Data("an older copy".utf8).write(to: URL(fileURLWithPath: kept))
    let before = try ReleasedDatabase.dump(path)
    var notices: [String] = []
    try Migrator.migrate(try open(path), embeddedMigrations) { notices.append($0) }
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "an older copy")
    #expect(try ReleasedDatabase.dump(path + ".v6-backup-2") == before)
    #expect(notices.count == 1)
    #expect(notices.first?.contains("\(path).v6-backup-2 ") == true)
  }

  @Test("a full disk leaves the old file")
  func full() throws {
    let path = try make(version: 6)
    let before = try ReleasedDatabase.dump(path)
    let connection = try open(path)
    let pages = try connection.rows("PRAGMA page_count") { try $0.int(0) }
    try connection.execute("PRAGMA max_page_count = \(pages[0] + 2)")
    let error = try #require(throws: SQLiteError.self) {
      try Migrator.migrate(connection, embeddedMigrations)
    }
    #expect(error.kind == .full)
    #expect(try ReleasedDatabase.dump(path) == before)
  }
}
