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

  @Test("broken JSON as programs write it is read or refused, and nothing behind its end is read")
  func programJSON() throws {
    let text = #"""
      {"a": [1, -2.5e-3, NaN, -Infinity, null, true], "b": {"c": "d\u0041\ud83d\n", "e": []},
       "f": 12345678901234567890, "g": "\\", "h": 0.1e+7}
      """#
    func scan(_ bytes: [UInt8], _ range: Range<Int>) throws(JSONScanner.Failure) -> JSONValue {
      var scanner = JSONScanner(bytes, range)
      scanner.skipSpace()
      let value = try scanner.value()
      try scanner.finish()
      return value
    }
    let counts = try MutatedInputs("scanned json", of: [Array(text.utf8)]).tryAll(
      refusing: { $0 is JSONScanner.Failure }
    ) { bytes in
      let among = [UInt8(ascii: "\"")] + bytes + Array("\"}]9".utf8)
      let found = try? scan(among, 1..<bytes.count + 1)
      let alone = try? scan(bytes, 0..<bytes.count)
      #expect(found == alone)
      _ = try scan(bytes, 0..<bytes.count)
    }
    #expect(counts.refused > 0)
  }

  @Test("broken expressions over runs choose runs or are refused")
  func expressions() throws {
    let fixture = try TrackerFixture()
    let run = try fixture.begin(fixture.description())
    try run.log("loss", step: 0, value: 0.5)
    try run.finish { try $0.addTag("first") }
    let texts = [
      "metric.loss.min < 0.75 AND kind IN ('train', 'attack') OR tag.first = 1",
      #"parameter."epochs" BETWEEN 1 AND 9 AND name IS NOT 'a' COLLATE NOCASE"#,
      "CAST(max(progress_done, 2) AS REAL) / coalesce(loss.last, 1e3) > -0.5",
    ]
    for text in texts { _ = try Self.selection(text).rows(text, in: fixture.tracker) }
    let counts = try MutatedInputs("expression", of: texts.map { Array($0.utf8) }).tryAll(
      refusing: { $0 is RunExpressionError || $0 is SQLiteError }
    ) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      _ = try Self.selection(text).rows(text, in: fixture.tracker)
    }
    #expect(counts.refused > 0 && counts.read > 0, "\(counts)")
  }

  private static func selection(_ condition: String) -> RunSelection {
    var selection = RunSelection()
    (selection.condition, selection.order) = (condition, condition)
    return selection
  }
}
