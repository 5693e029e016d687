internal import SQLite
internal import Tracker

/// The tables of an evaluation: its failed checks first, then what they are about.
extension DetectorMaterial {
  /// The evaluation's own row.
  var evaluation: Record? { records(.evaluations).first }

  /// Whether a detector judged.
  var hasDetector: Bool { evaluation?["detector"].text != nil }

  /// Whether an attack that knows the detector was made.
  var hasAdaptive: Bool { parts.contains { $0.integer("is_adaptive") == 1 } }

  /// Whether another network was attacked for comparison.
  var hasBaseline: Bool { evaluation?["baseline"].text != nil }

  var parts: [Record] { records(.evaluation) }

  /// The attacks at the main budget and the minimal ones, with their repetitions.
  private var mainParts: [Record] {
    parts.filter { part in
      ["attack", "doubled", "restarted", "transfer", "draws"].contains(part.text("part_role"))
        && (part["epsilon"].real.map(isMain) ?? true)
    }
  }

  private func isMain(_ epsilon: Double) -> Bool {
    abs(epsilon - (evaluation?.number("epsilon") ?? .nan)) < 1e-9
  }

  var evaluationTables: [NamedTable] {
    [
      failedChecks, worstCases, attacks, budgets, distances, fixedDraws, components, baselineTable,
      allChecks,
    ]
  }

  /// The checks with a result.
  func checks(_ result: String) -> [Record] {
    records(.evaluationChecks).filter { $0.text("result") == result }
  }

  /// What a check compared, with the numbers.
  static func comparison(_ check: Record) -> String {
    guard let subject = check["subject"].text else { return Typesetting.missing }
    func number(_ column: String) -> String {
      let value = check.number(column)
      switch check.text("unit") {
      case "share": return Typesetting.percent(value)
      case "images", "attacks": return Typesetting.grouped(Int64(value))
      default: return AxisNumber.text(value, digits: 3)
      }
    }
    let place = check["epsilon"].real.map { " at \(AxisNumber.text($0, digits: 4))" } ?? ""
    if check.text("check_name") == "zero_gradients" {
      return "\(subject)\(place): \(number("value")) images"
    }
    let own = "\(subject)\(check.text("unit") == "distance" ? "" : place): \(number("value"))"
    guard let reference = check["reference"].text else {
      return "\(own) (\(number("reference_value")))"
    }
    return "\(own); \(reference): \(number("reference_value"))"
  }

  private static var compared: LayoutColumn {
    LayoutColumn(column: .init("compared", "compared", .text)) { check in
      .text(Self.comparison(check))
    } detail: { check in
      "\(check.number("value")), \(check.number("reference_value"))"
    }
  }

  private var failedChecks: NamedTable {
    NamedTable(
      name: "evaluation-failed",
      table: Table(
        title: "FAILED CHECKS: the numbers below may be too favourable", notes: [],
        columns: [Self.compared, .plain("consequence", "so", .text)], records: checks("failed")),
      source: source(.evaluationChecks))
  }

  private var allChecks: NamedTable {
    NamedTable(
      name: "evaluation-checks",
      table: Table(
        title: "All checks",
        notes: [
          "Success is on the network alone for attacks that don't know the detector, by the whole "
            + "system for those that do. A number in parentheses is what the first one may not "
            + "cross. Passing every check proves no defence."
        ],
        columns: [
          .plain("statement", "check", .text), Self.compared, .plain("result", "result", .text),
        ], records: records(.evaluationChecks)), source: source(.evaluationChecks))
  }

  private static var epsilon: LayoutColumn {
    LayoutColumn(column: .init("epsilon", "epsilon", .text)) { row in
      .text(row["epsilon"].real.map { AxisNumber.text($0, digits: 4) } ?? "any")
    } detail: { row in
      row["epsilon"].real.map { "\($0)" } ?? ""
    }
  }

  /// A share with its interval in the next column.
  static func share(_ name: String, _ heading: String) -> [LayoutColumn] {
    [.plain(name, heading, .percent), .interval(name)]
  }

  private var worstCases: NamedTable {
    var columns = [Self.epsilon]
    if hasDetector {
      columns.append(.plain("network_any", "network alone", .percent))
      columns += Self.share("system_unaware", "unaware")
      if hasAdaptive { columns += Self.share("system_adaptive", "adaptive") }
      columns += [
        .plain("system_any_5", "any, SR@5", .percent),
        .plain("system_any_50", "any, SR@50", .percent),
      ]
    } else {
      columns += Self.share("network_any", "network")
    }
    if hasBaseline { columns.append(.plain("baseline_any", "baseline", .percent)) }
    let judged =
      hasDetector
      ? "Lost: misclassified and declared clean, whichever attack did it; by attacks that don't know "
        + "the detector (unaware) and by those that do (adaptive). SR@5 and SR@50: any attack, with "
        + "the threshold that refuses 5 or 50% of the clean images."
      : "Lost: misclassified, whichever attack did it."
    return NamedTable(
      name: "evaluation-worst-case",
      table: Table(
        title: "Images lost in the worst case, by budget (\(normName))",
        notes: [
          judged
            + " Images that are wrong without an attack count as lost. In the row 'any' images may "
            + "lie at any distance.",
          Self.intervalNote,
        ], columns: columns, records: records(.evaluationWorstCase)),
      source: source(.evaluationWorstCase))
  }

  /// What the evaluation's norm is called.
  var normName: String { Self.norm(evaluation?.text("norm") ?? "") }

  private static func norm(_ name: String) -> String {
    ["linf": "L-infinity", "l2": "L2", "l0": "L0"][name] ?? name
  }

  static var attackName: LayoutColumn {
    LayoutColumn(column: .init("attack", "attack", .text)) { row in
      let more = [
        "doubled": ", twice the iterations", "restarted": ", more restarts",
        "draws": ", many draws on \(row.integer("images")) images",
        "transfer": transferred(row).map { " of \($0)" } ?? "",
      ][row.text("part_role")]
      return .text(row.text("attack") + (more ?? ""))
    }
  }

  /// The attack whose images were transferred; nil: not recorded.
  private static func transferred(_ row: Record) -> String? {
    (try? JSONValue(parsing: row.text("parameters")))?["attack"]?.string
  }

  static var knows: LayoutColumn {
    LayoutColumn(column: .init("is_adaptive", "knows", .text)) { row in
      .text(row.integer("is_adaptive") == 1 ? "the detector" : "the network")
    }
  }

  private var attacks: NamedTable {
    var columns = [Self.attackName]
    if hasDetector {
      columns += [Self.knows, .plain("network_success_rate", "network alone", .percent)]
      columns += Self.share("evading_rate", "evades")
      columns += [
        .plain("evading_rate_5", "SR@5", .percent), .plain("evading_rate_50", "SR@50", .percent),
      ]
      columns += Self.rates.map { rate in
        LayoutColumn.plain("true_positive_rate_\(rate)", "TPR at \(rate)%", .percent)
      }
      columns.append(.plain("auroc", "AUROC", .decimal(places: 4)))
    } else {
      columns += Self.share("network_success_rate", "success")
    }
    let epsilon = AxisNumber.text(evaluation?.number("epsilon") ?? .nan, digits: 4)
    return NamedTable(
      name: "evaluation-attacks",
      table: Table(
        title: "Each attack at the main budget, \(epsilon) in \(normName), and the minimal ones",
        notes: (hasDetector ? [Self.successNote, realisedRates] : []).compactMap { $0 }
          + [randomDraws].compactMap { $0 },
        columns: columns, records: mainParts), source: source(.evaluation))
  }

  private static let successNote =
    "Evades: misclassified and declared clean, at the detector's own thresholds. SR@N: the same with the "
    + "threshold that refuses N% of the clean images. TPR at N%: of the images that mislead, those "
    + "that this threshold refuses; AUROC likewise is of images that mislead against clean ones."

  /// What share of the clean images each threshold refuses, where that isn't what it is named for.
  private var realisedRates: String? {
    guard let part = parts.first(where: { $0.text("part_role") == "clean" }) else { return nil }
    let rates = (Self.rates + [50]).map { rate in
      "\(rate)%: \(Typesetting.percent(part.number("false_positive_rate_\(rate)")))"
    }
    return "Of the \(part.integer("images")) clean images, the thresholds refuse: "
      + rates.joined(separator: ", ") + "."
  }

  /// Success by budget, an attack a row.
  private var budgets: NamedTable {
    let rows = parts.filter {
      ["attack", "transfer"].contains($0.text("part_role")) && $0["epsilon"].real != nil
    }
    let budgets = Set(rows.map { $0.number("epsilon") }).sorted()
    let column = hasDetector ? "evading_rate" : "network_success_rate"
    let names = rows.reduce(into: [(attack: String, isAdaptive: Int)]()) { names, row in
      let name = (attack: row.text("attack"), isAdaptive: row.integer("is_adaptive"))
      if !names.contains(where: { $0 == name }) { names.append(name) }
    }
    var columns = [Table.Column("attack", "attack", .text)]
    for budget in budgets {
      let text = AxisNumber.text(budget, digits: 4)
      columns.append(Table.Column("epsilon_\(text)", text, .percent))
    }
    let cells = names.map { name -> [SQLValue] in
      [.text(name.attack)]
        + budgets.map { budget -> SQLValue in
          rows.first {
            $0.text("attack") == name.attack && $0.integer("is_adaptive") == name.isAdaptive
              && $0.number("epsilon") == budget
          }?[column] ?? .null
        }
    }
    return NamedTable(
      name: "evaluation-budgets",
      table: Table(
        title:
          "\(hasDetector ? "Images that evade the system" : "Success") by attack and budget "
          + "(\(normName))",
        columns: columns, rows: budgets.count > 1 ? cells : []), source: source(.evaluation))
  }

  /// How far attacks go that go no further than they must.
  private var distances: NamedTable {
    let minimal = parts.filter {
      $0["attack"].text != nil && $0["epsilon"] == .null && $0.text("part_role") == "attack"
    }
    let norm = LayoutColumn(column: .init("norm", "norm", .text)) {
      .text(Self.norm($0.text("norm")))
    }
    var columns: [LayoutColumn] = [
      Self.attackName, norm, .plain("network_success_rate", "success", .percent),
    ]
    if hasDetector { columns.append(.plain("evading_rate", "evades", .percent)) }
    columns += [
      LayoutColumn.plain("mean_distance", "mean", .real(digits: 4)),
      LayoutColumn.plain("median_distance", "median", .real(digits: 4)),
    ]
    if minimal.contains(where: { $0["mean_queries"] != .null }) {
      columns.append(.plain("mean_queries", "queries", .real(digits: 4)))
    }
    return NamedTable(
      name: "evaluation-distances",
      table: Table(
        title: "Attacks without a budget: how far they had to go",
        notes: ["Distances are of the images that the attack succeeds on, pixels in 0 to 1."],
        columns: columns, records: minimal), source: source(.evaluation))
  }

  /// The baseline's network beside this one, without the detector.
  private var baselineTable: NamedTable {
    let rows = parts.filter { $0.text("part_role") == "baseline" }
    let all = parts
    let own = LayoutColumn(column: .init("own", "this network", .percent)) { row in
      all.first {
        $0.text("part_role") == "attack" && $0.text("attack") == row.text("attack")
          && $0["epsilon"] == row["epsilon"]
      }?["network_success_rate"] ?? .null
    }
    let clean = records(.evaluationWorstCase).first
    var columns = [Self.attackName, Self.epsilon]
    columns += Self.share("network_success_rate", "baseline")
    columns.append(own)
    return NamedTable(
      name: "evaluation-baseline",
      table: Table(
        title: "The baseline, \(baselineName), under the same attacks",
        notes: [
          "Without a detector. Without an attack the baseline errs on "
            + "\(Typesetting.percent(clean?.number("baseline_clean_error") ?? .nan)), this network on "
            + "\(Typesetting.percent(clean?.number("network_clean_error") ?? .nan)) of the images."
        ],
        columns: columns, records: rows), source: source(.evaluation))
  }

  /// What the baseline is called.
  var baselineName: String {
    evaluation?["baseline_name"].text ?? String((evaluation?.text("baseline") ?? "").prefix(8))
  }

  /// Our number to stand beside one that was published of an adversarially trained network: the
  /// baseline's, or the network's own where there is no baseline.
  func ownRobustness(beside published: Record) -> Double? {
    guard published.text("row") == "madry-mnist",
      let worst = records(.evaluationWorstCase).first(where: { $0.integer("is_main") == 1 })
    else { return nil }
    let lost: Double?
    switch published.text("attack") {
    case "":
      lost = worst[hasBaseline ? "baseline_clean_error" : "network_clean_error"].real
    case "autoattack", "best":
      lost = worst[hasBaseline ? "baseline_any" : "network_any"].real
    case "pgd-restarts":
      // A baseline is attacked once.
      lost = hasBaseline ? nil : success(of: "pgd", as: "restarted")
    case let attack:
      lost = success(of: attack, as: hasBaseline ? "baseline" : "attack")
    }
    return lost.map { 1 - $0 }
  }

  /// The share of images on which an attack at the main budget misleads the network that it is made on.
  private func success(of attack: String, as role: String) -> Double? {
    parts.first {
      $0.text("part_role") == role && $0.text("attack") == attack
        && ($0["epsilon"].real.map(isMain) ?? false)
    }?["network_success_rate"].real
  }
}
