import Report
import SQLite
import Testing
import Tracker

/// Reports about a model and all of its sets.
@Suite struct ModelReportTests {
  let fixture: StudyFixture

  init() throws {
    fixture = try StudyFixture()
    try fixture.addSet("art-fgsm", 4, isImported: true)
  }

  private var report: StudyReport {
    get throws {
      StudyReport(
        tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.model),
        protocolName: nil, attackOrder: StudyFixture.attacks)
    }
  }

  /// The rows of a query about the model, or about something else.
  private func rows(
    _ query: Query, _ study: String? = StudyFixture.model, _ values: [String: SQLValue] = [:]
  ) throws -> [[String: SQLValue]] {
    let values = values.merging(["study": study.map { .text($0) } ?? .null]) { $1 }
    return try fixture.tracker.query(query, values).dictionaries
  }

  private func attacks(_ rows: [[String: SQLValue]]) -> Set<String> {
    Set(rows.compactMap { $0["attack"]?.text })
  }

  @Test("a model is reported with all of its sets, a study with its own, and models only if named")
  func sets() throws {
    let own = Set(StudyFixture.attacks)
    for query in [Query.table1, .table2, .table3, .ablations, .measures, .attacks] {
      #expect(attacks(try rows(query)) == own.union(["art-fgsm"]), "\(query)")
      #expect(attacks(try rows(query, StudyFixture.study)) == own, "\(query)")
      let unbound = try rows(query, nil)
      #expect(Set(unbound.map { $0["study"]?.text }) == [StudyFixture.study], "\(query)")
    }
    #expect(try rows(.networks, nil).count == 1)
    let origins = try rows(.studies).map { [$0["attack"]?.text, $0["origin"]?.text] }
    #expect(origins == [["art-fgsm", "imported"], ["fgsm", "attacked"], ["jsma", "attacked"]])
    #expect(try rows(.studies, nil, ["kind": .text("reproduce")]).count == 2)
  }

  @Test("a report calls the network by its own name, a served model as its process does")
  func networkNames() throws {
    func texts() throws -> [String] {
      try [
        report.rendered(as: .text), report.rendered(.networks, as: .markdown),
        report.rendered(as: .html),
        StudySummary(of: report).text(
          for: TerminalStyle(width: 100), next: []),
      ]
    }
    for text in try texts() { #expect(text.contains("LeNet") && !text.contains("my_net")) }
    try fixture.connection.execute("DROP TRIGGER training_run_is_final")
    try fixture.connection.execute("UPDATE training_run SET architecture = 'my_net'")
    for text in try texts() { #expect(text.contains("my_net") && !text.contains("LeNet")) }
    try fixture.connection.execute(
      """
      INSERT INTO served_model VALUES (
        1, 'resnet-18', '\(StudyFixture.mnist)', '[]', '/', 1, 28, 28, 1, 'channels_first', '',
        '{}', '', NULL, '', '', 1)
      """)
    for text in try texts() { #expect(text.contains("resnet-18") && !text.contains("my_net")) }
  }

  @Test("a set's undefended accuracy is that of its mix, and the papers' numbers are the study's")
  func undefended() throws {
    let mix = try fixture.tracker.read {
      try $0.query(
        """
        SELECT attack, avg(deterministic_prediction = true_label) FROM detection_mixes
        WHERE part = 'selection' GROUP BY attack ORDER BY attack
        """
      ).rows
    }
    let ours = try rows(.table1)
    #expect(ours.map { [$0["attack"] ?? .null, $0["ours"] ?? .null] } == mix)
    for query in [Query.table1, .table2, .table3] {
      let isOurs = try rows(query).allSatisfy {
        $0["reproduction"] == .null && $0["original"] == .null
      }
      #expect(isOurs)
      #expect(
        try rows(query, StudyFixture.study).contains { ($0["reproduction"] ?? .null) != .null })
    }
  }

  @Test("two sets of one name are told apart in every query that names them")
  func labels() throws {
    try fixture.addSet("fgsm", 5)
    let expected: Set<String> = ["fgsm 00000005", "fgsm 00000014", "jsma", "art-fgsm"]
    var asked: Set<Query> = []
    for query in Query.allCases where query != .seeds {
      let described = try fixture.tracker.read { try $0.describe(query.sql) }
      guard described.parameters.contains("study"), described.columns.contains("attack"),
        NamedQuery(name: query.rawValue, sql: query.sql).group != "detectors"
      else { continue }
      asked.insert(query)
      #expect(attacks(try rows(query)) == expected, "\(query)")
      #expect(attacks(try rows(query, StudyFixture.study)) == ["fgsm", "jsma"], "\(query)")
    }
    // Whatever else names sets, the queries behind tables and figures do.
    #expect(asked.isSuperset(of: [.table1, .table2, .table3, .measures, .ablations, .roc]))
    let narrowed = try rows(.ablations, StudyFixture.model, ["attack": .text("fgsm")])
    #expect(attacks(narrowed) == ["fgsm 00000005", "fgsm 00000014"])
    let text = try report.rendered(.table1, as: .text)
    #expect(text.contains("FGSM 00000005  FGSM 00000014  JSMA"))
  }

  @Test("of several thresholds of a set, the newest that were chosen and are finished count")
  func newestThresholds() throws {
    let measure = (name: "softmax_std", orientation: "high")
    try fixture.connection.transaction {
      try fixture.insertThresholds(30, of: 18, falseNegatives: 7, measure: measure)
      try fixture.insertThresholds(
        31, of: 18, method: "given", falseNegatives: 8, measure: measure)
      try fixture.finish()
      try fixture.insertThresholds(32, of: 18, falseNegatives: 9, measure: measure)
    }
    let found = try rows(.table2, StudyFixture.model, ["protocol": .text("paper")]).filter {
      $0["attack"] == .text("art-fgsm") && $0["quantity"] == .text("clean_declared_adversarial")
    }
    #expect(found.map { $0["ours"] } == [.integer(7)])
  }

  @Test("a set is judged by the measure that its thresholds name first, and the report says so")
  func measures() throws {
    #expect(try !report.rendered(as: .text).contains("Measured differently"))
    try fixture.connection.transaction {
      try fixture.insertThresholds(
        30, of: 18, falseNegatives: 7, measure: (name: "margin", orientation: "low"))
      try fixture.finish()
    }
    let found = try rows(.ablations).filter { $0["attack"] == .text("art-fgsm") }
    #expect(Set(found.map { $0["measure"]?.text }) == ["margin"])
    let text = try report.rendered(.table2, as: .markdown)
    #expect(text.contains("ART-FGSM by margin, 50 passes, crops of side 24."))
    let summary = try StudySummary(of: report).text(for: TerminalStyle(width: 80), next: [])
    #expect(summary.contains("measured differently") && summary.count { $0 == "\n" } <= 12)
    #expect(try report.rendered(.ablations, as: .csv).contains("art-fgsm,hybrid,exact,"))
    let model = try fixture.tracker.run(uuid: StudyFixture.model)
    #expect(try model.reportedMeasure(in: fixture.tracker) == "softmax_std")
  }

  @Test("the tables read as a study's without the published numbers, in every format")
  func formats() throws {
    let report = try report
    let text = try report.rendered(as: .text)
    #expect(
      text.hasPrefix(
        "Model 00000001: LeNet on an unknown data set, trained with seed 0; sets: fgsm, jsma, art-fgsm"
          + " (imported)\n"))
    #expect(!text.contains("the reproduction's") && !text.contains("seeds"))
    #expect(text.contains("False negative  10          10          10"))
    #expect(text.contains("ART-FGSM  imported"))
    for format in TableFormat.allCases {
      let whole = try report.rendered(as: format)
      #expect(whole.contains("ART-FGSM") || whole.contains("art-fgsm"), "\(format)")
      #expect(!whole.contains("/ \u{2014}"), "\(format)")
      #expect(throws: ReportError.seedsOfModel(StudyFixture.model)) {
        try report.rendered(.seeds, as: format)
      }
    }
    #expect(
      try report.rendered(as: .text, width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 }
    )
    let macros = try report.macros()
    #expect(macros.contains("\\newcommand{\\assayArtFgsmPaperDetectionAccuracy}{83.3\\%}"))
    #expect(!macros.contains("Original}"))
    let stand = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.model),
      protocolName: nil, attackOrder: [], isStandIn: true)
    #expect(try stand.rendered(as: .markdown).contains("\n\nThe database has no study; "))
    #expect(try stand.rendered(as: .html).contains("The database has no study; "))
  }

  @Test("figures have a panel for each set, and the page knows whose numbers are whose")
  func figures() throws {
    let subject = FigureSubject(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.model),
      attackOrder: StudyFixture.attacks)
    for figure in [Figure.figure1, .roc, .thresholds, .gallery] {
      let svg = String(decoding: try figure.drawn(of: subject).svg, as: UTF8.self)
      for name in ["FGSM", "JSMA", "ART-FGSM"] {
        // In the gallery a panel's heading names the route too.
        let heading = figure == .gallery ? ">\(name): below L<" : ">\(name)<"
        #expect(svg.contains(heading), "\(figure)")
      }
      #expect(svg.contains("run attack art-fgsm"), "\(figure)")
    }
    #expect(try Figure.training.drawn(of: subject).text != nil)
    let page = try Page.of(subject, tables: report.blocks()).html()
    #expect(page.contains("<span>Model 00000001</span>"))
    #expect(page.contains("<td data-attack=\"art-fgsm\""))
  }

  @Test("names that do not fit keep both ends")
  func names() {
    let label = "Foolbox-projected-gradient-descent 3f2a91bc"
    #expect(AttackName.heading(label) == "FOOLBOX-PROJECTED-GRADIENT-DESCENT 3f2a91bc")
    let short = AttackName.heading(label) { $0.count <= 12 }
    #expect(short == "FOOLBO…a91bc")
    let narrow = AttackName.heading(label, size: 11.5, within: 90)
    #expect(narrow.contains("…") && narrow.hasPrefix("FOO") && narrow.hasSuffix("1bc"))
    #expect(AttackName.heading("fgsm") { _ in false } == "…")
  }

  @Test("a model without thresholds is refused")
  func nothing() throws {
    try fixture.connection.transaction {
      try fixture.insertRun(33, "train")
      try fixture.finish()
    }
    let report = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.uuid(33)),
      protocolName: nil, attackOrder: [])
    #expect(throws: ReportError.noSets(model: StudyFixture.uuid(33))) {
      try report.refuseModelWithoutSets()
    }
    try self.report.refuseModelWithoutSets()
    #expect(try Run.newestReportedModel(in: fixture.tracker)?.uuid == StudyFixture.model)
  }

  @Test("the runs behind a model's numbers are its own and those of its sets")
  func provenance() throws {
    let found = try rows(.provenance)
    let about = Dictionary(grouping: found) { $0["attack"]?.text }.mapValues(\.count)
    #expect(about == [nil: 3, "fgsm": 3, "jsma": 3, "art-fgsm": 3])
    #expect(!found.contains { $0["kind"] == .text("reproduce") })
  }
}
