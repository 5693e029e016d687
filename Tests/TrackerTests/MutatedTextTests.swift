import SQLite
import TestSupport
import Testing
import Tracker

@Suite struct MutatedTextTests {
  @Test("broken queries answer or are refused, and never write")
  func queries() throws {
    let fixture = try TrackerFixture()
    let reader = try Tracker(reading: fixture.path)
    let before = try fixture.tracker.read { try $0.rows("PRAGMA data_version") { try $0.int(0) } }
    let texts = Query.allCases.map { Array($0.sql.utf8) }
    let counts = try MutatedInputs("sql", of: texts).tryAll(
      refusing: { $0 is SQLiteError || $0 is TrackerError }
    ) { bytes in
      let query = NamedQuery(name: "mutated", sql: String(decoding: bytes, as: UTF8.self))
      for field in query.parameters { _ = try? field.value(of: "1") }
      try reader.read { connection in
        // A mutation may ask for more rows than there is time for.
        let steps = StepCount(limit: 2000)
        let cursor = try connection.cursor(query.sql, isOver: { steps.isOver() })
        var rows = 0
        while rows < 1000, try cursor.next() != nil { rows += 1 }
      }
    }
    #expect(counts.read > 0)
    #expect(counts.refused > 0)
    let after = try fixture.tracker.read { try $0.rows("PRAGMA data_version") { try $0.int(0) } }
    #expect(before == after)
  }

  @Test("broken JSON is read or refused")
  func json() throws {
    let text = #"{"a": [1, 2.5e3, -7, null, true], "b": {"c": "d\u0041\n", "e": []}, "f": 1e-300}"#
    let counts = try MutatedInputs("json", of: [Array(text.utf8)]).tryAll(
      refusing: { $0 is DecodingError }
    ) { bytes in
      let value = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
      #expect(try JSONValue(parsing: value.canonical) == value)
    }
    #expect(counts.refused > 0)
  }
}
