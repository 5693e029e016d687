internal import SQLite
internal import Tracker

/// The tables of all measures and detectors.
extension DetectorMaterial {
  /// The rates of false positives that true positives are given at, in percent.
  static let rates = [1, 5, 10]

  /// One measure or detector with its rows, an attack each.
  struct Ranked {
    let measure: String
    /// The network that it watches; empty where there is one.
    let network: String
    let title: String
    /// On what it, or its threshold, was fitted.
    let fitted: String
    let rows: [Record]

    /// Its worst accuracy: an attacker chooses the attack.
    var worst: Double { rows.map { $0.number("detection_accuracy") }.min() ?? .nan }
  }

  /// The measures and detectors, the best first: by the attack that each does worst at.
  static func ranked(_ records: [Record]) -> [Ranked] {
    let attacks = Set(records.compactMap { $0["attack"].text }).count
    let groups = records.reduce(into: [(key: String, rows: [Record])]()) { groups, row in
      let key = row.text("network") + " " + row.text("measure")
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].rows.append(row)
      } else {
        groups.append((key, [row]))
      }
    }
    return groups.enumerated().map { place, group in
      (
        place: place,
        one: Ranked(
          measure: group.rows[0].text("measure"), network: group.rows[0].text("network"),
          title: title(of: group.rows[0]), fitted: fitted(group.rows[0], attacks), rows: group.rows)
      )
    }.sorted {
      let (a, b) = ($0.one, $1.one)
      // Who was not judged on every attack stands behind.
      let known = (a.rows.count == attacks, b.rows.count == attacks)
      if known.0 != known.1 { return known.0 }
      return a.worst != b.worst ? a.worst > b.worst : $0.place < $1.place
    }.map(\.one)
  }

  /// What a measure or a detector is called.
  static func title(of row: Record) -> String {
    let title = row.text("title")
    return title.isEmpty ? row.text("measure") : title
  }

  /// On what a detector was fitted, or on what the threshold of a measure was chosen.
  static func fitted(_ row: Record, _ attacks: Int) -> String {
    guard let learner = row["learner"].text else { return "threshold: held-out half" }
    let parts = ["heldout": "held-out half", "selection": "selection", "all": "both halves"]
    let part = parts[row.text("fitted_part")] ?? row.text("fitted_part")
    let whose =
      isFittedOnAll(row, attacks) && attacks > 1
      ? "all attacks"
      : fittedAttacks(row).map { AttackName.heading($0) }.joined(separator: ", ")
    let warning = row.integer("fitted_on") == 1 ? "; judged on the same images" : ""
    return "\(learner): \(part), \(whose)\(warning)"
  }

  private static func fittedAttacks(_ row: Record) -> [String] {
    let list = (try? JSONValue(parsing: row.text("fitted_attacks")))?.leaves ?? []
    return list.compactMap(\.value.string)
  }

  /// Whether a learned detector was fitted on all of so many attacks.
  static func isFittedOnAll(_ row: Record, _ attacks: Int) -> Bool {
    fittedAttacks(row).count == attacks
  }

  private var rankingNotes: [String] {
    let notes: [String?] = [
      selectionNote,
      "Half of the images are adversarial. Detection is by one threshold of each attack's own, chosen on "
        + "the held-out half; a learned detector keeps the one that it was fitted with.",
      Self.unawareNote,
      report.run.configuration["dataset"]?.string == "mnist" ? Self.easyDataNote : nil,
    ]
    return notes.compactMap(\.self)
  }

  /// Why numbers on these data are better than on others.
  private static let easyDataNote =
    "MNIST is easy for squeezing: its digits are nearly black and white, so that binarisation or a "
    + "median removes most of an attack and little else. On photographs expect less."

  var rankingTables: [NamedTable] {
    let records = records(.detectorRanking)
    let ranked = Self.ranked(records)
    let attacks = records.grouped(by: "attack").map(\.key)
    return [overview(ranked, attacks)]
      + attacks.map { attack in
        NamedTable(
          name: "detectors-\(attack)",
          table: table(of: attack, ranked, isFirst: attack == attacks.first),
          source: source(.detectorRanking))
      }
  }

  /// The accuracy of each at each attack.
  private func overview(_ ranked: [Ranked], _ attacks: [String]) -> NamedTable {
    func cell(_ one: Ranked, _ attack: String) -> Record? {
      one.rows.first { $0.text("attack") == attack }
    }
    let hasNetworks = networks.count > 1
    let columns =
      (hasNetworks ? [Table.Column("network", "network", .text)] : [])
      + [.init("measure", "measure or detector", .text)]
      + attacks.map { .init($0, AttackName.heading($0), .percent) }
      + [.init("worst", "worst", .percent), .init("fitted", "fitted on", .text)]
    return NamedTable(
      name: "detectors",
      table: Table(
        title: "Detection accuracy by attack, the best at its worst attack first",
        notes: rankingNotes, columns: columns,
        rows: ranked.map { one in
          (hasNetworks ? [.text(one.network)] : []) + [.text(one.title)]
            + attacks.map { cell(one, $0)?["detection_accuracy"] ?? .null }
            + [
              one.rows.count == attacks.count ? .real(one.worst) : .null, .text(one.fitted),
            ]
        } + algorithmRows(attacks).map { (hasNetworks ? [.null] : []) + $0 }),
      source: source(.detectorRanking))
  }

  /// The seed's own detector and the published numbers of it, where the study has it.
  private func algorithmRows(_ attacks: [String]) -> [[SQLValue]] {
    [
      ("Algorithm 1 with crops", "ours", "thresholds: held-out half"),
      ("the same, the reproduction's paper", "reproduction", "thresholds: the images reported"),
      ("the same, the original paper", "original", "not known"),
    ].compactMap { title, column, fitted in
      let cells = attacks.map { attack in
        algorithm.first { $0.text("attack") == attack }?[column] ?? .null
      }
      let known = cells.compactMap(\.real)
      guard let least = known.min() else { return nil }
      // The worst of some attacks says nothing of the others.
      let worst: SQLValue = known.count == attacks.count ? .real(least) : .null
      return [.text(title)] + cells + [worst, .text(fitted)]
    }
  }

  /// One attack's numbers with their intervals.
  private func table(of attack: String, _ ranked: [Ranked], isFirst: Bool) -> Table {
    let records = ranked.flatMap(\.rows).filter { $0.text("attack") == attack }
    let attacks = Set(ranked.flatMap(\.rows).map { $0.text("attack") }).count
    let area = ColumnFormat.decimal(places: 4)
    let name = LayoutColumn(column: .init("measure", "measure or detector", .text)) { row in
      .text(Self.title(of: row))
    }
    let fitted = LayoutColumn(column: .init("fitted", "fitted on", .text)) { row in
      .text(Self.fitted(row, attacks))
    }
    return Table(
      title:
        "\(AttackName.heading(attack)): detection accuracy, area under the ROC curve, and what is "
        + "detected at few false alarms",
      notes: [realisedNote(records)].compactMap { $0 }
        + (isFirst ? [Self.intervalNote, Self.areaNote] : []),
      columns: networkColumn + [
        name, .plain("detection_accuracy", "accuracy", .percent), .interval("detection_accuracy"),
        .plain("auroc", "AUROC", area), .interval("auroc", area),
      ]
        + Self.rates.flatMap { rate -> [LayoutColumn] in
          let column = "true_positive_rate_\(rate)"
          return [.plain(column, "TPR at \(rate)%", .percent), .interval(column)]
        } + [fitted], records: records)
  }

  /// How many clean images the thresholds of the small rates refuse here.
  private func realisedNote(_ records: [Record]) -> String? {
    let parts = Self.rates.compactMap { rate -> String? in
      let realised = records.compactMap { $0["false_positive_rate_\(rate)"].real }
      guard let least = realised.min(), let most = realised.max() else { return nil }
      return "\(rate)%: " + Typesetting.interval(.real(least), .real(most), as: .percent)
    }
    guard !parts.isEmpty else { return nil }
    return
      "TPR: adversarial images above the threshold that so many clean images of the held-out half "
      + "exceed. Of the clean images reported, it declares adversarial: "
      + parts.joined(separator: ", ") + "."
  }
}
