internal import SQLite
internal import Tracker

/// The tables of other detection systems' studies.
extension DetectorMaterial {
  private static let area = ColumnFormat.decimal(places: 4)

  /// A measure or a detector, as its row says that people call it.
  private func detector(_ ranking: [Record]) -> LayoutColumn {
    LayoutColumn(column: .init("measure", "detector", .text)) { row in
      let measure = row.text("measure")
      return .text(
        ranking.first { $0.text("measure") == measure }.map(Self.title) ?? measure)
    }
  }

  /// On what a measure or a detector was fitted.
  private func fitted(_ ranking: [Record], _ attacks: Int) -> LayoutColumn {
    LayoutColumn(column: .init("fitted", "fitted on", .text)) { row in
      let measure = row.text("measure")
      guard let own = ranking.first(where: { $0.text("measure") == measure }),
        own["learner"].text != nil
      else { return .text("not learned") }
      return .text(Self.fitted(own, attacks))
    }
  }

  var feinmanTables: [NamedTable] {
    let ranking = records(.detectorRanking)
    let areas = records(.pooledAuroc)
    let attacks = Set(areas.compactMap { $0["attack"].text }).count
    let part = LayoutColumn(column: .init("part", "judged on", .text)) { row in
      .text(["selection": "selection", "all": "both halves"][row.text("part")] ?? "held-out half")
    }
    let columns: [LayoutColumn] =
      networkColumn + [
        detector(ranking), .plain("negatives", "negatives", .text),
        .plain("auroc", "AUROC", Self.area), .interval("auroc", Self.area),
      ]
    let last = [part, fitted(ranking, attacks)]
    // What was fitted on one attack says nothing of all of them together, nor of those that it never saw.
    let narrow = Set(
      ranking.filter { $0["learner"].text != nil && !Self.isFittedOnAll($0, attacks) }
        .map { $0.text("measure") })
    let known = areas.filter { $0["auroc"].real != nil }
    let pooled = known.filter {
      $0["attack"].text == nil && !narrow.contains($0.text("measure"))
    }
    let single = known.filter { $0["attack"].text != nil }
    return [
      NamedTable(
        name: "feinman-pooled",
        table: Table(
          title: "Area under the ROC curve, all attacks pooled",
          notes: [Self.areaNote, Self.publishedNote, Self.unawareNote],
          columns: columns + [published("auroc", of: "pooled_auroc", as: Self.area)] + last,
          records: pooled), source: source(.pooledAuroc)),
      NamedTable(
        name: "feinman-attacks",
        table: Table(
          title: "Area under the ROC curve by attack", notes: [Self.areaNote],
          columns: [.attack] + columns + [published("auroc", of: "attack_auroc", as: Self.area)]
            + last,
          records: single), source: source(.pooledAuroc)),
      NamedTable(
        name: "feinman-pairs",
        table: Table(
          title:
            "How often an adversarial image is more suspect than its clean one, and than its noisy "
            + "one", notes: [Self.intervalNote, Self.publishedNote],
          columns: [.attack] + networkColumn + [
            detector(ranking), .plain("pairs", "pairs", .integer),
            .plain("above_clean_share", "than clean", .percent), .interval("above_clean_share"),
            published("above_clean", of: "pairwise_shares", as: .percent),
            .plain("above_noisy_share", "than noisy", .percent), .interval("above_noisy_share"),
            published("above_noisy", of: "pairwise_shares", as: .percent),
          ], records: records(.pairwiseShares)), source: source(.pairwiseShares)),
    ]
  }

  private static let publishedNote =
    "Published: the paper's number on MNIST, by another network, read in the paper itself unless the "
    + "last table says otherwise."

  /// The published number of the same measure, or of what joins several, at the same attack.
  private func published(
    _ quantity: String, of table: String, as format: ColumnFormat
  ) -> LayoutColumn {
    let known = records(.publishedValues).filter {
      $0.text("table_name") == table && $0.text("quantity") == quantity
        && $0.text("dataset") == "mnist"
    }
    let learned = Set(
      records(.detectorRanking).filter { $0["learner"].text != nil }.map { $0.text("measure") })
    func own(_ row: Record) -> Record? {
      known.first { one in
        guard one.text("attack") == row.text("attack") else { return false }
        let measure = row.text("measure")
        return one["measure"].text.map { $0 == measure } ?? learned.contains(measure)
      }
    }
    return LayoutColumn(column: .init(quantity + "_published", "published", .text)) { row in
      own(row).map { .text(Typesetting.text(of: $0["value"], as: format)) } ?? .null
    } detail: { row in
      own(row).map { "\($0.number("value")), \($0.text("place"))" } ?? ""
    }
  }

  /// A network's accuracy on clean images behind each transformation, by its voter.
  private var clean: [String: Record] {
    Dictionary(
      records(.transformShares).filter { $0.text("attack") == "clean" }.map {
        ($0.text("voter"), $0)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The shares of each transformation, an attack a table.
  var transformTables: [NamedTable] {
    let isGuo = report.subject == .guo
    let clean = clean
    let (own, other) = isGuo ? ("accuracy", "accuracy") : ("share", "share")
    let name = LayoutColumn(column: .init("voter", "transformation", .text)) { row in
      .text(row["title"].text ?? row.text("voter"))
    }
    let kept = LayoutColumn(
      column: .init("clean_\(other)", isGuo ? "clean correct" : "kept", .percent)
    ) { row in clean[row.text("voter")]?[other] ?? .null }
    let keptInterval = LayoutColumn(column: .init("clean_\(other)_interval", "95%", .text)) { row in
      let record = clean[row.text("voter")]
      return .text(
        Typesetting.interval(
          record?["\(other)_low"] ?? .null, record?["\(other)_high"] ?? .null, as: .percent))
    }
    let notes =
      isGuo
      ? [
        "Images that the network classifies correctly behind the transformation. Nobody attacks through "
          + "it: such attacks have broken all of these transformations."
      ]
      : [
        "Restored: of the adversarial images that fool the network, those that it classifies correctly "
          + "after the transformation. Kept: of the clean images that it classifies correctly, those that "
          + "it still does."
      ]
    let groups = records(.transformShares).grouped(by: "attack").filter { $0.key != "clean" }
    return groups.map { attack, rows in
      NamedTable(
        name: "\(report.subject.rawValue)-\(attack)",
        table: Table(
          title: "\(AttackName.heading(attack)): "
            + (isGuo
              ? "accuracy behind each transformation" : "what transformations restore and keep"),
          notes: attack == groups[0].key ? notes + [Self.intervalNote, Self.unawareNote] : [],
          columns: [
            name,
            .plain(own, isGuo ? "adversarial correct" : "restored", .percent), .interval(own),
            kept, keptInterval, .plain(isGuo ? "images" : "considered", "images", .integer),
          ], records: rows),
        source: source(.transformShares))
    }
  }

  /// What becomes of adversarial images before each network.
  var outcomesTable: NamedTable {
    let network = LayoutColumn(column: .init("network", "network", .text)) { row in
      .text(Self.network(row))
    }
    let attack = LayoutColumn(column: .init("attack", "images", .text)) { row in
      .text(Self.images(row))
    }
    return NamedTable(
      name: "distillation",
      table: Table(
        title: "What becomes of images before each network",
        notes: [
          "Recovered: classified as what they are. Detected: put into the class of outliers. Successful: "
            + "neither. Images whose clean original the network classifies correctly.",
          Self.intervalNote, Self.unawareNote,
        ],
        columns: [
          network, attack, .plain("images", "count", .integer),
          .plain("recovered_share", "recovered", .percent), .interval("recovered_share"),
          .plain("detected_share", "detected", .percent), .interval("detected_share"),
          .plain("successful_share", "successful", .percent), .interval("successful_share"),
        ], records: records(.outcomes)),
      source: source(.outcomes))
  }

  /// What images a row is about.
  static func images(_ row: Record) -> String {
    row.text("attack") == "clean" ? "clean" : AttackName.heading(row.text("attack"))
  }

  /// What tells a network of the study from the others.
  static func network(_ row: Record) -> String {
    let words = [
      "labels": "trained on labels", "soft_labels": "distilled",
      "outlier_class": "with a class of outliers",
    ]
    let name = row["name"].text ?? words[row.text("targets")] ?? row.text("targets")
    guard let temperature = row["temperature"].real, temperature != 1 else { return name }
    return "\(name), T = \(AxisNumber.text(temperature, digits: 3))"
  }
}
