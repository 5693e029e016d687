import Foundation
import Report
import SQLite
import TestSupport
import Testing
import Tracker

/// A study in one database with a sweep, whose trials are studies too.
@Suite struct SweepReportTests {
  let fixture: StudyFixture
  static let trialStudy = StudyFixture.uuid(60)

  init() throws {
    fixture = try StudyFixture()
    try fixture.addSweep(named: "search", values: [0.5, 0.7, 0.6])
    try fixture.addTrialStudy(60, sweep: "search", trial: 1)
  }

  func report(_ subject: ReportSubject) throws -> StudyReport {
    StudyReport(
      tracker: fixture.tracker, study: try #require(subject.run), protocolName: nil,
      attackOrder: StudyFixture.attacks, isStandIn: subject.isStandIn, trial: subject.trial)
  }

  @Test("the study of a trial is never a default, though it is the newest")
  func defaults() throws {
    let subject = try ReportRequest.newest.subject(in: fixture.tracker)
    #expect(subject.run?.uuid == StudyFixture.study && subject.trial == nil)
    #expect(
      try fixture.tracker.ownRuns(kind: "reproduce").map(\.uuid) == [StudyFixture.study])
    #expect(try fixture.tracker.ownRuns(kind: "train").map(\.uuid) == [StudyFixture.model])
    for query in Query.allCases {
      let described = try fixture.tracker.read { try $0.describe(query.sql) }
      guard described.parameters.contains("study"), described.columns.contains("study"),
        query != .studies
      else { continue }
      let rows = try fixture.tracker.query(query).dictionaries
      #expect(!rows.contains { $0["study"] == .text(Self.trialStudy) }, "\(query)")
    }
  }

  @Test("a trial's study is reported if it is asked for, says whose it is, and has no empty table")
  func trial() throws {
    let request = ReportRequest.trial(1, sweep: "search")
    let subject = try request.subject(in: fixture.tracker)
    #expect(subject.run?.uuid == Self.trialStudy)
    let report = try report(subject)
    let text = try report.rendered(as: .text)
    #expect(text.hasPrefix("Trial 1 of sweep search, study 0000003c: LeNet on mnist, seed 0\n"))
    #expect(text.contains("Table 1") && text.contains("Ablations"))
    // Thresholds were given: nothing was chosen that Tables 2 and 3 could show.
    #expect(!text.contains("Table 2") && !text.contains("Table 3"))
    #expect(throws: ReportError.noRows("table2", of: Self.trialStudy)) {
      try report.rendered(.table2, as: .markdown)
    }
    let byRun = try ReportRequest.study(Self.trialStudy).subject(in: fixture.tracker)
    #expect(byRun.trial?.sweep == "search" && byRun.trial?.number == 1)
    let page = try report.rendered(as: .html)
    #expect(page.contains("<dt>Trial</dt><dd>1 of sweep search</dd>"))
    #expect(throws: ReportError.noStudyOfTrial(0, sweep: "search")) {
      try ReportRequest.trial(0, sweep: "search").subject(in: fixture.tracker)
    }
    #expect(throws: TrackerError.self) {
      try ReportRequest.trial(9, sweep: "search").subject(in: fixture.tracker)
    }
  }

  @Test("figures and pages are by an objective that the sweep has, and refuse another")
  func objectives() throws {
    func subject(_ objective: String, sweep: String? = nil) -> FigureSubject {
      FigureSubject(tracker: fixture.tracker, sweep: sweep, objective: objective)
    }
    let known = subject("test_accuracy")
    #expect(try Figure.sweepHistory.drawn(of: known).text != nil)
    #expect(try Page.of(known, tables: []).html().contains("a value of test_accuracy"))
    let unknown = FigureError.unknownObjective("nope", sweep: "search", names: ["test_accuracy"])
    for sweep in ["search", nil] {
      #expect(throws: unknown) {
        try Figure.sweepEffects.drawn(of: subject("nope", sweep: sweep))
      }
    }
    #expect(throws: unknown) { try Page.of(subject("nope"), tables: []) }
  }

  @Test("a trial's study that a command asked for is its user's, unless the trial is named")
  func asked() throws {
    try fixture.connection.execute(
      "INSERT INTO asked_run SELECT id FROM run WHERE uuid = ?", [.text(Self.trialStudy)])
    for request in [ReportRequest.newest, .study(Self.trialStudy)] {
      let subject = try request.subject(in: fixture.tracker)
      #expect(subject.run?.uuid == Self.trialStudy && subject.trial == nil)
    }
    let named = try ReportRequest.trial(1, sweep: "search").subject(in: fixture.tracker)
    #expect(named.trial?.sweep == "search")
  }

  @Test("a study that a trial only found remains its user's")
  func found() throws {
    try fixture.connection.execute(
      "UPDATE trial_run SET computed = 0 WHERE run_id = (SELECT id FROM run WHERE uuid = ?)",
      [.text(Self.trialStudy)])
    let subject = try ReportRequest.newest.subject(in: fixture.tracker)
    #expect(subject.run?.uuid == Self.trialStudy && subject.trial == nil)
  }

  @Test("sets that trials computed are no part of their model's report")
  func trialSets() throws {
    try fixture.addSet("pgd", 9)
    let ask = {
      try fixture.tracker.query(.studies, ["study": .text(StudyFixture.model)]).dictionaries
        .compactMap { $0["attack"]?.text }
    }
    #expect(try ask() == ["fgsm", "jsma", "pgd"])
    try fixture.connection.execute(
      """
      INSERT INTO trial_run
      SELECT (SELECT min(id) FROM trial), id, 1 FROM run WHERE uuid = ?
      """, [.text(StudyFixture.uuid(32))])
    #expect(try ask() == ["fgsm", "jsma"])
  }

  @Test(
    "the sqlite3 shell and the program agree on every query, value by value",
    arguments: Query.allCases)
  func shell(query: Query) throws {
    let result = try fixture.tracker.query(query)
    let file = packageRoot.appending(path: "queries/\(query.rawValue).sql").path
    let shell = try run(
      "sqlite3",
      [
        "-cmd", ".mode list", "-cmd", ".separator \u{1F} \u{1E}", "-cmd", ".nullvalue NULL",
        fixture.directory.path("assay.db"), ".read \(file)",
      ])
    #expect(shell.status == 0 && shell.error.isEmpty)
    let rows = shell.output.split(separator: "\u{1E}").map {
      $0.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    }
    try #require(rows.count == result.rows.count)
    for (shown, values) in zip(rows, result.rows) {
      try #require(shown.count == values.count)
      for (text, value) in zip(shown, values) {
        switch value {
        case .null: #expect(text == "NULL")
        case .integer(let number): #expect(text == String(number))
        case .real(let number):
          // The shell shows fifteen digits.
          let shown = try #require(text == "Inf" ? .infinity : Double(text))
          #expect(shown == number || abs(shown - number) <= 1e-14 * abs(number))
        case .text(let words): #expect(text == words)
        case .blob: continue
        }
      }
    }
  }
}
