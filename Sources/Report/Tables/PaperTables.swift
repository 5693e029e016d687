internal import SQLite
internal import Tracker

/// Tables 1, 2 and 3 in the papers' layout.
extension StudyReport {
  private static let intervalLabel = "95% interval"

  func paperTable1() throws -> Table {
    let cells = try PaperCells(ask(.table1))
    return byQuantity(
      title: "Table 1: classification accuracy of the undefended network on the mix",
      notes: try cells.legend + mixNotes(besidePublished: true)
        + intervalNotes("undefended_accuracy"),
      lines: [("Classification acc.", "undefended_accuracy")], cells: cells)
  }

  func paperTable2(_ protocolName: String) throws -> Table {
    let cells = try PaperCells(ask(.table2, protocolName: protocolName))
    return byQuantity(
      title: title("Table 2: detection", protocolName),
      notes: try cells.legend + mixNotes(besidePublished: true) + [
        "Positive means clean: a false negative is a clean image declared adversarial."
      ] + intervalNotes("detection_accuracy", protocolName: protocolName),
      lines: [
        ("False negative", "clean_declared_adversarial"),
        ("False positive", "adversarial_declared_clean"),
        ("True negative", "adversarial_declared_adversarial"),
        ("True positive", "clean_declared_clean"), ("Detection acc.", "detection_accuracy"),
      ], cells: cells)
  }

  func paperTable3(_ protocolName: String) throws -> Table {
    let cells = try PaperCells(ask(.table3, protocolName: protocolName))
    let quantities = [
      ("Clean correct", "clean_declared_clean_correct"),
      ("Clean incorrect", "clean_declared_clean_incorrect"),
      ("Adv. correct", "adversarial_declared_clean_correct"),
      ("Adv. incorrect", "adversarial_declared_clean_incorrect"),
      ("Accuracy", "classification_accuracy"),
    ]
    return Table(
      title: title("Table 3: images declared clean", protocolName),
      notes: try cells.legend + mixNotes(besidePublished: true) + [
        "Percent of all images declared clean, by their true label."
      ] + intervalNotes("classification_accuracy", protocolName: protocolName),
      columns: [.init("attack", "Attack", .text), .init("line", "", .text)]
        + quantities.map { .init($1, $0, .text) },
      rows: cells.attacks.flatMap { attack -> [[SQLValue]] in
        let name = SQLValue.text(AttackName.heading(attack))
        return [
          [name, .text("")] + quantities.map { .text(cells.text(attack, $1, unit: "")) },
          [name, .text(Self.intervalLabel)]
            + quantities.map { .text(cells.interval(attack, $1, unit: "")) },
        ]
      },
      details: cells.attacks.flatMap { attack in
        [
          ["", ""] + quantities.map { cells.detail(attack, $1) },
          ["", ""] + quantities.map { cells.intervalDetail(attack, $1) },
        ]
      })
  }

  /// A table with a column for each attack; below each accuracy stands its interval.
  private func byQuantity(
    title: String, notes: [String], lines: [(label: String, quantity: String)], cells: PaperCells
  ) -> Table {
    var (rows, details): ([[SQLValue]], [[String]]) = ([], [])
    for (label, quantity) in lines where !cells.attacks.isEmpty {
      rows.append([.text(label)] + cells.attacks.map { .text(cells.text($0, quantity)) })
      details.append([""] + cells.attacks.map { cells.detail($0, quantity) })
      guard cells.isFraction(quantity) else { continue }
      rows.append(
        [.text(Self.intervalLabel)] + cells.attacks.map { .text(cells.interval($0, quantity)) })
      details.append([""] + cells.attacks.map { cells.intervalDetail($0, quantity) })
    }
    return Table(
      title: title, notes: notes,
      columns: [.init("", "", .text)]
        + cells.attacks.map { .init($0, AttackName.heading($0), .text) },
      rows: rows, details: details)
  }
}

/// The cells of a paper's table by attack and quantity: three numbers each, and the interval of the
/// first.
private struct PaperCells {
  let attacks: [String]
  private let cells: [String: Record]
  private let fractions: Set<String>

  init(_ result: QueryResult) {
    let records = result.records
    cells = Dictionary(
      records.map { ("\($0.text("attack")) \($0.text("quantity"))", $0) },
      uniquingKeysWith: { first, _ in first })
    fractions = Set(records.filter { $0.text("unit") == "fraction" }.map { $0.text("quantity") })
    attacks = records.grouped(by: "attack").map(\.key)
  }

  /// How cells are read; nothing where all have our own number alone.
  var legend: [String] {
    cells.values.contains { Self.isPublished($0) }
      ? ["Cells: ours / the reproduction's (the original's)."] : []
  }

  private static func isPublished(_ cell: Record) -> Bool {
    cell["reproduction"] != .null || cell["original"] != .null
  }

  func isFraction(_ quantity: String) -> Bool { fractions.contains(quantity) }

  /// The three numbers exactly, those that there are.
  func detail(_ attack: String, _ quantity: String) -> String {
    guard let cell = cells["\(attack) \(quantity)"] else { return "" }
    return [
      ("ours", "ours"), ("the reproduction", "reproduction"), ("the original", "original"),
    ].compactMap { name, column in
      let number = cell[column]
      return number.real.map { "\(name) \(number.integer.map(String.init) ?? "\($0)")" }
    }.joined(separator: ", ")
  }

  /// The ends of the interval exactly.
  func intervalDetail(_ attack: String, _ quantity: String) -> String {
    guard let cell = cells["\(attack) \(quantity)"], let low = cell["ours_low"].real,
      let high = cell["ours_high"].real
    else { return "" }
    return "\(low) to \(high)"
  }

  /// "ours / the reproduction's (the original's)", or ours alone where nothing was published.
  func text(_ attack: String, _ quantity: String, unit: String = "%") -> String {
    guard let cell = cells["\(attack) \(quantity)"] else { return Typesetting.missing }
    let texts = ["ours", "reproduction", "original"].map { column in
      Self.stripped(
        Typesetting.text(of: cell[column], as: isFraction(quantity) ? .percent : .integer), unit)
    }
    return Self.isPublished(cell) ? "\(texts[0]) / \(texts[1]) (\(texts[2]))" : texts[0]
  }

  /// The interval of ours.
  func interval(_ attack: String, _ quantity: String, unit: String = "%") -> String {
    guard let cell = cells["\(attack) \(quantity)"] else { return Typesetting.missing }
    return Self.stripped(
      Typesetting.interval(cell["ours_low"], cell["ours_high"], as: .percent), unit)
  }

  /// A percentage without its sign, in tables whose every number is one.
  private static func stripped(_ text: String, _ unit: String) -> String {
    unit.isEmpty && text.hasSuffix("%") ? String(text.dropLast()) : text
  }
}
