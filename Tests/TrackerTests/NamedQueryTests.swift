import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

@Suite struct NamedQueryTests {
  static let text = """
    -- What is asked,
    -- over two lines.
    --
    -- A second thought.
    --
    -- group: detection
    --
    -- in:  :part 'selection'|'heldout' = 'selection'
    --      :limit INTEGER = all; how many
    --      :low REAL = 0; L, on
    --        the score
    --      :measurement RUN measure = every one; of an adversarial set
    --      :run RUN = every run
    --      :name TEXT a head of another grammar; unbound = none
    -- out: value ANY           what it
    --                          is
    -- A comment of the statement's own parts comes after these.
    SELECT 1 AS value WHERE :part = :limit AND :low = :measurement AND :run = :name;
    """

  let query = NamedQuery(name: "asked", sql: text)

  @Test("a head says what is asked, with what, and what comes of it")
  func head() {
    #expect(query.summary == "What is asked, over two lines.")
    #expect(query.details == ["A second thought."])
    #expect(query.group == "detection")
    let parameters = query.parameters
    #expect(parameters.map(\.name) == ["part", "limit", "low", "measurement", "run", "name"])
    #expect(
      parameters.map(\.kind) == [
        .choice(["selection", "heldout"]), .integer, .real, .run(kinds: ["measure"]),
        .run(kinds: []), .text,
      ])
    #expect(
      parameters.map(\.unbound) == ["'selection'", "all", "0", "every one", "every run", ""])
    #expect(
      parameters.map(\.defaultValue) == [.text("selection"), nil, .real(0), nil, nil, nil])
    #expect(
      parameters.map(\.meaning) == [
        "", "how many", "L, on the score", "of an adversarial set", "",
        "a head of another grammar; unbound = none",
      ])
    #expect(query.columns.map(\.name) == ["value"])
    #expect(query.columns.first?.meaning.hasPrefix("what it is") == true)
  }

  @Test("values are of their parameter's kind, or refused with what would do")
  func values() throws {
    let parameters = query.parameters
    #expect(try parameters[0].value(of: "heldout") == .text("heldout"))
    #expect(try parameters[1].value(of: "12") == .integer(12))
    #expect(try parameters[2].value(of: "-1e3") == .real(-1000))
    for (place, text) in [(0, "halves"), (1, "1.5"), (1, "x"), (2, "nan"), (2, "")] {
      #expect(throws: TrackerError.self) { try parameters[place].value(of: text) }
    }
    #expect(QueryParameter.guessed("7") == .integer(7))
    #expect(QueryParameter.guessed("7.5") == .real(7.5))
    #expect(QueryParameter.guessed("7a") == .text("7a"))
  }

  @Test("a run of another kind than a query asks about is refused")
  func runs() throws {
    let fixture = try TrackerFixture()
    let note = try fixture.begin(fixture.description())
    let run = try fixture.tracker.run(uuid: note.uuid)
    #expect(try query.parameters[4].value(of: run) == .text(run.uuid))
    let error = #expect(throws: TrackerError.self) { try query.parameters[3].value(of: run) }
    #expect(error.map { "\($0)" }?.contains("of kind measure; that one is of kind") == true)
  }

  @Test("every query of the program says what it answers, in one line")
  func catalogue() throws {
    let catalogue = try QueryCatalogue()
    #expect(catalogue.queries.count == Query.allCases.count)
    #expect(catalogue.queries.allSatisfy { $0.summary.hasSuffix(".") && $0.summary.count < 160 })
    #expect(try catalogue.query(named: "best-thresholds").name == "best_thresholds")
    let error = #expect(throws: TrackerError.self) { try catalogue.query(named: "threshold") }
    guard case .unknownQuery("threshold", let known) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(known.contains("best_thresholds"))
  }

  @Test("a folder joins the list; another text under a known name is refused")
  func folder() throws {
    let directory = try TemporaryDirectory()
    try Data("SELECT 1".utf8).write(to: directory.url.appending(path: "mine.sql"))
    try Data(Query.runs.sql.utf8).write(to: directory.url.appending(path: "runs.sql"))
    let catalogue = try QueryCatalogue(folder: directory.url.path)
    #expect(catalogue.queries.count == Query.allCases.count + 1)
    #expect(try catalogue.query(named: "mine").sql == "SELECT 1")
    try Data("SELECT 2".utf8).write(to: directory.url.appending(path: "runs.sql"))
    #expect(throws: TrackerError.self) { try QueryCatalogue(folder: directory.url.path) }
    #expect(throws: TrackerError.self) { try QueryCatalogue(folder: directory.path("nowhere")) }
  }
}
