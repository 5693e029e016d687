import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// Runs page by page, their groups, and what they can be chosen by.
@Suite struct RunPagingTests {
  private let directory: TemporaryDirectory
  private let tracker: Tracker

  /// Twelve runs: many of one loss, some without, in three groups.
  init() throws {
    directory = try TemporaryDirectory()
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    for place in 0..<12 {
      let configuration: [String: JSONValue] = [
        "place": .integer(Int64(place)), "rate": .number([0.1, 0.2, 0.5][place % 3]),
        "dataset": .string(place < 6 ? "digits" : "letters"),
      ]
      let begun = try tracker.begin(
        RunDescription(
          kind: place % 2 == 0 ? "even" : "odd", name: "run \(place)",
          configuration: .object(configuration)))
      guard case .active(let run) = begun else { throw CocoaError(.featureUnsupported) }
      if place % 4 != 3 { try run.log("loss", step: 0, value: Double(place % 5)) }
      if place == 0 {
        for step in 1..<100 { try run.log("long", step: Int64(step), value: Double(step)) }
      }
      try run.finish { writer in
        if place < 2 { try writer.addTag("first") }
        if place == 5 { try writer.setGroup("middle") }
      }
    }
  }

  @Test(
    "pages follow each other as the whole list does, whatever it is ordered by",
    arguments: [
      (nil, false), ("metric.loss", false), ("metric.loss", true), ("parameter.rate", true),
      ("name", false), ("metric.loss * 0", true), ("kind", false),
    ])
  func pages(order: String?, isDescending: Bool) throws {
    var selection = RunSelection()
    (selection.order, selection.isDescending) = (order, isDescending)
    let whole = try selection.rows("name", in: tracker).rows
    #expect(whole.count == 12)
    selection.limit = 5
    var pages: [[String?]] = []
    while pages.count < 4 {
      let page = try selection.rows("name", in: tracker).rows
      if page.isEmpty { break }
      pages.append(page.map { $0[0].text })
      selection.after = page.last?[0].text
    }
    #expect(pages.map(\.count) == [5, 5, 2])
    #expect(pages.flatMap { $0 } == whole.map { $0[0].text })
  }

  @Test("a run to begin behind that is not there is said, and what else must hold does")
  func beginnings() throws {
    var selection = RunSelection()
    selection.after = "none"
    #expect(throws: TrackerError.unknownRun("none")) { try selection.rows(in: tracker) }
    selection.after = nil
    selection.condition = "parameter.place > 3"
    selection.furtherConditions = ["\"tag.first\" OR group_name = 'middle'", "kind = 'odd'"]
    #expect(try selection.rows("name", in: tracker).rows.map { $0[1].text } == ["run 5"])
    selection.order = "metric.unknown"
    selection.after = try tracker.runs(limit: 1).first?.uuid
    #expect(throws: RunExpressionError.self) { try selection.rows(in: tracker) }
  }

  @Test("groups have the standard deviation of a sample beside the mean")
  func deviations() throws {
    let groups = try RunSelection().groups(
      by: "kind", "parameter.place, metric.loss", withDeviations: true, in: tracker)
    #expect(
      groups.columns[2...5] == [
        "parameter.place mean", "parameter.place min", "parameter.place max",
        "parameter.place deviation",
      ])
    let even = try #require(groups.rows.first { $0[0].text == "even" })
    // 0, 2, 4, 6, 8, 10
    #expect(even[2].real == 5 && even[3].real == 0 && even[4].real == 10)
    #expect(abs((even[5].real ?? 0) - 14.0.squareRoot()) < 1e-12)
    let single = try RunSelection().groups(
      by: "parameter.place", "metric.loss", withDeviations: true, in: tracker)
    #expect(single.rows.allSatisfy { $0[5].real == nil } && single.rows.count == 12)
  }

  @Test("the values that occur are found, each once")
  func facets() throws {
    let facets = try tracker.runFacets()
    #expect(facets.kinds == ["even", "odd"] && facets.tags == ["first"])
    #expect(facets.groups == ["middle"] && facets.datasets == ["digits", "letters"])
    #expect(facets.parameters == ["dataset", "place", "rate"])
    #expect(facets.metrics == ["long", "loss"])
  }

  @Test("a curve of more steps than points has the range and the mean of neighbouring ones")
  func curves() throws {
    let run = try #require(try tracker.runs(kind: "even").last)
    let last = try tracker.lastMetrics(of: run)
    #expect(last.map(\.name) == ["long", "loss"] && last.map(\.step) == [99, 0])
    #expect(last.map(\.value) == [99, 0])
    let whole = try tracker.curve(of: "long", in: run, points: 99)
    #expect(whole.points.map(\.mean) == (1..<100).map(Double.init) && !whole.isSummary)
    let short = try tracker.curve(of: "long", in: run, points: 11)
    #expect(short.points.count == 11 && short.isSummary)
    let first = try #require(short.points.first)
    #expect(first.step == 9 && first.mean == 5 && first.low == 1 && first.high == 9)
    #expect(short.points.last?.step == 99)
    #expect(try tracker.curve(of: "none", in: run, points: 11).points.isEmpty)
  }
}
