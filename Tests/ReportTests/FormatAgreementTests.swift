import Foundation
import Report
import SQLite
import Testing
import Tracker

/// All formats of all tables, read back and held against each other.
@Suite struct FormatAgreementTests {
  static let parts = StudyReport.Part.allCases.filter { $0 != .seeds }
  let fixture: StudyFixture
  let report: StudyReport

  init() throws {
    fixture = try StudyFixture()
    report = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      protocolName: nil, attackOrder: StudyFixture.attacks)
  }

  /// The cells with the tables in one order: a page has the one by held-out thresholds first.
  func byTable(_ cells: [ReportGrid.Cell]) -> [ReportGrid.Cell] {
    ["protocol paper", "protocol heldout"].flatMap { name in
      cells.filter { $0.row.contains(name) }
    } + cells.filter { !$0.row.contains("; protocol ") }
  }

  func grid(_ part: StudyReport.Part?, _ format: TableFormat) throws -> ReportGrid {
    ReportGrid(
      try report.rendered(part, as: format),
      as: try #require(ReportFormat(rawValue: format.rawValue)))
  }

  @Test("what people read is the same in every format", arguments: parts)
  func peoplesFormats(part: StudyReport.Part) throws {
    let text = byTable(try grid(part, .text).cells)
    #expect(text.count > 3)
    for format in [TableFormat.markdown, .html] {
      let other = byTable(try grid(part, format).cells)
      #expect(other.map(\.column) == text.map(\.column), "\(format)")
      #expect(other.map(\.text) == text.map(\.text), "\(format)")
    }
    // On paper wide tables are set in blocks, or turned.
    let printed = try Set(grid(part, .latex).cells.map(\.text))
    #expect(Set(text.map(\.text)).subtracting(printed).subtracting(["95% interval"]).isEmpty)
  }

  @Test("what machines read is the same in every format, to the last bit", arguments: parts)
  func machinesFormats(part: StudyReport.Part) throws {
    let csv = try grid(part, .csv).cells
    #expect(try grid(part, .tsv) == grid(part, .csv))
    let columns = Set(csv.map(\.column)).count
    let json = Dictionary(
      uniqueKeysWithValues: try grid(part, .json).cells.map { ("\($0.row) \($0.column)", $0.text) })
    #expect(json.count == csv.count)
    for (place, cell) in csv.enumerated() {
      let other = try #require(json["\(part.rawValue) \(place / columns) \(cell.column)"])
      if let number = Double(cell.text) {
        #expect(Double(other) == number)
      } else {
        #expect(other == (cell.text.isEmpty ? "null" : cell.text))
      }
    }
    let result = try fixture.tracker.query(part.query, ["study": .text(StudyFixture.study)])
    #expect(result.rows.count * result.columns.count == csv.count)
  }

  /// The numbers of a cell with half a unit of their last digit.
  func numbers(in cell: String) -> [(value: Double, tolerance: Double)] {
    cell.matches(of: /∞|[−]?[0-9][0-9,]*(?:\.([0-9]+))?(?:e(-?[0-9]+))?/).compactMap { match in
      if match.0 == "∞" { return (.infinity, 0) }
      let text = match.0.replacing(",", with: "").replacing("−", with: "-")
      let exponent = match.2.flatMap { Int($0) } ?? 0
      return Double(text).map {
        ($0, 0.5000001 * pow(10, Double(exponent - (match.1?.count ?? 0))))
      }
    }
  }

  /// Expects a cell to show these numbers, rounded, and no other.
  func expect(_ cell: String?, shows values: [SQLValue?], _ isPercent: Bool) throws {
    let cell = try #require(cell)
    let exact = values.compactMap { $0?.real }.map { isPercent ? $0 * 100 : $0 }
    let shown = numbers(in: cell)
    #expect(shown.count == exact.count, "\(cell)")
    for (shown, exact) in zip(shown, exact) {
      #expect(
        shown.value == exact || abs(shown.value - exact) <= shown.tolerance, "\(cell): \(exact)")
    }
    if exact.isEmpty { #expect(cell == "—") }
  }

  @Test("the papers' tables show the exact numbers, rounded")
  func paperTables() throws {
    let labels = [
      "undefended_accuracy": "Classification acc.",
      "clean_declared_adversarial": "False negative",
      "adversarial_declared_clean": "False positive",
      "adversarial_declared_adversarial": "True negative",
      "clean_declared_clean": "True positive", "detection_accuracy": "Detection acc.",
      "clean_declared_clean_correct": "Clean correct",
      "clean_declared_clean_incorrect": "Clean incorrect",
      "adversarial_declared_clean_correct": "Adv. correct",
      "adversarial_declared_clean_incorrect": "Adv. incorrect",
      "classification_accuracy": "Accuracy",
    ]
    for part in [StudyReport.Part.table1, .table2, .table3] {
      let cells = try grid(part, .text).cells
      var seen = 0
      for row in try fixture.tracker.query(part.query).dictionaries {
        let attack = (row["attack"]?.text ?? "").uppercased()
        let label = try #require(labels[row["quantity"]?.text ?? ""])
        let name = row["protocol"]?.text
        func cell(_ line: String, _ column: String) -> String? {
          cells.first {
            $0.column == column && $0.row.hasSuffix(" / " + line)
              && (name.map($0.row.contains) ?? true)
          }?.text
        }
        let isPercent = row["unit"] == .text("fraction")
        let isByAttack = part == .table3
        try expect(
          isByAttack ? cell(attack, label) : cell(label, attack),
          shows: [row["ours"], row["reproduction"], row["original"]], isPercent)
        guard isPercent else { continue }
        seen += 1
        let line = isByAttack ? attack + " 95% interval" : "95% interval"
        try expect(
          cell(line, isByAttack ? label : attack), shows: [row["ours_low"], row["ours_high"]], true)
      }
      #expect(seen > 0)
    }
  }

  @Test("the other tables show the exact numbers, rounded", arguments: ["paper", "heldout"])
  func otherTables(protocolName: String) throws {
    let headings: [String: [String: String]] = [
      "networks": ["epochs": "epochs", "images": "test_images", "accuracy": "test_accuracy"],
      "ablations": [
        "L": "low_threshold", "H": "high_threshold", "C": "agreement_threshold",
        "detection": "detection_accuracy", "classified": "classification_accuracy",
        "to crops": "sent_to_crops",
      ],
      "measures": [
        "AUROC": "auroc", "alone": "uncertainty_\(protocolName)",
        "hybrid": "hybrid_\(protocolName)",
      ],
      "attacks": [
        "images": "images", "success": "success_rate", "mean L0": "mean_l0", "mean L2": "mean_l2",
        "mean Linf": "mean_linf",
      ],
    ]
    for part in [StudyReport.Part.networks, .ablations, .measures, .attacks] {
      var values = ["study": SQLValue.text(StudyFixture.study)]
      if part == .ablations { values["protocol"] = .text(protocolName) }
      let rows = try fixture.tracker.query(part.query, values).dictionaries
      let cells = try grid(part, .text).cells.filter {
        !$0.row.contains("; protocol") || $0.row.contains("protocol \(protocolName)")
      }
      let width = cells.count / rows.count
      for (index, row) in rows.enumerated() {
        var column = ""
        for cell in cells[index * width..<(index + 1) * width] {
          if cell.column == "95%" {
            let isPercent = column != "auroc"
            try expect(cell.text, shows: [row[column + "_low"], row[column + "_high"]], isPercent)
          } else if let name = headings[part.rawValue]?[cell.column] {
            column = name
            let isPercent =
              cell.text.hasSuffix("%")
              || ["detection", "classified", "alone", "hybrid", "success", "accuracy"]
                .contains(cell.column)
            try expect(cell.text, shows: [row[name]], isPercent)
          }
        }
      }
    }
  }

  @Test("the same database gives the same bytes, which say where they come from")
  func provenance() throws {
    for format in TableFormat.allCases {
      let first = try report.rendered(as: format)
      #expect(try report.rendered(as: format) == first)
      let isPlain = [.csv, .tsv, .jsonl].contains(format)
      #expect(first.contains(StudyFixture.study.prefix(8)))
      #expect(first.contains(Query.table2.sha256.prefix(8)) == !isPlain)
    }
  }

  @Test("no line in a terminal is wider than 120 columns")
  func width() throws {
    let widest = try report.rendered(as: .text).split(separator: "\n").map(\.count).max()
    #expect((widest ?? 0) <= 120)
  }

  @Test("a narrow terminal has every cell in lines that fit", arguments: [40, 60, 80, 100])
  func narrow(width: Int) throws {
    let (wide, narrow) = (
      try report.rendered(as: .text), try report.rendered(as: .text, width: width)
    )
    // A path is longer than some terminals are wide, and stays whole.
    #expect(narrow.split(separator: "\n").filter { $0.count > width && $0.contains(" ") } == [])
    let words = { (text: String) in
      Set(text.split { $0 == " " || $0 == "\n" }).filter { $0.first != "─" }
    }
    #expect(words(narrow) == words(wide))
  }

  @Test("macros have names of letters, each once, and the numbers of the tables")
  func macros() throws {
    let text = try report.macros()
    let names = text.matches(of: /\\newcommand\{\\([^}]*)\}/).map { String($0.1) }
    #expect(names.count > 50 && Set(names).count == names.count)
    #expect(
      names.allSatisfy { $0.hasPrefix("assay") && $0.allSatisfy { $0.isASCII && $0.isLetter } })
    for (name, value) in [
      ("assayFgsmPaperDetectionAccuracy", "83.3\\%"), ("assayFgsmPaperCleanDeclaredClean", "50"),
      ("assayFgsmDetectionAccuracyOriginal", "96.1\\%"), ("assayTestAccuracyHigh", "100.0\\%"),
    ] {
      #expect(text.contains("\\newcommand{\\\(name)}{\(value)}% "))
    }
  }

  @Test("a changed number is found in every format, in CSV and JSON by row and column")
  func differences() throws {
    for format in TableFormat.allCases {
      let good = try report.rendered(.table2, as: format)
      let (old, new) =
        [.json, .jsonl, .csv, .tsv].contains(format)
        ? ("0.8333333333333334", "0.8333333333333333") : ("83.3", "83.2")
      let place = try #require(good.firstRange(of: old), "\(format)")
      let bad = good.replacingCharacters(in: place, with: new)
      let kind = try #require(ReportFormat(rawValue: format.rawValue))
      let found = ReportDifference.between(
        Array(bad.utf8), and: Array(good.utf8), of: "x", as: kind)
      #expect(found.count == 1, "\(format)")
      guard [.csv, .json].contains(format) else {
        #expect(found.first?.row == "the file")
        continue
      }
      #expect(found.first?.old.contains(new) ?? false)
      #expect(found.first?.new.contains(old) ?? false)
      #expect(found.first?.column == "ours")
      // Where numbers come from is no number.
      let elsewhere = good.replacing(Query.table2.sha256, with: String(repeating: "0", count: 64))
      #expect(
        ReportDifference.between(Array(elsewhere.utf8), and: Array(good.utf8), of: "x", as: kind)
          .isEmpty)
    }
  }

  @Test("a study whose runs read different data is refused")
  func mixedData() throws {
    let fixture = try StudyFixture(selectedFrom: String(repeating: "e", count: 64))
    let report = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      protocolName: nil, attackOrder: [])
    for format in TableFormat.allCases {
      #expect(throws: ReportError.self) { try report.rendered(as: format) }
    }
    #expect(throws: ReportError.self) { try report.macros() }
    #expect(throws: ReportError.self) { try report.refuseMixedData() }
    try self.report.refuseMixedData()
  }

  @Test("words that LaTeX and HTML would take for commands stay words")
  func escaping() {
    let words = #"a & b_c {100%} #1 $x$ ~ ^ \ < > | " ± −1 ∞ – —"#
    let table = Table(
      title: "T", columns: [.init("a", "A", .text), .init("b", "B", .text)],
      rows: [[.text(words), .text("x")]])
    for (format, kind) in [
      (TableFormat.latex, ReportFormat.latex), (.html, .html), (.markdown, .markdown),
      (.text, .text), (.csv, .csv),
    ] {
      let grid = ReportGrid(table.rendered(as: format), as: kind)
      #expect(grid.cells.map(\.text) == [words, "x"], "\(format)")
    }
    #expect(!table.rendered(as: .latex).contains("100%}"))
  }
}
