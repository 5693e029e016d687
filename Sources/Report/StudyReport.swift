internal import SQLite
public import Tracker

/// The tables of a study, ours beside the published ones.
///
/// Every number comes from a named query; what is done here is layout.
public struct StudyReport: Sendable {
  /// The tables that there are, by the names that commands use.
  public enum Part: String, Sendable, CaseIterable {
    /// Accuracy of the undefended network.
    case table1
    /// Detection.
    case table2
    /// Classification of what is declared clean.
    case table3
    /// What each part of the detector contributes.
    case ablations
    /// The measures of uncertainty.
    case measures
    /// What the attacks did.
    case attacks
  }

  private let tracker: Tracker
  private let study: Run
  private let protocols: [String]
  private let attackOrder: [String]

  /// Prepares the report of a study.
  ///
  /// - Parameters:
  ///   - tracker: The record.
  ///   - study: The run that joins the study's results.
  ///   - protocolName: "paper" or "heldout"; nil shows both.
  ///   - attackOrder: The attacks' names in the order in which they are shown.
  public init(tracker: Tracker, study: Run, protocolName: String?, attackOrder: [String]) {
    self.tracker = tracker
    self.study = study
    protocols = protocolName.map { [$0] } ?? ["paper", "heldout"]
    self.attackOrder = attackOrder
  }

  /// The report, or one table of it.
  ///
  /// Text and Markdown have the papers' layout. JSON and CSV have the queries' rows: JSON an object
  /// with an array for each table, CSV the three papers' tables in one.
  ///
  /// - Parameters:
  ///   - part: Which table; nil for all.
  ///   - format: In what form.
  /// - Returns: The text.
  /// - Throws: What the queries throw.
  public func rendered(_ part: Part? = nil, as format: TableFormat) throws -> String {
    switch format {
    case .text, .markdown:
      let parts = part.map { [$0] } ?? Part.allCases
      let tables = try parts.flatMap(layout).map { $0.rendered(as: format) }
      return try (part == nil ? [heading(format)] : []).joined() + tables.joined(separator: "\n")
    case .csv:
      return try (part.map(rows) ?? joinedPaperTables()).rendered(as: .csv)
    case .json:
      if let part { return try rows(part).rendered(as: .json) }
      let members = try Part.allCases.map { part in
        let array = try rows(part).rendered(as: .json)
        return "\"\(part.rawValue)\": " + array.dropLast()
      }
      return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }
  }

  /// The tables as people read them, with the queries that they come from.
  ///
  /// - Throws: What the queries throw.
  package func blocks() throws -> [Page.Block] {
    try Part.allCases.flatMap { part in
      try layout(part).enumerated().map { index, table in
        var values: [String: SQLValue] = ["study": .text(study.uuid)]
        if [.table2, .table3].contains(part) { values["protocol"] = .text(protocols[index]) }
        return Page.Block(.table(table), sources: [Page.Source(query(of: part), values)])
      }
    }
  }

  /// The query that a part's numbers come from.
  private func query(of part: Part) -> Query {
    switch part {
    case .table1: .table1
    case .table2: .table2
    case .table3: .table3
    case .ablations: .ablations
    case .measures: .measures
    case .attacks: .attacks
    }
  }

  /// What was studied, above the tables.
  private func heading(_ format: TableFormat) throws -> String {
    let configuration = study.configuration
    let dataset = configuration["dataset"]?.string ?? "an unknown data set"
    var lines = ["Study \(study.uuid.prefix(8)): LeNet on \(dataset), seed \(study.seed ?? 0)"]
    if configuration["quick"] == .bool(true) {
      lines.append("A QUICK STUDY: one epoch, few images. Its numbers are for a first look only.")
    }
    let accuracy = try tracker.read { connection in
      try connection.rows(
        """
        SELECT DISTINCT training_runs.test_accuracy, training_runs.test_images
        FROM lineages
        JOIN detection_results ON detection_results.run = lineages.parent
        JOIN training_runs ON training_runs.run = detection_results.model
        WHERE lineages.run = ?
        """, [.text(study.uuid)]
      ) { (accuracy: $0.value(0), images: $0.value(1)) }
    }
    for trained in accuracy {
      lines.append(
        "Test accuracy \(Typesetting.text(of: trained.accuracy, as: .percent)) on "
          + "\(Typesetting.text(of: trained.images, as: .integer)) images, dropout off")
    }
    return lines.joined(separator: format == .markdown ? "\n\n" : "\n") + "\n\n"
  }

  private func layout(_ part: Part) throws -> [Table] {
    switch part {
    case .table1: [try paperTable1()]
    case .table2: try protocols.map(paperTable2)
    case .table3: try protocols.map(paperTable3)
    case .ablations, .measures, .attacks: [try rows(part).dropping("study")]
    }
  }

  private static let legend = "Cells: ours / the reproduction's (the original's)."

  private static let protocolDescriptions = [
    "paper": "protocol paper: thresholds chosen on the very images reported",
    "heldout": "protocol heldout: thresholds chosen on the held-out half",
  ]

  private func paperTable1() throws -> Table {
    let cells = try PaperCells(tracker.query(.table1, ["study": .text(study.uuid)]), attackOrder)
    return Table(
      title: "Table 1: classification accuracy of the undefended network on the mix",
      notes: [Self.legend],
      columns: [.init("", "", .text)] + cells.attacks.map { .init($0, $0.uppercased(), .text) },
      rows: [
        [.text("Classification acc.")]
          + cells.attacks.map { .text(cells.text($0, "undefended_accuracy")) }
      ],
      details: [[""] + cells.attacks.map { cells.detail($0, "undefended_accuracy") }])
  }

  private func paperTable2(_ protocolName: String) throws -> Table {
    let cells = try PaperCells(
      tracker.query(
        .table2, ["study": .text(study.uuid), "protocol": .text(protocolName)]), attackOrder)
    let lines = [
      ("False negative", "clean_declared_adversarial"),
      ("False positive", "adversarial_declared_clean"),
      ("True negative", "adversarial_declared_adversarial"),
      ("True positive", "clean_declared_clean"), ("Detection acc.", "detection_accuracy"),
    ]
    return Table(
      title: "Table 2: detection; \(Self.protocolDescriptions[protocolName] ?? protocolName)",
      notes: [
        Self.legend
          + " Positive means clean: a false negative is a clean image declared adversarial."
      ],
      columns: [.init("", "", .text)] + cells.attacks.map { .init($0, $0.uppercased(), .text) },
      rows: lines.map { label, quantity in
        [.text(label)] + cells.attacks.map { .text(cells.text($0, quantity)) }
      },
      details: lines.map { _, quantity in
        [""] + cells.attacks.map { cells.detail($0, quantity) }
      })
  }

  private func paperTable3(_ protocolName: String) throws -> Table {
    let cells = try PaperCells(
      tracker.query(
        .table3, ["study": .text(study.uuid), "protocol": .text(protocolName)]), attackOrder)
    let quantities = [
      ("Clean correct", "clean_declared_clean_correct"),
      ("Clean incorrect", "clean_declared_clean_incorrect"),
      ("Adv. correct", "adversarial_declared_clean_correct"),
      ("Adv. incorrect", "adversarial_declared_clean_incorrect"),
      ("Accuracy", "classification_accuracy"),
    ]
    return Table(
      title:
        "Table 3: images declared clean; \(Self.protocolDescriptions[protocolName] ?? protocolName)",
      notes: [Self.legend + " Percent of all images declared clean, by their true label."],
      columns: [.init("attack", "Attack", .text)]
        + quantities.map { .init($1, $0, .text) },
      rows: cells.attacks.map { attack in
        [.text(attack.uppercased())] + quantities.map { .text(cells.text(attack, $1, unit: "")) }
      },
      details: cells.attacks.map { attack in
        [""] + quantities.map { cells.detail(attack, $1) }
      })
  }

  /// A part's rows as its query gives them, the attacks in order.
  private func rows(_ part: Part) throws -> Table {
    let (query, title): (Query, String) =
      switch part {
      case .table1: (.table1, "Table 1")
      case .table2: (.table2, "Table 2")
      case .table3: (.table3, "Table 3")
      case .ablations: (.ablations, "Ablations: the detector's parts, alone and together")
      case .measures:
        (.measures, "Measures of uncertainty: AUROC, and detection accuracy without and with crops")
      case .attacks: (.attacks, "Attacks, on both halves")
      }
    var bindings: [String: SQLValue] = ["study": .text(study.uuid)]
    if [.table2, .table3, .ablations].contains(part), protocols.count == 1 {
      bindings["protocol"] = .text(protocols[0])
    }
    return arranged(try tracker.query(query, bindings), title: title)
  }

  private func joinedPaperTables() throws -> Table {
    let tables = try [Part.table1, .table2, .table3].map(rows)
    return Table(title: "", columns: tables[0].columns, rows: tables.flatMap(\.rows))
  }

  private func arranged(_ result: QueryResult, title: String) -> Table {
    let attack = result.columns.firstIndex(of: "attack")
    let place = result.columns.firstIndex(of: "protocol")
    func key(_ row: [SQLValue]) -> (Int, Int) {
      let name = attack.flatMap { row[$0].text } ?? ""
      let isSecond = place.flatMap { row[$0].text } == "heldout"
      return (isSecond ? 1 : 0, attackOrder.firstIndex(of: name) ?? attackOrder.count)
    }
    let sorted = result.rows.enumerated().sorted {
      let (a, b) = (key($0.element), key($1.element))
      return (a.0, a.1, $0.offset) < (b.0, b.1, $1.offset)
    }.map(\.element)
    return Table(
      title: title, columns: result.columns.map(StudyReport.column), rows: sorted)
  }

  /// How people are shown the columns of this report's queries.
  private static func column(_ name: String) -> Table.Column {
    let (heading, format): (String, ColumnFormat) =
      switch name {
      case "study": ("study", .run)
      case "auroc": ("AUROC", .real(digits: 4))
      case "low_threshold": ("L", .real(digits: 4))
      case "high_threshold": ("H", .real(digits: 4))
      case "agreement_threshold": ("C", .integer)
      case "detection_accuracy": ("detection", .percent)
      case "classification_accuracy": ("classification", .percent)
      case "sent_to_crops": ("to crops", .integer)
      case "uncertainty_paper": ("alone, paper", .percent)
      case "uncertainty_heldout": ("alone, heldout", .percent)
      case "hybrid_paper": ("hybrid, paper", .percent)
      case "hybrid_heldout": ("hybrid, heldout", .percent)
      case "success_rate": ("success", .percent)
      case "mean_l0": ("mean L0", .real(digits: 4))
      case "mean_l2": ("mean L2", .real(digits: 3))
      case "mean_linf": ("mean Linf", .real(digits: 3))
      case "images": ("images", .integer)
      default: (name, .text)
      }
    return Table.Column(name, heading, format)
  }
}

/// The cells of a paper's table: three numbers each, by attack and quantity.
private struct PaperCells {
  let attacks: [String]
  private let cells: [String: (unit: String, numbers: [SQLValue])]

  init(_ result: QueryResult, _ order: [String]) throws {
    func column(_ name: String) throws -> Int {
      guard let index = result.columns.firstIndex(of: name) else {
        throw TrackerError.damagedRecord("a query lacks the column \(name)")
      }
      return index
    }
    let (attack, quantity, unit) =
      (try column("attack"), try column("quantity"), try column("unit"))
    let numbers = try ["ours", "reproduction", "original"].map(column)
    var cells: [String: (unit: String, numbers: [SQLValue])] = [:]
    for row in result.rows {
      let key = "\(row[attack].text ?? "") \(row[quantity].text ?? "")"
      cells[key] = (row[unit].text ?? "", numbers.map { row[$0] })
    }
    self.cells = cells
    let found = Set(result.rows.compactMap { $0[attack].text })
    attacks = order.filter(found.contains) + found.subtracting(order).sorted()
  }

  /// The three numbers exactly, those that there are.
  func detail(_ attack: String, _ quantity: String) -> String {
    guard let cell = cells["\(attack) \(quantity)"] else { return "" }
    return zip(["ours", "the reproduction", "the original"], cell.numbers).compactMap {
      name, number in
      number.real.map { "\(name) \(number.integer.map(String.init) ?? "\($0)")" }
    }.joined(separator: ", ")
  }

  /// "ours / the reproduction's (the original's)", or ours alone where nothing was published.
  func text(_ attack: String, _ quantity: String, unit suffix: String = "%") -> String {
    guard let cell = cells["\(attack) \(quantity)"] else { return Typesetting.missing }
    let texts = cell.numbers.map { number in
      let isFraction = cell.unit == "fraction"
      let text = Typesetting.text(of: number, as: isFraction ? .percent : .integer)
      return isFraction && suffix.isEmpty && text.hasSuffix("%") ? String(text.dropLast()) : text
    }
    return cell.numbers[1] == .null && cell.numbers[2] == .null
      ? texts[0] : "\(texts[0]) / \(texts[1]) (\(texts[2]))"
  }
}
