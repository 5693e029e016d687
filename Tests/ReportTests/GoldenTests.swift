import Foundation
import Report
import SQLite
import TestSupport
import Testing
import Tracker

/// Tables and page of a fixed study against files that a person has looked at.
///
/// After an intended change, record them anew and read the difference:
///
///     ASSAY_RECORD_GOLDEN=1 swift test -c release --disable-xctest --filter GoldenTests
///     git diff Tests/Fixtures/report
@Suite struct GoldenTests {
  static let folder = packageRoot.appending(path: "Tests/Fixtures/report")
  static let isRecording = ProcessInfo.processInfo.environment["ASSAY_RECORD_GOLDEN"] == "1"

  /// A file with how it is made.
  struct Case: CustomTestStringConvertible {
    let file: String
    var part: StudyReport.Part?
    let format: TableFormat
    var columns = LaTeXStyle.Columns.text
    var testDescription: String { file }
  }

  static let cases =
    [
      Case(file: "tables.txt", format: .text), Case(file: "tables.md", format: .markdown),
      Case(file: "tables.tex", format: .latex),
      Case(file: "tables-1.tex", format: .latex, columns: .one),
      Case(file: "tables-2.tex", format: .latex, columns: .two),
      Case(file: "report.html", format: .html), Case(file: "tables.csv", format: .csv),
    ]
    + [StudyReport.Part.ablations, .measures, .attacks, .seeds].map {
      Case(file: "\($0.rawValue).csv", part: $0, format: .csv)
    }

  @Test("tables and page are as they were when somebody last looked at them", arguments: cases)
  func golden(one: Case) throws {
    let fixture = try StudyFixture()
    try fixture.addSeed(1, run: 40)
    let report = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      protocolName: nil, attackOrder: StudyFixture.attacks,
      options: ReportOptions(latex: LaTeXStyle(columns: one.columns)))
    let text = Self.stable(
      try report.rendered(one.part, as: one.format), try fixture.tracker.databaseUUID)
    let path = Self.folder.appending(path: one.file)
    if Self.isRecording { try Data(text.utf8).write(to: path) }
    let recorded = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    let (old, new) = (lines(of: recorded), lines(of: text))
    for (number, (was, now)) in zip(old, new).enumerated() where was != now {
      Issue.record("\(one.file), line \(number + 1): \(was) → \(now)")
      return
    }
    #expect(old.count == new.count)
  }

  private func lines(of text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The text without what differs from one run of the test to the next, and without the texts of
  /// queries, style and script, which have tests of their own.
  static func stable(_ text: String, _ database: String) -> String {
    let zeros = String(repeating: "0", count: 64)
    var text = text.replacing(database, with: "DATABASE")
      .replacing(database.prefix(8), with: "DATABASE")
    for query in Query.allCases {
      text = text.replacing(query.sha256, with: zeros)
        .replacing("(\(query.sha256.prefix(8)))", with: "(00000000)")
    }
    return text.replacing(/<(pre|style|script)[^>]*>(?s:.*?)<\/\1>/) { "<\($0.1)>…</\($0.1)>" }
  }
}
