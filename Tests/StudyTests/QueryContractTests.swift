import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// The heads of queries/ against what the statements take and give.
@Suite struct QueryContractTests {
  static let groups = ["study", "detection", "detectors", "images", "runs", "sweeps"]
  /// One database for all queries, which only read it.
  private static let mix = Result { try ThresholdQueryTests.fixture(seed: 3).0 }

  @Test("a query's head follows the grammar", arguments: Query.allCases)
  func grammar(query: Query) throws {
    let named = NamedQuery(name: query.rawValue, sql: query.sql)
    #expect(query.sql.hasPrefix("-- ") && query.sql.hasSuffix(";\n"))
    #expect(named.summary.hasSuffix("."))
    #expect(Self.groups.contains(named.group ?? "none"))
    for parameter in named.parameters {
      #expect(!parameter.unbound.isEmpty, "\(parameter.name) does not say what NULL means")
      #expect(parameter.kind != .any, "\(parameter.name) has no kind")
      switch (parameter.kind, parameter.defaultValue) {
      case (_, nil), (.text, .text), (.integer, .integer), (.real, .real): break
      case (.choice(let texts), .text(let value)): #expect(texts.contains(value))
      default: Issue.record("\(parameter.name) has a default of another kind")
      }
      if case .choice(let texts) = parameter.kind { #expect(Set(texts).count == texts.count) }
    }
    for column in named.columns { #expect(!column.meaning.isEmpty, "\(column.name)") }
  }

  @Test(
    "a query takes the parameters and gives the columns that its head has",
    arguments: Query.allCases)
  func header(query: Query) throws {
    let directory = try TemporaryDirectory()
    try MixFixture.empty.copy(to: directory.path("assay.db"))
    let tracker = try Tracker(reading: directory.path("assay.db"))
    let described = try tracker.read { try $0.describe(query.sql) }
    let named = NamedQuery(name: query.rawValue, sql: query.sql)
    #expect(described.isReadOnly)
    #expect(described.parameters.sorted() == named.parameters.map(\.name).sorted())
    #expect(described.columns == named.columns.map(\.name))
    let unbound = try tracker.query(query)
    // What papers published comes with the schema.
    #expect(unbound.rows.isEmpty == (query != .publishedValues))
  }

  @Test(
    "values are of the columns' types, and a default is what happens without a value",
    arguments: Query.allCases)
  func values(query: Query) throws {
    let fixture = try Self.mix.get()
    let named = NamedQuery(name: query.rawValue, sql: query.sql)
    let unbound = try fixture.tracker.query(query)
    for row in unbound.rows {
      for (value, column) in zip(row, named.columns) {
        switch (column.type, value) {
        case ("ANY", _), (_, .null), ("TEXT", .text), ("INTEGER", .integer), ("REAL", .real),
          ("BLOB", .blob):
          break
        // Counts among fractions, and settings, are numbers where they are.
        case ("REAL", .integer) where ["ours", "value"].contains(column.name): break
        default: Issue.record("\(column.name) is no \(column.type): \(value)")
        }
      }
    }
    for parameter in named.parameters {
      if let value = parameter.defaultValue {
        let bound = try fixture.tracker.query(query, [parameter.name: value])
        #expect(bound.rows == unbound.rows, "\(parameter.name)")
      }
      guard case .choice(let texts) = parameter.kind else { continue }
      for text in texts {
        #expect(throws: Never.self) {
          try fixture.tracker.query(query, [parameter.name: parameter.value(of: text)])
        }
      }
    }
  }

  @Test("the sqlite3 shell gives what the program gives")
  func shell() throws {
    let fixture = try Self.mix.get()
    // One shell answers all of them, and prints a line of its own behind each answer.
    let script = Query.allCases.map { query in
      let file = packageRoot.appending(path: "queries/\(query.rawValue).sql").path
      return ".read \(file)\n.print \u{1E}\n"
    }.joined()
    let shell = try run(
      "sqlite3", ["-cmd", ".mode quote", fixture.directory.path("assay.db")], input: script)
    #expect(shell.status == 0)
    #expect(shell.error.isEmpty)
    let answers = shell.output.split(separator: "\u{1E}\n", omittingEmptySubsequences: false)
    try #require(answers.count == Query.allCases.count + 1)
    for (query, answer) in zip(Query.allCases, answers) {
      #expect(
        try answer.split(separator: "\n").count == fixture.tracker.query(query).rows.count,
        "\(query)")
    }
  }
}
