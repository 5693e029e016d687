import SQLite
import Synchronization
import TestSupport
import Testing

@Suite struct QueryCursorTests {
  let directory: TemporaryDirectory
  let connection: Connection

  init() throws {
    directory = try TemporaryDirectory()
    connection = try Connection(path: directory.path("file.db"), mode: .create)
    try connection.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT)")
    try connection.execute("INSERT INTO word (text) VALUES ('one'), ('two'), ('three')")
  }

  @Test(
    "whatever does more than read is refused, and says what it would have done",
    arguments: [
      ("INSERT INTO word (text) VALUES ('x')", "insert rows"),
      ("UPDATE word SET text = 'x'", "update rows"),
      ("DELETE FROM word", "delete rows"),
      ("WITH one AS (SELECT 1) DELETE FROM word", "delete rows"),
      ("CREATE TABLE other (id INTEGER)", "create a table"),
      ("CREATE TEMP TABLE other (id INTEGER)", "create a table"),
      ("DROP TABLE word", "drop a table"),
      ("ATTACH 'other.db' AS other", "attach a file"),
      ("BEGIN IMMEDIATE", "begin or end a transaction"),
      ("PRAGMA journal_mode = DELETE", "use PRAGMA journal_mode"),
      ("PRAGMA wal_checkpoint", "use PRAGMA wal_checkpoint"),
      ("UPDATE sqlite_master SET sql = ''", "change the database"),
      ("VACUUM INTO 'copy.db'", "a query may only read"),
      ("SELECT load_extension('x')", "a query may only read"),
    ])
  func refused(sql: String, deed: String) throws {
    let error = #expect(throws: SQLiteError.self) { _ = try connection.cursor(sql) }
    #expect(error?.kind == .notAllowed || error?.kind == .wrongQuery)
    if error?.kind == .notAllowed { #expect(error?.description.contains(deed) == true) }
    let count = try connection.one("SELECT count(*) FROM word") { row throws(SQLiteError) in
      try row.int(0)
    }
    #expect(count == 3)
  }

  @Test("reading in all its forms is allowed")
  func allowed() throws {
    for (sql, count) in [
      ("SELECT * FROM word", 3), ("VALUES (1), (2)", 2), ("PRAGMA table_info(word)", 2),
      ("SELECT value FROM json_each('[1, 2, 3, 4]')", 4),
      ("SELECT name FROM pragma_table_info('word')", 2), ("PRAGMA user_version", 1),
      (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
        5
      ),
    ] {
      #expect(try connection.query(sql).rows.count == count, "\(sql)")
    }
  }

  @Test("a query that never ends is ended when it is over")
  func over() throws {
    let asked = Mutex(0)
    let cursor = try connection.cursor(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ) {
      asked.withLock {
        $0 += 1
        return $0 > 20
      }
    }
    let error = #expect(throws: SQLiteError.self) { _ = try cursor.next() }
    #expect(error?.kind == .interrupted)
    #expect(asked.withLock { $0 } >= 21)
  }

  @Test(
    "a query that fails on its values is a wrong one",
    arguments: [
      "SELECT json_extract('no JSON', '$.a')", "SELECT 1 LIMIT 'a'", "SELECT zeroblob(2000000000)",
      "SELECT * FROM nothing", "SELECT abs(-9223372036854775808)",
      "WITH RECURSIVE s(v) AS (SELECT 'aaaaaaaa' UNION ALL SELECT v || v FROM s) SELECT v FROM s",
    ])
  func failing(sql: String) throws {
    let error = #expect(throws: SQLiteError.self) {
      let cursor = try connection.cursor(sql)
      while try cursor.next() != nil {}
    }
    #expect(error?.kind == .wrongQuery)
    #expect(error?.description.contains("damaged") == false)
  }

  @Test("rows without end are refused before they fill the memory")
  func endless() throws {
    let error = #expect(throws: SQLiteError.self) {
      _ = try connection.query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(zeroblob(50000)) FROM n"
      )
    }
    #expect(error?.kind == .tooLarge)
  }

  @Test("a wrong query is told from a wrong use")
  func wrong() throws {
    for sql in ["SELEC 1", "SELECT nothing FROM word", "SELECT 1; SELECT 2", ""] {
      let error = #expect(throws: SQLiteError.self) { _ = try connection.cursor(sql) }
      #expect(error?.kind == .wrongQuery, "\(sql)")
    }
  }
}
