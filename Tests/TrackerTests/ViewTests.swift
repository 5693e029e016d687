import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// The views that people and programs read.
///
/// A view keeps its columns, in order, and has new ones at the end. After such a change record the
/// list anew and read the difference:
///
///     ASSAY_RECORD_GOLDEN=1 swift test --disable-xctest --filter ViewTests
///     git diff Tests/Fixtures/schema
@Suite struct ViewTests {
  static let list = packageRoot.appending(path: "Tests/Fixtures/schema/views.txt")
  static let isRecording = ProcessInfo.processInfo.environment["ASSAY_RECORD_GOLDEN"] == "1"

  let directory: TemporaryDirectory
  let connection: Connection

  init() throws {
    directory = try TemporaryDirectory()
    connection = try Connection(path: directory.path("new.db"), mode: .create)
    try Migrator.migrate(connection, embeddedMigrations)
  }

  /// The columns of every view, by its name.
  func views(of connection: Connection) throws -> [String: [String]] {
    let names = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'view'") {
      try $0.text(0)
    }
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try connection.describe("SELECT * FROM \($0)").columns)
      })
  }

  @Test("Every view has the columns that are recorded, in order")
  func columns() throws {
    let lines = try views(of: connection).map { "\($0.key)(\($0.value.joined(separator: ", ")))" }
    let text = lines.sorted().joined(separator: "\n") + "\n"
    if Self.isRecording { try Data(text.utf8).write(to: Self.list) }
    let recorded = String(decoding: try Data(contentsOf: Self.list), as: UTF8.self)
    #expect(text.split(separator: "\n") == recorded.split(separator: "\n"))
  }

  @Test("A view keeps the columns of every version, in order", arguments: ReleasedDatabase.versions)
  func keptColumns(version: Int) throws {
    let old = try Connection(path: directory.path("old.db"), mode: .create)
    try Migrator.migrate(old, Array(embeddedMigrations.prefix(version)))
    // Nobody could read this view of version 5; version 6 mended it.
    if version == 5 { try old.execute("DROP VIEW trial_values") }
    let now = try views(of: connection)
    for (view, columns) in try views(of: old) {
      #expect(Array(now[view, default: []].prefix(columns.count)) == columns, "\(view)")
    }
  }

  @Test("Two views that share a key agree about what it names")
  func keys() throws {
    let path = directory.path("populated.db")
    try ReleasedDatabase.make(version: ReleasedDatabase.versions.upperBound, at: path)
    let populated = try Connection(path: path, mode: .readWrite)
    try Migrator.migrate(populated, embeddedMigrations)
    let owners = [
      "run": "runs", "model": "training_runs", "adversarial_set": "adversarial_sets",
      "measurement": "measurements", "sweep_name": "sweeps", "measure": "measures",
    ]
    for (view, columns) in try views(of: populated) {
      for (key, owner) in owners where columns.contains(key) {
        let strangers = try populated.query(
          """
          SELECT \(key) FROM \(view)
          WHERE \(key) IS NOT NULL AND \(key) NOT IN (SELECT \(key) FROM \(owner))
          """)
        #expect(strangers.rows.isEmpty, "\(view).\(key)")
      }
    }
  }
}
