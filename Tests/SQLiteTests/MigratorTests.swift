import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct MigratorTests {
  let directory: TemporaryDirectory
  let first = Migration(
    version: 1, name: "migrations/0001_a.sql",
    sql:
      "PRAGMA application_id = 77;\nCREATE TABLE a (v INTEGER) STRICT;\nPRAGMA user_version = 1;\n")
  let second = Migration(
    version: 2, name: "migrations/0002_b.sql",
    sql: "CREATE TABLE b (v INTEGER) STRICT;\n\nPRAGMA user_version = 2;\n-- The end.\n")

  init() throws {
    directory = try TemporaryDirectory()
  }

  func open() throws -> Connection {
    try Connection(path: directory.path("test.db"), mode: .create, identity: identity)
  }

  @Test("steps are applied once, and a database with data is copied first")
  func steps() throws {
    let connection = try open()
    try Migrator.migrate(connection, [first])
    try connection.execute("INSERT INTO a VALUES (1)")
    var notices: [String] = []
    try Migrator.migrate(connection, [first, second]) { notices.append($0) }
    #expect(try connection.userVersion == 2)
    #expect(notices.count == 1)
    let copy = try Connection(path: directory.path("test.db.v1-backup"), mode: .readOnly)
    #expect(try copy.userVersion == 1)
    #expect(try copy.rows("SELECT v FROM a") { try $0.int(0) } == [1])
    try Migrator.migrate(connection, [first, second]) { notices.append($0) }
    #expect(notices.count == 1)
  }

  @Test("a failing step leaves nothing behind and is named with its line")
  func failing() throws {
    let broken = Migration(
      version: 2, name: "migrations/0002_broken.sql",
      sql:
        "CREATE TABLE b (v INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\nPRAGMA user_version = 2;"
    )
    let connection = try open()
    try Migrator.migrate(connection, [first])
    let error = try #require(throws: SQLiteError.self) {
      try Migrator.migrate(connection, [first, broken])
    }
    #expect(error.description.contains("migrations/0002_broken.sql"))
    #expect(try connection.userVersion == 1)
    let tables = try connection.rows("SELECT name FROM sqlite_schema") { try $0.text(0) }
    #expect(tables == ["a"])
  }

  @Test("a step that does not set its version is rolled back")
  func forgetful() throws {
    let forgetful = Migration(version: 2, name: "2", sql: "CREATE TABLE b (v INTEGER) STRICT;")
    let connection = try open()
    try Migrator.migrate(connection, [first])
    #expect(throws: SQLiteError.self) { try Migrator.migrate(connection, [first, forgetful]) }
    let tables = try connection.rows("SELECT name FROM sqlite_schema") { try $0.text(0) }
    #expect(tables == ["a"])
  }

  @Test("cancelled while the database is copied, it leaves the old version and no copy")
  func cancelledCopy() throws {
    let path = directory.path("test.db")
    do {
      let connection = try open()
      try Migrator.migrate(connection, [first])
      try makeLong(connection)
    }
    let connection = try Connection(
      path: path, mode: .readWrite, identity: identity,
      isCancelled: { [directory] in directory.hasDraft })
    var notices: [String] = []
    let error = try #require(throws: SQLiteError.self) {
      try Migrator.migrate(connection, [first, second]) { notices.append($0) }
    }
    #expect(error.kind == .interrupted)
    #expect(notices == [])
    #expect(!directory.hasDraft)
    #expect(!FileManager.default.fileExists(atPath: path + ".v1-backup"))
    #expect(try connection.userVersion == 1)
    let tables = try connection.rows("SELECT name FROM sqlite_schema") { try $0.text(0) }
    #expect(tables == ["a", "long"])
    try Migrator.migrate(try open(), [first, second])
    #expect(try connection.userVersion == 2)
    #expect(FileManager.default.fileExists(atPath: path + ".v1-backup"))
  }
}
