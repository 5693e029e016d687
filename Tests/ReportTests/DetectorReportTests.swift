import Foundation
import Report
import SQLite
import TestSupport
import Testing
import Tracker

/// The reports on measures and detectors, and on other detection systems' studies, against files that
/// a person has looked at; see ``GoldenTests``.
@Suite struct DetectorReportTests {
  private let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  struct Case: CustomTestStringConvertible {
    let subject: DetectorReport.Subject
    let file: String
    let format: TableFormat
    var testDescription: String { file }
  }

  /// Those that the fixture has; evaluations have tests of their own.
  private static let subjects: [DetectorReport.Subject] = DetectorReport.Subject.allCases.filter {
    $0 != .evaluation
  }

  private static let cases: [Case] =
    subjects.map {
      Case(subject: $0, file: "\($0.rawValue).txt", format: .text)
    } + [
      Case(subject: .detectors, file: "detectors.md", format: .markdown),
      Case(subject: .feinman, file: "feinman.tex", format: .latex),
      Case(subject: .graese, file: "graese.json", format: .json),
      Case(subject: .guo, file: "guo.html", format: .html),
      Case(subject: .distillation, file: "distillation.csv", format: .csv),
    ]

  private func report(
    _ subject: DetectorReport.Subject, measures: [String]? = nil,
    options: ReportOptions = ReportOptions()
  ) throws -> DetectorReport {
    DetectorReport(
      subject, of: try fixture.study(subject.isStudy ? subject.rawValue : "graese"),
      in: fixture.tracker, attackOrder: DetectorFixture.attacks, measures: measures,
      options: options)
  }

  @Test("reports are as they were when somebody last looked at them", arguments: cases)
  func golden(one: Case) throws {
    let database = try fixture.tracker.databaseUUID
    let text = GoldenTests.stable(
      try report(one.subject).rendered(
        as: one.format, width: one.format == .text ? 80 : nil), database)
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

  @Test("no line of a report is longer than the terminal is wide", arguments: [60, 80, 120])
  func width(width: Int) throws {
    for subject in Self.subjects {
      let text = try report(subject).rendered(as: .text, width: width)
      let tables = text.prefix(upTo: text.range(of: "From database")?.lowerBound ?? text.endIndex)
      for line in tables.split(separator: "\n") {
        #expect(line.count <= width, "\(subject): \(line)")
      }
    }
  }

  @Test("a reader sees what was fitted on what, that no attack knows a detector, and who published")
  func honesty() throws {
    let detectors = try report(.detectors).rendered(as: .text)
    #expect(detectors.contains("logistic: held-out half, all attacks"))
    #expect(detectors.contains("threshold: held-out half"))
    #expect(detectors.contains("MNIST is easy for squeezing"))
    let other = DetectorReport(
      .detectors, of: try fixture.addStudy(40, of: "cifar10"), in: fixture.tracker,
      attackOrder: DetectorFixture.attacks)
    let photographs = try other.rendered(as: .text)
    #expect(photographs.contains("know no detector") && !photographs.contains("MNIST is easy"))
    #expect(detectors.contains("know no detector"))
    let feinman = try report(.feinman).rendered(as: .text)
    #expect(feinman.contains("0.9059") && feinman.contains("read in the paper"))
    #expect(feinman.contains("from a second source"))
    let without = try report(.feinman, options: ReportOptions(showsPublished: false))
      .rendered(as: .text)
    #expect(!without.contains("0.9059"))
  }

  @Test("what was fitted on one attack stands in its own table, and not among those of all attacks")
  func narrowDetector() throws {
    try fixture.addNarrowDetector("narrow")
    let tables = try report(.feinman).rendered(as: .text).components(separatedBy: "\n\n")
    func rows(of title: String) throws -> [Substring] {
      let table = try #require(tables.first { $0.hasPrefix("Area under the ROC curve\(title)\n") })
      return table.split(separator: "\n").filter { $0.contains("logistic:") }
    }
    let pooled = try rows(of: ", all attacks pooled")
    #expect(pooled.count == 2 && pooled.allSatisfy { $0.hasPrefix("joint ") }, "\(pooled)")
    let own = try rows(of: " by attack").filter { $0.contains(" narrow ") }
    #expect(own.count == 2 && own.allSatisfy { $0.hasPrefix("FGSM ") }, "\(own)")
    #expect(own.allSatisfy { $0.contains("logistic: held-out half, FGSM") }, "\(own)")
  }

  @Test("a report shows the measures that were asked for")
  func chosen() throws {
    let text = try report(.detectors, measures: ["joint"]).rendered(as: .csv)
    #expect(text.contains("joint") && !text.contains("softmax_variance"))
  }

  @Test("a name that was not judged is refused, with those that were, by tables and figures alike")
  func unknownMeasures() throws {
    let unknown = ReportError.unknownMeasure(
      "nope", known: ["joint", "kernel_density", "softmax_variance"])
    for subject in [DetectorReport.Subject.detectors, .feinman] {
      #expect(throws: unknown) {
        try report(subject, measures: ["joint", "nope"]).rendered(as: .text)
      }
    }
    func drawn(_ measures: [String]) throws -> String {
      let subject = FigureSubject(
        tracker: fixture.tracker, study: try fixture.study("graese"),
        attackOrder: DetectorFixture.attacks, measures: measures)
      return String(decoding: try Figure.detectorROC.drawn(of: subject).svg, as: UTF8.self)
    }
    #expect(try drawn(["joint"]).contains("joint"))
    #expect(throws: unknown) { try drawn(["joint", "nope"]) }
    #expect(throws: FigureError.self) { try drawn([]) }
  }

  @Test("names from outside are escaped for what shows them")
  func escaping() throws {
    let page = try report(.detectors).rendered(as: .html)
    #expect(page.contains("kernel density &lt;b&gt;") && !page.contains("density <b>"))
  }

  @Test("the study of a name is the newest of that name, and another is refused")
  func subjects() throws {
    let tracker = fixture.tracker
    for (name, id) in DetectorFixture.studies {
      let subject = try #require(DetectorReport.Subject(rawValue: name))
      #expect(
        try DetectorReport.run(of: subject, .newest, in: tracker).uuid == DetectorFixture.uuid(id))
    }
    #expect(throws: ReportError.self) {
      try DetectorReport.run(of: .guo, .study(DetectorFixture.uuid(30)), in: tracker)
    }
    #expect(throws: ReportError.noStudy(named: "guo")) {
      try DetectorReport.run(of: .guo, .newest, in: StudyFixture().tracker)
    }
  }

  @Test(
    "each figure draws what its query has",
    arguments: [
      (Figure.ranking, "graese", "kernel density &lt;b&gt;"),
      (.detectorROC, "graese", "softmax variance"), (.transformShares, "graese", "jpeg"),
      (.outcomes, "distillation", "wrong class"),
    ])
  func figures(figure: Figure, study: String, word: String) throws {
    let drawn = try figure.drawn(
      of: FigureSubject(
        tracker: fixture.tracker, study: try fixture.study(study),
        attackOrder: DetectorFixture.attacks))
    let svg = String(decoding: drawn.svg, as: UTF8.self)
    #expect(svg.contains(word))
    #expect(svg.contains("FGSM"))
    for panel in drawn.sheet.narrowPanels ?? drawn.sheet.panels { #expect(panel.width <= 360) }
    if let folder = ProcessInfo.processInfo.environment["ASSAY_FIGURES"] {
      try Data(drawn.png()).write(
        to: URL(fileURLWithPath: folder).appending(path: "\(figure.rawValue).png"))
    }
  }
}
