import Report
import SQLite
import Testing
import Tracker

/// What tables say so that their numbers are not taken for more than they are.
@Suite struct TableNoteTests {
  func report(
    _ fixture: StudyFixture, _ study: String = StudyFixture.study,
    options: ReportOptions = ReportOptions()
  ) throws -> StudyReport {
    StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: study), protocolName: nil,
      attackOrder: StudyFixture.attacks, options: options)
  }

  @Test("the papers' numbers stand beside MNIST alone, and their other size is said")
  func published() throws {
    let mnist = try report(StudyFixture())
    let text = try mnist.rendered(.table2, as: .text)
    #expect(text.contains("50 / 515 (252)") || text.contains("10 / 515 (252)"))
    #expect(
      text.contains("The published numbers are of MNIST, epsilon 0.3 and 5,000 pairs of images"))
    #expect(text.contains("these are of 60 pairs."))
    let other = try report(StudyFixture(dataDigest: String(repeating: "f", count: 64)))
    for part in [StudyReport.Part.table1, .table2, .table3] {
      let text = try other.rendered(part, as: .text)
      #expect(!text.contains("reproduction") && !text.contains(" / "), "\(part)")
    }
    #expect(try !other.macros().contains("Original}"))
    let without = try report(StudyFixture(), options: ReportOptions(showsPublished: false))
    #expect(try !without.rendered(as: .text).contains(" / 515 "))
    #expect(try !without.rendered(.table2, as: .csv).contains("515"))
    #expect(try !without.macros().contains("Reproduction}"))
  }

  @Test("intervals are of the images alone, and over seeds a number's spread is told")
  func spread() throws {
    let fixture = try StudyFixture()
    let alone = try report(fixture).rendered(.table2, as: .markdown)
    #expect(alone.contains("95% intervals are Wilson's; they count the images alone: trained on"))
    #expect(!alone.contains("over 2 seeds"))
    try fixture.addSeed(1, run: 40)
    let text = try report(fixture).rendered(.table2, as: .markdown)
    #expect(text.contains("Standard deviation over 2 seeds, in points: FGSM "))
  }

  @Test("a table over seeds cites the runs of all studies, of those that may count")
  func seeds() throws {
    let fixture = try StudyFixture()
    try fixture.addSeed(1, run: 40)
    try fixture.addSeed(2, run: 44)
    for format in [TableFormat.json, .markdown, .latex, .html] {
      let text = try report(fixture).rendered(.seeds, as: format)
      for run in [StudyFixture.study, StudyFixture.uuid(40), StudyFixture.uuid(45)] {
        #expect(text.contains(run), "\(format)")
      }
    }
    let text = try report(fixture).rendered(.seeds, as: .text)
    #expect(text.contains("Runs of seed 1 (key): ") && text.contains("Runs of seed 2 (key): "))
    #expect(text.contains("Seeds"))
    // Another table is of the study's own runs.
    #expect(try !report(fixture).rendered(.table2, as: .json).contains(StudyFixture.uuid(40)))
    let pinned = ReportOptions(seedStudies: [StudyFixture.study, StudyFixture.uuid(40)])
    let fewer = try report(fixture, options: pinned).rendered(.seeds, as: .csv)
    #expect(fewer.contains(",2,") && !fewer.contains(",3,"))
  }

  @Test("sets of one attack are called by what differs, also in the names of macros")
  func labels() throws {
    let fixture = try StudyFixture()
    try fixture.addSet("pgd", 4, parameters: #"{"epsilon": 0.1, "iterations": 40}"#)
    try fixture.addSet("pgd", 5, parameters: #"{"epsilon": 0.3, "iterations": 40}"#)
    try fixture.addSet("cw", 6, parameters: #"{"confidence": 0, "step_size": 0.5}"#)
    try fixture.addSet("cw", 7, parameters: #"{"confidence": 5, "step_size": 0.5}"#)
    let model = try report(fixture, StudyFixture.model)
    let text = try model.rendered(.table1, as: .text)
    for name in ["PGD 0.1", "PGD 0.3", "CW confidence 0", "CW confidence 5"] {
      #expect(text.contains(name))
    }
    #expect(try model.macros().contains("{\\assayPgdZeroPointOneUndefendedAccuracy}"))
  }

  @Test("a table whose sets are of different numbers of images says so")
  func mixedSelections() throws {
    let fixture = try StudyFixture()
    #expect(
      try !report(fixture, StudyFixture.model).rendered(as: .text).contains("different sizes"))
    try fixture.addSet("pgd", 4, images: 20)
    let model = try report(fixture, StudyFixture.model)
    for part in [StudyReport.Part.table1, .table2, .table3, .ablations, .measures, .attacks] {
      #expect(
        try model.rendered(part, as: .markdown).contains(
          "Selections of different sizes: FGSM, JSMA on 60 pairs; PGD on 20 pairs."), "\(part)")
    }
  }

  @Test("sets that differ in their seed alone are called by it")
  func seedLabels() throws {
    let fixture = try StudyFixture()
    try fixture.addSet("pgd", 4, parameters: #"{"epsilon": 0.1}"#)
    try fixture.addSet("pgd", 5, parameters: #"{"epsilon": 0.1}"#, seed: 3)
    try fixture.addSet("pgd", 6, parameters: #"{"epsilon": 0.3}"#)
    let text = try report(fixture, StudyFixture.model).rendered(.table1, as: .text)
    #expect(text.contains("PGD 0.1 seed 0  PGD 0.1 seed 3  PGD 0.3"))
    // Two of one seed are told apart by their runs, as before.
    try fixture.addSet("pgd", 7, parameters: #"{"epsilon": 0.1}"#, seed: 3)
    let more = try report(fixture, StudyFixture.model).rendered(.table1, as: .text)
    #expect(more.contains("PGD 0.1 seed 0") && !more.contains("PGD 0.1 seed 3"))
    for place in [5, 7] as [Int64] {
      #expect(more.contains("PGD 0.1 \(StudyFixture.uuid(5 + 3 * place).prefix(8))"))
    }
  }

  @Test("sets of other images say so, also where these are as many and behind the summary")
  func otherImages() throws {
    let fixture = try StudyFixture()
    // Another selection of the same images is no other one.
    try fixture.addSet("pgd", 4, images: 60)
    let alike = try report(fixture, StudyFixture.model)
    #expect(try !alike.rendered(as: .text).contains("Selections of different"))
    try fixture.addSet("cw", 5, images: 60, from: 1)
    let model = try report(fixture, StudyFixture.model)
    let note =
      "Selections of different images: FGSM, JSMA, PGD on 60 pairs of selection 00000002; "
      + "CW on 60 pairs of selection 000000cd."
    for part in [StudyReport.Part.table1, .table2, .table3, .ablations, .measures, .attacks] {
      #expect(try model.rendered(part, as: .markdown).contains(note), "\(part)")
    }
    let run = try fixture.tracker.run(uuid: StudyFixture.model)
    let detectors = DetectorReport(
      .detectors, of: run, in: fixture.tracker, attackOrder: StudyFixture.attacks)
    #expect(try detectors.rendered(as: .markdown).contains(note))
    for (width, words) in [
      (80, "Sets are of different images; the whole report says which."),
      (40, "Sets of different images: see --full."),
    ] {
      let summary = try StudySummary(of: model).text(
        for: TerminalStyle(width: width, breaksLines: true), next: ["assay report --full"])
      #expect(summary.contains("\n\(words)\n"))
      #expect(summary.count { $0 == "\n" } <= 12)
    }
    #expect(
      try !report(fixture).rendered(as: .markdown).contains("Selections of different"))
  }

  @Test("numbers whose macros would have one name are refused, with the words of both")
  func macros() throws {
    let fixture = try StudyFixture()
    try fixture.addSet("art-fgsm", 4, isImported: true)
    try fixture.addSet("art_fgsm", 5, isImported: true)
    let error = try #require(throws: ReportError.self) {
      try report(fixture, StudyFixture.model).macros()
    }
    #expect("\(error)".contains("\\assayArtFgsm"))
    #expect("\(error)".contains("'art-fgsm, ") && "\(error)".contains("'art_fgsm, "))
  }
}
