import Foundation
import Report
import SQLite
import Testing
import Tracker

/// The report on an evaluation, against files that a person has looked at; see ``GoldenTests``.
@Suite struct EvaluationReportTests {
  /// One evaluation whose every check passes, and one that has failing ones.
  private static let whole = Result { try EvaluationFixture() }
  private static let broken = Result { try EvaluationFixture([.blackBox, .doubled]) }

  struct Case: CustomTestStringConvertible {
    let file: String
    let format: TableFormat
    var isBroken = false
    var testDescription: String { file }
  }

  private static let cases = [
    Case(file: "evaluation.txt", format: .text),
    Case(file: "evaluation-failed.txt", format: .text, isBroken: true),
    Case(file: "evaluation.md", format: .markdown, isBroken: true),
    Case(file: "evaluation.tex", format: .latex, isBroken: true),
    Case(file: "evaluation.csv", format: .csv, isBroken: true),
    Case(file: "evaluation.html", format: .html, isBroken: true),
  ]

  private func report(
    _ fixture: EvaluationFixture, options: ReportOptions = ReportOptions()
  ) throws -> DetectorReport {
    DetectorReport(
      .evaluation, of: try fixture.run, in: fixture.tracker, attackOrder: [], options: options)
  }

  @Test("reports are as they were when somebody last looked at them", arguments: cases)
  func golden(one: Case) throws {
    let fixture = try (one.isBroken ? Self.broken : Self.whole).get()
    let text = GoldenTests.stable(
      try report(fixture).rendered(as: one.format, width: one.format == .text ? 80 : nil),
      try fixture.tracker.databaseUUID)
    let path = GoldenTests.folder.appending(path: one.file)
    if GoldenTests.isRecording { try Data(text.utf8).write(to: path) }
    let recorded = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    let (old, new) = (
      recorded.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    for (number, (was, now)) in zip(old, new).enumerated() where was != now {
      Issue.record("\(one.file), line \(number + 1): \(was) → \(now)")
      return
    }
    #expect(old.count == new.count)
  }

  @Test(
    "failing checks stand beside the numbers in every format, and above them for people",
    arguments: TableFormat.allCases)
  func failures(format: TableFormat) throws {
    let text = try report(Self.broken.get()).rendered(as: format)
    switch format {
    case .csv, .tsv, .jsonl:
      #expect(text.contains("failed_checks") && text.contains("black_box"))
    case .json:
      #expect(text.contains("\"failed\"") && text.contains("gradients are masked"))
    case .text, .markdown, .latex, .html:
      // A page's list of contents comes before them.
      let text = text[(text.firstRange(of: "<main")?.lowerBound ?? text.startIndex)...]
      let failure = try #require(text.firstRange(of: "gradients are masked"))
      let numbers = try #require(text.firstRange(of: "Images lost in the worst case"))
      #expect(failure.lowerBound < numbers.lowerBound)
    }
    let passing = try report(Self.whole.get()).rendered(as: .text)
    #expect(passing.contains("No check failed") && !passing.contains("FAILED"))
  }

  /// The text in one line.
  private func words(_ fixture: EvaluationFixture) throws -> String {
    try report(fixture).rendered(as: .text).replacing("\n", with: " ")
  }

  @Test("the threat model stands at the head, and attacks that know no detector are a lower bar")
  func threatModel() throws {
    let text = try words(Self.whole.get())
    #expect(text.contains("at most 0.3 in L-infinity"))
    #expect(text.contains("the detector joint <i>") && text.contains("(selective)"))
    let unaware = try words(EvaluationFixture([.noAdaptive]))
    #expect(unaware.contains("but not the detector") && unaware.contains("lower bar"))
    let alone = try words(EvaluationFixture(hasDetector: false))
    #expect(alone.contains("knows the network (") && !alone.contains("SR@5"))
  }

  @Test("published numbers stand beside ours where budget and data are theirs, and can be left out")
  func published() throws {
    let text = try report(Self.whole.get()).rendered(as: .text)
    #expect(text.contains("What the papers have on MNIST") && text.contains("92.5%"))
    #expect(text.contains("our baseline"))
    let other = try report(EvaluationFixture([.epsilon])).rendered(as: .text)
    #expect(!other.contains("What the papers have"))
    let without = try report(Self.whole.get(), options: ReportOptions(showsPublished: false))
      .rendered(as: .text)
    #expect(!without.contains("What the papers have"))
  }

  @Test("no line is longer than the terminal is wide", arguments: [60, 80, 120])
  func width(width: Int) throws {
    let text = try report(Self.broken.get()).rendered(as: .text, width: width)
    let tables = text.prefix(upTo: text.range(of: "From database")?.lowerBound ?? text.endIndex)
    for line in tables.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
  }

  @Test("the newest evaluation is reported, or the one that was named, and no other run")
  func subject() throws {
    let fixture = try Self.whole.get()
    let run = try fixture.run
    let tracker = fixture.tracker
    for request in [
      ReportRequest.newest, .study(run.uuid), .model(StudyFixture.uuid(1)),
    ] {
      #expect(
        try DetectorReport.run(of: .evaluation, request, in: tracker).uuid == run.uuid)
    }
    #expect(throws: ReportError.self) {
      try DetectorReport.run(of: .evaluation, .study(StudyFixture.uuid(3)), in: tracker)
    }
    #expect(throws: ReportError.noEvaluation) {
      try DetectorReport.run(of: .evaluation, .model(StudyFixture.uuid(2)), in: tracker)
    }
    #expect(throws: ReportError.noEvaluation) {
      try DetectorReport.run(of: .evaluation, .newest, in: StudyFixture().tracker)
    }
  }

  @Test(
    "each figure draws what its query has",
    arguments: [
      (Figure.evaluationCurve, "worst case, knows the detector"),
      (.evaluationROC, "attacks that know the detector"), (.evaluationDistortion, "deepfool"),
      (.evaluationLosses, "selective"), (.evaluationGallery, "selective"),
    ])
  func figures(figure: Figure, word: String) throws {
    let fixture = try Self.whole.get()
    let drawn = try figure.drawn(
      of: FigureSubject(tracker: fixture.tracker, study: try fixture.run))
    let svg = String(decoding: drawn.svg, as: UTF8.self)
    #expect(svg.contains(word))
    for start in ["\"", " ", ","] { #expect(!svg.contains(start + "nan")) }
    for panel in drawn.sheet.narrowPanels ?? drawn.sheet.panels { #expect(panel.width <= 360) }
    if figure.isForTerminals {
      let text = try #require(drawn.rendered(for: TerminalStyle(width: 80, isColored: false)))
      #expect(text.contains(word))
      for line in text.split(separator: "\n") { #expect(line.count <= 80) }
    }
    if let folder = ProcessInfo.processInfo.environment["ASSAY_FIGURES"] {
      try Data(drawn.png()).write(
        to: URL(fileURLWithPath: folder).appending(path: "\(figure.rawValue).png"))
    }
  }
}
