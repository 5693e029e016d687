internal import SQLite
internal import Tracker

/// What stands above an evaluation's tables.
extension DetectorMaterial {
  /// The threat model in a line, what happens without an attack, and whether the checks hold.
  var evaluationStatement: [String] {
    [
      threatModel, [cleanNumbers, noisyNumbers].compactMap { $0 }.joined(separator: " "),
      checksInBrief,
    ].filter { !$0.isEmpty }
  }

  private var attacked: [Record] {
    records(.evaluation).filter { $0.text("part_role") == "attack" }
  }

  /// The names of some parts' attacks, each once.
  private func names(_ isChosen: (Record) -> Bool) -> String {
    attacked.filter(isChosen).map { $0.text("attack") }
      .reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
      }.joined(separator: ", ")
  }

  private var threatModel: String {
    let isTargeted = attacked.contains {
      (try? JSONValue(parsing: $0.text("parameters")))?["goal"]?.string == "targeted"
    }
    let epsilon = AxisNumber.text(evaluation?.number("epsilon") ?? .nan, digits: 4)
    let start =
      "Threat model: the attacker wants any wrong class\(isTargeted ? ", or one that is drawn" : ""), "
      + "changes an image by at most \(epsilon) in \(normName), and knows the network"
    let unaware = names { $0.integer("is_adaptive") == 0 }
    guard let detector = evaluation?["detector"].text else { return "\(start) (\(unaware))." }
    guard hasAdaptive else {
      return "\(start), but not the detector \(detector) (\(unaware)). That is a lower bar: nobody "
        + "who knows the detector attacked it."
    }
    return "\(start) and the detector \(detector), but not the draws of its verdict "
      + "(\(names { $0.integer("is_adaptive") == 1 })). Attacks that don't know the detector are a "
      + "lower bar (\(unaware))."
  }

  private var cleanNumbers: String? {
    guard let row = records(.evaluationWorstCase).first else { return nil }
    let network =
      "Without an attack the network misclassifies "
      + "\(Typesetting.percent(row.number("network_clean_error"))) of \(row.integer("images")) images"
    guard hasDetector else { return network + "." }
    return network
      + "; the system refuses \(Typesetting.percent(row.number("false_positive_rate"))), and "
      + "misclassifies and accepts \(Typesetting.percent(row.number("system_clean_error")))."
  }

  private var checksInBrief: String {
    let (failed, passed) = (checks("failed").count, checks("passed").count)
    let rest = checks("not applicable").count
    let others = "\(passed) passed" + (rest > 0 ? ", \(rest) not applicable" : "")
    return failed == 0
      ? "No check failed: \(others)."
      : "\(failed) check\(failed == 1 ? "" : "s") FAILED (\(others)): the numbers may be too "
        + "favourable, as the first table says."
  }

  /// The failed checks as sentences.
  var failures: [String] {
    checks("failed").map { "Failed: \(Self.comparison($0)), so \($0.text("consequence"))." }
  }

  /// The rows of the parts, each with the checks that failed about its attack or about everything.
  var partsWithFailedChecks: Table {
    let table = plainTable(.evaluation)
    let attacks = Set(records(.evaluation).compactMap { $0["attack"].text })
    let failed = checks("failed").map { ($0.text("check_name"), $0.text("subject")) }
    let rows = zip(table.rows, records(.evaluation)).map { row, record in
      let own = failed.filter { !attacks.contains($0.1) || $0.1 == record.text("attack") }
        .map(\.0).reduce(into: [String]()) { names, name in
          if !names.contains(name) { names.append(name) }
        }
      return row + [.text(own.joined(separator: " "))]
    }
    return Table(
      title: table.title, columns: table.columns + [.init("failed_checks", "failed_checks", .text)],
      rows: rows)
  }
}
