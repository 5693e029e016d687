import Foundation
import SQLite
import TestSupport
import Testing

/// What killed writers leave beside a file, the application's own and others'.
@Suite struct JournalTests {
  let directory: TemporaryDirectory
  var path: String { directory.path("file.db") }

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The files of a database, by the ends of their names.
  static let parts = ["", "-wal", "-shm", "-journal"]

  func contents(of path: String) -> [String: Data] {
    let files = Self.parts.compactMap { part in
      (try? Data(contentsOf: URL(fileURLWithPath: path + part))).map { (part, $0) }
    }
    return Dictionary(uniqueKeysWithValues: files)
  }

  /// Makes a database and kills its writer: with a log, or in the middle of a change.
  func killedWriter(_ name: String, _ settings: String, hasRollback: Bool = false) throws -> String
  {
    let path = directory.path(name)
    let unfinished = """
      PRAGMA cache_size = 2; PRAGMA cache_spill = 2; BEGIN IMMEDIATE; DELETE FROM t;
      INSERT INTO t SELECT zeroblob(3000) FROM n LIMIT 200;
      """
    _ = try run(
      "sqlite3", [path],
      input: """
        PRAGMA journal_mode = \(hasRollback ? "DELETE" : "WAL"); PRAGMA wal_autocheckpoint = 0;
        \(settings)
        CREATE TABLE t (v); CREATE VIEW n AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT i FROM n;
        INSERT INTO t SELECT i FROM n LIMIT 50;
        \(hasRollback ? unfinished : "")
        .shell kill -9 $PPID

        """)
    let left = contents(of: path)[hasRollback ? "-journal" : "-wal"]
    #expect((left?.count ?? 0) > 0, "the writer left no journal")
    return path
  }

  static let own = "PRAGMA application_id = 77; PRAGMA user_version = 1;"
  static let strangers = [
    "PRAGMA application_id = 5;", "", "PRAGMA application_id = 77; PRAGMA user_version = 3;",
  ]

  /// What becomes of a file that is in use.
  enum Removal: CaseIterable {
    case movedAway, deleted, deletedWithLog, replaced

    func perform(on path: String) throws {
      let files = FileManager.default
      switch self {
      case .movedAway: try files.moveItem(atPath: path, toPath: path + ".old")
      case .deleted: try files.removeItem(atPath: path)
      case .deletedWithLog:
        for part in JournalTests.parts where files.fileExists(atPath: path + part) {
          try files.removeItem(atPath: path + part)
        }
      case .replaced:
        try Removal.deletedWithLog.perform(on: path)
        _ = try run(
          "sqlite3", [path], input: "PRAGMA journal_mode = WAL; CREATE TABLE other (v);\n")
      }
    }
  }

  @Test(
    "a change of a file that is not beside its log any more is refused, for it would be lost",
    arguments: Removal.allCases)
  func removedFile(removal: Removal) throws {
    let connection = try Connection(path: path, mode: .create, identity: identity)
    try connection.execute("CREATE TABLE t (v)")
    try connection.transaction { try connection.execute("INSERT INTO t VALUES (1)") }
    try removal.perform(on: path)
    let error = try #require(throws: SQLiteError.self) {
      try connection.transaction { try connection.execute("INSERT INTO t VALUES (2)") }
    }
    #expect(error.kind == .moved)
    #expect(error.description == "\(path) was moved or deleted while it was in use")
    #expect(try connection.rows("SELECT v FROM t") { try $0.int(0) } == [1])
    guard removal == .movedAway else { return }
    try FileManager.default.moveItem(atPath: path + ".old", toPath: path)
    try connection.transaction { try connection.execute("INSERT INTO t VALUES (3)") }
    let reader = try Connection(path: path, mode: .readOnly, identity: identity)
    #expect(try reader.rows("SELECT v FROM t") { try $0.int(0) } == [1, 3])
  }

  @Test("a file that is moved with its directory keeps its log, and what is written is there")
  func movedDirectory() throws {
    let (before, after) = (directory.url.appending(path: "a"), directory.url.appending(path: "b"))
    try FileManager.default.createDirectory(at: before, withIntermediateDirectories: false)
    var connection: Connection? = try Connection(
      path: before.appending(path: "file.db").path, mode: .create, identity: identity)
    try connection?.execute("CREATE TABLE t (v)")
    try FileManager.default.moveItem(at: before, to: after)
    try connection?.transaction { try connection?.execute("INSERT INTO t VALUES (1)") }
    connection = nil
    let reader = try Connection(
      path: after.appending(path: "file.db").path, mode: .readOnly, identity: identity)
    #expect(try reader.rows("SELECT v FROM t") { try $0.int(0) } == [1])
  }

  @Test(
    "another application's log or journal beside the file stays as it is, and so does the file",
    arguments: strangers, [false, true])
  func foreignJournal(settings: String, hasRollback: Bool) throws {
    _ = try Connection(path: path, mode: .create, identity: identity)
    let stranger = try killedWriter("other.db", settings, hasRollback: hasRollback)
    let part = hasRollback ? "-journal" : "-wal"
    try FileManager.default.moveItem(atPath: stranger + part, toPath: path + part)
    let before = contents(of: path)
    for mode in [Connection.Mode.create, .readWrite, .readOnly] {
      let error = #expect(throws: SQLiteError.self) {
        _ = try Connection(path: path, mode: mode, identity: identity)
      }
      #expect(error?.kind == (settings.contains("77") ? .newerVersion : .foreignApplication))
      #expect(contents(of: path) == before)
    }
  }

  @Test(
    "another application's database stays as it is with its journals", arguments: strangers,
    [false, true])
  func foreignFile(settings: String, hasRollback: Bool) throws {
    let stranger = try killedWriter("other.db", settings, hasRollback: hasRollback)
    let before = contents(of: stranger)
    for mode in [Connection.Mode.create, .readWrite, .readOnly] {
      #expect(throws: SQLiteError.self) {
        _ = try Connection(path: stranger, mode: mode, identity: identity)
      }
      #expect(contents(of: stranger) == before)
    }
  }

  @Test(
    "the application's own are taken up or rolled back, also by readers who may write",
    arguments: [Connection.Mode.readOnly, .readWrite], [false, true])
  func own(mode: Connection.Mode, hasRollback: Bool) throws {
    let path = try killedWriter("own.db", Self.own, hasRollback: hasRollback)
    do {
      let connection = try Connection(path: path, mode: mode, identity: identity)
      #expect(try connection.rows("SELECT count(*) FROM t") { try $0.int(0) } == [50])
    }
    #expect(contents(of: path).keys.sorted() == [""])
  }

  @Test("nothing is begun beside the journals of a file that is gone", arguments: [false, true])
  func orphans(hasRollback: Bool) throws {
    let path = try killedWriter("own.db", Self.own, hasRollback: hasRollback)
    try FileManager.default.moveItem(atPath: path, toPath: directory.path("moved.db"))
    let before = contents(of: path)
    let error = #expect(throws: SQLiteError.self) {
      _ = try Connection(path: path, mode: .create, identity: identity)
    }
    #expect(error?.kind == .interruptedChange)
    #expect(contents(of: path) == before)
  }

  @Test("no database gets the name of another one's journal", arguments: parts.dropFirst())
  func journalNames(part: String) throws {
    let connection = try Connection(path: path, mode: .create, identity: identity)
    let creation = #expect(throws: SQLiteError.self) {
      _ = try Connection(
        path: directory.path("none.db" + part), mode: .create, identity: identity)
    }
    #expect(creation?.kind == .journalName)
    let copy = directory.path("copy.db" + part)
    let backup = #expect(throws: SQLiteError.self) { try connection.backup(to: copy) }
    #expect(backup?.kind == .journalName)
    #expect(!FileManager.default.fileExists(atPath: copy))
  }

  @Test(
    "a database by the name of another one's journal is not opened", arguments: parts.dropFirst())
  func databaseAsJournal(part: String) throws {
    let named = directory.path("alone" + part)
    do {
      _ = try Connection(path: directory.path("new.db"), mode: .create, identity: identity)
    }
    try FileManager.default.moveItem(atPath: directory.path("new.db"), toPath: named)
    // Nothing else is there whose journal it could be.
    _ = try Connection(path: named, mode: .readOnly, identity: identity)
    try Data().write(to: URL(fileURLWithPath: directory.path("alone")))
    let before = try Data(contentsOf: URL(fileURLWithPath: named))
    for mode in [Connection.Mode.create, .readWrite, .readOnly, .untouched] {
      let error = #expect(throws: SQLiteError.self) {
        _ = try Connection(path: named, mode: mode, identity: identity)
      }
      #expect(error?.kind == .journalName)
      #expect(error?.description.contains("journal of \(directory.path("alone"))") == true)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: named)) == before)
  }
}
