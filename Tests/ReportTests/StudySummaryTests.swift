import Report
import SQLite
import Testing
import Tracker

/// What people are told first: how well each attack is detected, and what failed.
@Suite struct StudySummaryTests {
  let fixture: StudyFixture

  init() throws {
    fixture = try StudyFixture()
  }

  private func report(
    _ run: String, protocolName: String? = nil, trial: (sweep: String, number: Int)? = nil
  ) throws -> StudyReport {
    StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: run),
      protocolName: protocolName, attackOrder: StudyFixture.attacks, trial: trial)
  }

  private func lines(
    _ report: StudyReport, width: Int = 80, isColored: Bool = false
  ) throws -> [String] {
    let style = TerminalStyle(width: width, isColored: isColored, breaksLines: true)
    return try StudySummary(of: report).text(
      for: style, next: ["assay report --full", "assay query"]
    )
    .split(separator: "\n").map(String.init)
  }

  @Test("an attack has failed where even the upper end of its interval is below 90%")
  func failures() throws {
    let both = try lines(report(StudyFixture.study))
    #expect(both.contains("Not detected reliably (below 90%): FGSM, JSMA."))
    #expect(!both.contains { $0.hasPrefix("Below the original") })
    // With no clean image declared adversarial, FGSM has 90.9% (84.1 to 95.0%), below the original's.
    try fixture.addSeed(-5, run: 40)
    let one = try lines(report(StudyFixture.uuid(40)))
    #expect(one.contains("Not detected reliably (below 90%): JSMA."))
    #expect(one.contains("Below the original paper's: FGSM."))
    #expect(one.contains { $0.hasPrefix("FGSM") && $0.contains("90.9%  84.1–95.0%") })
    let page = try report(StudyFixture.uuid(40)).rendered(as: .html)
    #expect(page.contains("JSMA is not detected reliably"))
    #expect(!page.contains("FGSM is not detected reliably"))
    #expect(page.contains("FGSM is detected less well than in the original paper"))
    #expect(page.contains("takes 16.7% of the adversarial images for clean"))
  }

  @Test(
    "it is by held-out thresholds unless the others are asked for", arguments: [40, 60, 80, 120])
  func choice(width: Int) throws {
    for (name, words) in [(nil, "held-out"), ("heldout", "held-out"), ("paper", "reported")] {
      let lines = try lines(report(StudyFixture.study, protocolName: name), width: width)
      let caption = try #require(lines.first { $0.hasPrefix("Detection accuracy") })
      #expect(caption.contains(words) || (width < 72 && caption.contains("fitted")))
      #expect(lines.count <= 12)
      for line in lines { #expect(line.count <= width, "\(line)") }
    }
  }

  @Test("many attacks leave those that are detected worst", arguments: [40, 80])
  func manyAttacks(width: Int) throws {
    for place in 4...12 { try fixture.addSet("attack-\(place)", place, isImported: true) }
    let lines = try lines(report(StudyFixture.model), width: width)
    #expect(lines.count <= 12)
    for line in lines { #expect(line.count <= width, "\(line)") }
    #expect(lines.contains { $0.hasPrefix("and ") && $0.hasSuffix(" more, detected better") })
    #expect(lines.contains { $0.contains(": FGSM, JSMA") || $0.contains(": 11 attacks") })
    #expect(lines.last?.hasPrefix("Next: assay report --full") == true)
  }

  @Test("thresholds that were given are said to be, and colours are there only if they are wanted")
  func given() throws {
    try fixture.addSweep(named: "search", values: [0.5, 0.7])
    try fixture.addTrialStudy(60, sweep: "search", trial: 1)
    let report = try report(StudyFixture.uuid(60), trial: ("search", 1))
    let plain = try lines(report)
    #expect(plain[0].hasPrefix("Trial 1 of sweep search: LeNet on MNIST, seed 0; "))
    #expect(plain[1] == "Detection accuracy, thresholds as they were given:")
    #expect(plain.contains { $0.hasPrefix("FGSM ") && $0.contains("%") })
    #expect(try StudySummary(of: report).mainPart == .ablations)
    #expect(try StudySummary(of: self.report(StudyFixture.study)).mainPart == .table2)
    #expect(!plain.joined().contains("\u{1B}"))
    let colored = try lines(report, isColored: true)
    #expect(colored.joined().contains("\u{1B}[1mTrial 1"))
    #expect(colored.count == plain.count)
  }

  @Test("given thresholds that were tried as well have a line of their own, and no number twice")
  func alsoGiven() throws {
    try fixture.addStudyWithGiven(60)
    let report = try report(StudyFixture.uuid(60))
    let wide = try lines(report)
    #expect(wide[1].hasPrefix("Detection accuracy, thresholds chosen on the held-out half"))
    #expect(wide.contains("With the given thresholds: FGSM 76.9%."), "\(wide)")
    #expect(try lines(report, width: 40).contains("Given: FGSM 76.9%."))
    #expect(try !lines(self.report(StudyFixture.study)).contains { $0.contains("given") })
    #expect(try report.macros().contains("{\\assayFgsmUndefendedAccuracy}"))
  }

  @Test("without votes detection is by the measure alone, and tables with votes say why not")
  func withoutVotes() throws {
    try fixture.connection.transaction {
      for (run, measurement) in [(30, 6), (31, 9)] as [(Int64, Int64)] {
        try fixture.insertThresholds(
          run, of: measurement, detector: "uncertainty", measure: ("softmax_std", "high"))
      }
      try fixture.finish()
    }
    let report = try report(StudyFixture.model)
    let wide = try lines(report)
    #expect(wide.contains("Detection without votes, thresholds chosen on the held-out half:"))
    #expect(wide.contains { $0.hasPrefix("FGSM ") && $0.contains("83.3%") }, "\(wide)")
    #expect(try lines(report, width: 40).contains("Without votes, held-out thresholds:"))
    #expect(try StudySummary(of: report).mainPart == .ablations)
    #expect(try report.rendered(.ablations, as: .text).contains("uncertainty"))
    #expect(try report.rendered(as: .html).contains("over 50 passes with dropout alone, tells"))
    for part in [StudyReport.Part.table2, .table3] {
      #expect(throws: ReportError.noVotes(part.rawValue, model: StudyFixture.model)) {
        try report.rendered(part, as: .text)
      }
    }
  }

  @Test("held-out thresholds are missed only where they were asked for and others are there")
  func withoutHeldoutHalf() throws {
    try fixture.connection.transaction {
      for (run, measurement) in [(30, 6), (31, 9)] as [(Int64, Int64)] {
        try fixture.insertThresholds(
          run, of: measurement, protocols: ["paper"], measure: ("softmax_std", "high"))
      }
      try fixture.finish()
    }
    let both = try report(StudyFixture.model)
    #expect(try both.rendered(.table2, as: .text).contains("protocol paper"))
    let heldout = try report(StudyFixture.model, protocolName: "heldout")
    for part in [StudyReport.Part.table2, .ablations] {
      #expect(throws: ReportError.noHeldoutHalf(model: StudyFixture.model)) {
        try heldout.rendered(part, as: .text)
      }
    }
    // No table of another protocol is suggested.
    #expect(try StudySummary(of: heldout).mainPart == nil)
  }

  @Test("what the intervals are is said where there is room for all attacks and for it")
  func intervals() throws {
    let note = "95% intervals are Wilson's; they count the images alone."
    #expect(try lines(report(StudyFixture.study)).contains(note))
    #expect(
      try lines(report(StudyFixture.study), width: 40).contains {
        $0.hasPrefix("95%: Wilson's")
      })
    for place in 4...12 { try fixture.addSet("attack-\(place)", place, isImported: true) }
    let many = try lines(report(StudyFixture.model))
    #expect(many.count == 12 && !many.contains(note))
  }
}
