import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

let identity = Connection.Identity(applicationID: 77, name: "Test", newestVersion: 2)

@Suite struct ConnectionTests {
  let directory: TemporaryDirectory
  var path: String { directory.path("test.db") }

  init() throws {
    directory = try TemporaryDirectory()
  }

  func open(_ mode: Connection.Mode = .create, timeout: Double = 0.2) throws -> Connection {
    try Connection(path: path, mode: mode, patience: .limited(seconds: timeout))
  }

  func kind(_ body: () throws -> Void) -> SQLiteError.Kind? {
    do {
      try body()
      return nil
    } catch {
      return (error as? SQLiteError)?.kind
    }
  }

  @Test("values come back as they went in, and a NaN as NULL")
  func values() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t (v ANY) STRICT")
    let values: [SQLValue] = [
      .null, .integer(.min), .real(-0.5), .real(.infinity), .text("é\u{0}x"), .blob([0, 255]),
      .blob([]), .text(""),
    ]
    for value in values { try connection.execute("INSERT INTO t VALUES (?)", [value]) }
    try connection.execute("INSERT INTO t VALUES (?)", [.real(.nan)])
    let read = try connection.rows("SELECT v FROM t ORDER BY rowid") { $0.value(0) }
    #expect(read == values + [.null])
  }

  @Test("a value of another type is an error that names the column")
  func wrongTypes() throws {
    let connection = try open()
    for sql in ["SELECT 'x' AS c", "SELECT NULL AS c", "SELECT 1.5 AS c"] {
      let error = try #require(throws: SQLiteError.self) {
        _ = try connection.rows(sql) { try $0.int(0) }
      }
      #expect(error.kind == .wrongType)
      #expect(error.description.contains("column c"))
    }
    #expect(kind { _ = try connection.rows("SELECT 1") { try $0.text(0) } } == .wrongType)
    #expect(kind { _ = try connection.rows("SELECT 1") { try $0.blob(0) } } == .wrongType)
  }

  @Test("a wrong number of values, an unknown parameter and a second statement are refused")
  func misuse() throws {
    let connection = try open()
    #expect(kind { try connection.execute("SELECT ?, ?", [.null]) } == .misuse)
    #expect(kind { _ = try connection.query("SELECT :a", ["b": .null]) } == .misuse)
    // A parameter may begin with any of SQLite's marks.
    let marked = try connection.query(
      "SELECT :a, @b, $c, ?9", ["a": .integer(1), "b": .text("2"), "c": .real(3), "9": .null])
    #expect(marked.rows == [[.integer(1), .text("2"), .real(3), .null]])
    #expect(kind { try connection.execute("SELECT 1; SELECT 2") } == .misuse)
    #expect(kind { try connection.execute("-- nothing") } == .misuse)
    #expect(kind { try connection.execute("SELEKT 1") } == .misuse)
  }

  @Test("a transaction is wholly there or not there")
  func rollback() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO t VALUES (1)")
        throw Stop()
      }
    }
    try connection.transaction { try connection.execute("INSERT INTO t VALUES (2)") }
    #expect(try connection.rows("SELECT v FROM t") { try $0.int(0) } == [2])
  }

  @Test("a chunk of rows arrives as it is, and a failing row is named")
  func chunks() throws {
    let connection = try open()
    try connection.execute(
      "CREATE TABLE t (a INTEGER, b INTEGER UNIQUE, c REAL, d BLOB) STRICT")
    let count = 1000
    let bytes = (0..<count * 3).map { UInt8(truncatingIfNeeded: $0) }
    try connection.transaction {
      try connection.insertRows(
        "INSERT INTO t VALUES (?, ?, ?, ?)",
        [
          .constant(7), .integers((0..<count).map(Int64.init)),
          .reals((0..<count).map { $0 == 5 ? .nan : Double($0) / 2 }), .blobs(bytes, size: 3),
        ])
    }
    let rows = try connection.rows("SELECT a, b, c, d FROM t ORDER BY b") { row in
      (try row.int(0), try row.int(1), row.value(2), try row.blob(3))
    }
    #expect(rows.count == count)
    for (index, row) in rows.enumerated() {
      #expect(row.0 == 7 && row.1 == index)
      #expect(row.2 == (index == 5 ? .null : .real(Double(index) / 2)))
      #expect(row.3 == Array(bytes[index * 3..<index * 3 + 3]))
    }
    let error = try #require(throws: SQLiteError.self) {
      try connection.insertRows(
        "INSERT INTO t VALUES (?, ?, 0, x'')", [.constant(1), .integers([5000, 5001, 3, 5002])])
    }
    #expect(error.kind == .constraint)
    #expect(error.description.contains("row 2"))
  }

  @Test("a lock that is held too long is an error that says so, one that is released is waited for")
  func locks() throws {
    let holder = try open()
    try holder.execute("CREATE TABLE t (v INTEGER) STRICT")
    let waiter = try open(timeout: 0.2)
    try holder.transaction {
      #expect(kind { try waiter.transaction {} } == .busy)
    }
    let other = try OtherWriter(of: path, inserting: 1)
    try waitUntil("the other program's lock", of: other.program) {
      kind({ try waiter.transaction {} }) == .busy
    }
    // The other program ends its transaction once this one has begun to wait.
    let patient = try Connection(
      path: path, mode: .create, patience: .unlimited,
      isCancelled: {
        other.release()
        return false
      })
    try patient.transaction { try patient.execute("INSERT INTO t VALUES (2)") }
    #expect(other.isReleased)
    #expect(try other.program.wait().status == 0)
    #expect(try patient.rows("SELECT v FROM t") { try $0.int(0) } == [1, 2])
  }

  @Test("who finds a file without its log waits for who writes to it, before it gets one")
  func locksBeforeLog() throws {
    let made = try run("sqlite3", [path], input: "CREATE TABLE t (v INTEGER) STRICT;")
    #expect(made.status == 0)
    let other = try OtherWriter(of: path, inserting: 1)
    try waitUntil("the other program's lock", of: other.program) {
      FileManager.default.fileExists(atPath: path + "-journal")
    }
    #expect(kind { _ = try open() } == .busy)
    let cancelled = kind {
      _ = try Connection(
        path: path, mode: .create, patience: .unlimited, isCancelled: { true })
    }
    #expect(cancelled == .interrupted)
    let patient = try Connection(
      path: path, mode: .create, patience: .unlimited,
      isCancelled: {
        other.release()
        return false
      })
    #expect(other.isReleased)
    #expect(try other.program.wait().status == 0)
    #expect(try patient.rows("SELECT v FROM t") { try $0.int(0) } == [1])
    #expect(try patient.rows("PRAGMA journal_mode") { try $0.text(0) } == ["wal"])
  }

  @Test("a cancelled wait ends at once, as one that was interrupted")
  func cancelledWait() throws {
    let holder = try open()
    let impatient = try Connection(
      path: path, mode: .create, patience: .unlimited, isCancelled: { true })
    try holder.transaction { #expect(kind { try impatient.transaction {} } == .interrupted) }
  }

  @Test("a long wait is told of once, and goes on until the work is cancelled")
  func longWait() throws {
    let holder = try open()
    let notices = Mutex<[String]>([])
    let deadline = ContinuousClock.now + .seconds(4)
    let patient = try Connection(
      path: path, mode: .create, patience: .unlimited,
      isCancelled: { ContinuousClock.now > deadline },
      notice: { notice in notices.withLock { $0.append(notice) } })
    try holder.transaction { #expect(kind { try patient.transaction {} } == .interrupted) }
    let told = notices.withLock { $0 }
    #expect(told.count == 1)
    #expect(told.first?.contains(path) == true)
  }

  @Test("a full disk rolls back and says what to do")
  func full() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t (v BLOB) STRICT")
    try connection.execute("INSERT INTO t VALUES (x'00')")
    try connection.execute("PRAGMA max_page_count = 20")
    let error = try #require(throws: SQLiteError.self) {
      try connection.transaction {
        for _ in 0..<100 { try connection.execute("INSERT INTO t VALUES (zeroblob(4000))") }
      }
    }
    // Which disk is full cannot be told where neither is.
    #expect(error.kind == .full || error.kind == .temporaryFull)
    #expect(try connection.rows("SELECT count(*) FROM t") { try $0.int(0) } == [1])
  }

  @Test("queries of others may only read")
  func readOnlyQueries() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
    #expect(kind { _ = try connection.query("DELETE FROM t") } == .notAllowed)
    #expect(kind { _ = try connection.query("DROP TABLE t") } == .notAllowed)
    let reader = try open(.readOnly)
    #expect(kind { try reader.execute("INSERT INTO t VALUES (1)") } == .readOnly)
  }

  @Test("a copy made meanwhile is whole, has the permissions of the database, and replaces no file")
  func backup() throws {
    let connection = try open()
    try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
    try connection.execute("INSERT INTO t VALUES (42)")
    #expect(chmod(path, 0o600) == 0)
    try connection.backup(to: directory.path("copy.db"))
    #expect(kind { try connection.backup(to: directory.path("copy.db")) } == .exists)
    var status = stat()
    #expect(stat(directory.path("copy.db"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    let copy = try Connection(path: directory.path("copy.db"), mode: .readOnly)
    #expect(try copy.rows("SELECT v FROM t") { try $0.int(0) } == [42])
    #expect(try copy.rows("PRAGMA integrity_check") { try $0.text(0) } == ["ok"])
  }

  @Test("copying that is cancelled in its midst leaves nothing of the copy")
  func cancelledBackup() throws {
    try makeLong(open())
    let connection = try Connection(
      path: path, mode: .readWrite, isCancelled: { [directory] in directory.hasDraft })
    #expect(kind { try connection.backup(to: directory.path("copy.db")) } == .interrupted)
    #expect(!directory.hasDraft)
    #expect(!FileManager.default.fileExists(atPath: directory.path("copy.db")))
    // What is cancelled once can be done later.
    try open().backup(to: directory.path("copy.db"))
    let copy = try Connection(path: directory.path("copy.db"), mode: .readOnly)
    #expect(try copy.rows("SELECT length(v) FROM long") { try $0.int(0) } == [8_000_000])
  }
}

/// Makes a database that is copied in several pieces, of 1024 pages each.
func makeLong(_ connection: Connection) throws {
  try connection.execute("CREATE TABLE long (v BLOB) STRICT")
  try connection.execute("INSERT INTO long VALUES (zeroblob(8000000))")
  let pages = try connection.rows("PRAGMA page_count") { try $0.int(0) }
  #expect(pages[0] > 1024)
}

extension TemporaryDirectory {
  /// Whether a file is being made here, or was left behind half made.
  var hasDraft: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.contains { $0.contains(".draft-") }
  }
}
