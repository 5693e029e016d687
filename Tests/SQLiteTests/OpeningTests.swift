import CSQLite
import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct OpeningTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The kind of error that opening a file gives, after checking that its bytes stay as they are.
  func refusal(_ path: String, _ mode: Connection.Mode = .create) throws -> SQLiteError {
    let before = try? Data(contentsOf: URL(fileURLWithPath: path))
    let error = try #require(throws: SQLiteError.self) {
      _ = try Connection(path: path, mode: mode, identity: identity)
    }
    #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == before)
    #expect(!error.description.contains("\n"))
    return error
  }

  func database(_ statements: String) throws -> String {
    let path = directory.path("made.db")
    let made = try run("sqlite3", [path], input: statements)
    #expect(made.status == 0)
    return path
  }

  @Test("connections do not count memory together, which threads would wait for")
  func memoryCount() throws {
    let connection = try Connection(path: directory.path("new.db"), mode: .create)
    try connection.execute("CREATE TABLE t (v)")
    #expect(sqlite3_memory_used() == 0)
  }

  @Test("a missing file is refused to readers, a missing directory to all")
  func missing() throws {
    #expect(try refusal(directory.path("none.db"), .readOnly).kind == .missing)
    #expect(try refusal(directory.path("none/none.db")).kind == .cannotOpen)
    #expect(!FileManager.default.fileExists(atPath: directory.path("none.db")))
  }

  @Test("a directory and a file that is no database are refused")
  func notADatabase() throws {
    #expect(try refusal(directory.url.path).kind == .cannotOpen)
    let path = directory.path("notes.txt")
    try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
    #expect(try refusal(path).kind == .notADatabase)
  }

  @Test("another application's database is refused")
  func foreign() throws {
    let path = try database("PRAGMA application_id = 5; CREATE TABLE t (v);")
    #expect(try refusal(path).kind == .foreignApplication)
  }

  @Test("a database without a number of its own, but with tables, is refused too")
  func anonymous() throws {
    #expect(try refusal(try database("CREATE TABLE t (v);")).kind == .foreignApplication)
  }

  @Test("a database of a newer version is refused")
  func newer() throws {
    let path = try database(
      "PRAGMA application_id = 77; CREATE TABLE t (v); PRAGMA user_version = 3;")
    let error = try refusal(path)
    #expect(error.kind == .newerVersion)
    #expect(error.description.contains("3"))
  }

  @Test("a truncated database is found out")
  func truncated() throws {
    let path = try database(
      """
      PRAGMA application_id = 77; CREATE TABLE t (v); PRAGMA user_version = 1;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)
      INSERT INTO t SELECT hex(randomblob(50)) FROM n;
      """)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: SQLiteError.self) {
      let connection = try Connection(path: path, mode: .create, identity: identity)
      _ = try connection.rows("SELECT count(v) FROM t") { try $0.int(0) }
    }
    #expect(error.kind == .corrupt)
  }

  @Test("an empty file was cut short, and is refused")
  func empty() throws {
    let path = directory.path("empty.db")
    try Data().write(to: URL(fileURLWithPath: path))
    for mode in [Connection.Mode.create, .readWrite, .readOnly] {
      #expect(try refusal(path, mode).kind == .emptyFile)
    }
  }

  @Test("a new file is the application's at once, in write-ahead mode with foreign keys on")
  func new() throws {
    let connection = try Connection(
      path: directory.path("new.db"), mode: .create, identity: identity)
    #expect(try connection.rows("PRAGMA application_id") { try $0.int(0) } == [77])
    #expect(try connection.rows("PRAGMA journal_mode") { try $0.text(0) } == ["wal"])
    #expect(try connection.rows("PRAGMA foreign_keys") { try $0.int(0) } == [1])
  }
}
