import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

@Suite struct QueryContractTests {
  /// The names of a header's section: "in:" or "out:".
  func names(_ section: String, of query: Query) -> [String] {
    var isInside = false
    var names: [String] = []
    for line in query.sql.split(separator: "\n").prefix(while: { $0.hasPrefix("--") }) {
      var text = line.dropFirst(2)
      if text.hasPrefix(" in: ") || text.hasPrefix(" out: ") {
        isInside = text.hasPrefix(" \(section): ")
        text = text.drop { $0 != ":" }.dropFirst()
      }
      let words = text.split(separator: " ")
      guard isInside, words.count > 1,
        ["TEXT", "INTEGER", "REAL", "BLOB", "ANY"].contains(words[1])
      else {
        continue
      }
      names.append(words[0].hasPrefix(":") ? String(words[0].dropFirst()) : String(words[0]))
    }
    return names
  }

  @Test("a query's header is its contract", arguments: Query.allCases)
  func header(query: Query) throws {
    let directory = try TemporaryDirectory()
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    let described = try tracker.read { try $0.describe(query.sql) }
    #expect(described.isReadOnly)
    #expect(Set(described.parameters) == Set(names("in", of: query)))
    #expect(described.columns == names("out", of: query))
    #expect(query.sql.hasPrefix("-- "))
    #expect(query.sql.hasSuffix(";\n") || query.sql.hasSuffix(";"))
    let unbound = try tracker.query(query)
    #expect(unbound.rows.isEmpty)
  }

  @Test("the sqlite3 shell gives what the program gives", arguments: Query.allCases)
  func shell(query: Query) throws {
    let (fixture, _) = try ThresholdQueryTests.fixture(seed: 3)
    let result = try fixture.tracker.query(query)
    let file = packageRoot.appending(path: "queries/\(query.rawValue).sql").path
    let shell = try run(
      "sqlite3", ["-cmd", ".mode quote", fixture.directory.path("assay.db"), ".read \(file)"])
    #expect(shell.status == 0)
    #expect(shell.error.isEmpty)
    let rows = shell.output.split(separator: "\n").map(String.init)
    #expect(rows.count == result.rows.count)
  }
}
