internal import SQLite
internal import Tracker

/// The tables that go beyond the papers'.
extension StudyReport {
  func networksTable() throws -> Table {
    Table(
      title: "The network on the test images as they are, dropout off",
      notes: try intervalNotes("test_accuracy"),
      columns: [
        .named("architecture", "architecture"),
        .plain("epochs", "epochs", .integer), .plain("test_images", "images", .integer),
        .plain("test_accuracy", "accuracy", .percent), .interval("test_accuracy"),
      ], records: try ask(.networks).records)
  }

  func ablationsTable(_ protocolName: String) throws -> Table {
    let hasMeasures = try study.isModel && sets.hasSeveralMeasures
    return Table(
      title: title("Ablations: the detector's parts", protocolName),
      notes: try mixNotes() + [
        "Of the images declared clean, so many are classified as what they are."
      ] + intervalNotes(),
      columns: [
        .attack
      ] + (hasMeasures ? [.measure(try measureNames)] : []) + [
        .printed("detector", "detector"), .printed("method", "method"),
        .plain("low_threshold", "L", .real(digits: 4)),
        .plain("high_threshold", "H", .real(digits: 4)),
        .plain("agreement_threshold", "C", .integer),
        .plain("detection_accuracy", "detection", .percent), .interval("detection_accuracy"),
        .plain("classification_accuracy", "classified", .percent),
        .interval("classification_accuracy"), .plain("sent_to_crops", "to crops", .integer),
      ], records: try ask(.ablations, protocolName: protocolName).records)
  }

  func measuresTable(_ protocolName: String) throws -> Table {
    let area = ColumnFormat.decimal(places: 4)
    let (alone, hybrid) = ("uncertainty_\(protocolName)", "hybrid_\(protocolName)")
    return Table(
      title: title("Measures of uncertainty", protocolName),
      notes: try mixNotes() + [
        "Detection accuracy by uncertainty alone, and with crops (hybrid)."
      ] + intervalNotes(alsoDeLong: true),
      columns: [
        .attack, .measure(try measureNames),
        .plain("orientation", "orientation", .text), .plain("auroc", "AUROC", area),
        .interval("auroc", area), .plain(alone, "alone", .percent), .interval(alone),
        .plain(hybrid, "hybrid", .percent), .interval(hybrid),
      ],
      records: try ask(.measures).records.filter { row in
        // Imported images without a held-out half have no such numbers.
        !study.isModel || row[alone] != .null || row[hybrid] != .null
      })
  }

  func attacksTable() throws -> Table {
    let sets = try sets
    let parameters = LayoutColumn(column: .init("parameters", "parameters", .text)) { row in
      .text(
        sets.isImported(row.text("attack")) ? "imported" : Self.words(of: row.text("parameters")))
    }
    return Table(
      title: study.isModel ? "Attacks, on all images of a set" : "Attacks, on both halves",
      notes: try mixNotes() + (sets.hasImported ? [Self.importedNote] : [])
        + intervalNotes("success_rate"),
      columns: [
        .attack, parameters, .plain("images", "images", .integer),
        .plain("success_rate", "success", .percent), .interval("success_rate"),
        .plain("mean_l0", "mean L0", .real(digits: 4)),
        .plain("mean_l2", "mean L2", .real(digits: 3)),
        .plain("mean_linf", "mean Linf", .real(digits: 3)),
      ], records: try ask(.attacks).records)
  }

  private static let importedNote =
    "The success of an imported set is that against this network, which need not be the one that "
    + "it was made for."

  /// Parameters as words, such as "epsilon 0.3, iterations 50".
  private static func words(of parameters: String) -> String {
    guard let values = try? JSONValue(parsing: parameters) else { return parameters }
    return values.leaves.map {
      "\($0.path.replacing("_", with: " ")) \($0.value.string ?? $0.value.canonical)"
    }
    .joined(separator: ", ")
  }

  /// Mean and deviation over seeds, for the hybrid detector by the study's first measure; without
  /// rows where there is one seed.
  func seedsTable() throws -> Table {
    let names = try measureNames
    let measure = try study.reportedMeasure(in: tracker)
    let records = try ask(.seeds).records.filter { row in
      [nil, "hybrid"].contains(row["detector"].text)
        && [nil, measure].contains(row["measure"].text)
    }
    let attacks = records.compactMap { $0["attack"].text }.reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }.sorted { place($0) < place($1) }
    let lines = Self.seedLines.filter { line in
      line.protocolName.map(protocols.contains) ?? true
    }
    func cell(_ attack: String, _ line: SeedLine) -> Record? {
      records.first {
        $0["attack"].text == attack && $0["metric"].text == line.metric
          && $0["protocol"].text == line.protocolName
      }
    }
    func text(_ record: Record?, _ format: ColumnFormat) -> String {
      record.map { Typesetting.spread(mean: $0["mean"], deviation: $0["deviation"], as: format) }
        ?? Typesetting.missing
    }
    func detail(_ record: Record?) -> String {
      guard let record else { return "" }
      return "mean \(record.number("mean")), deviation \(record.number("deviation")), "
        + "\(record.integer("seeds")) seeds"
    }
    let counts = attacks.map { cell($0, Self.seedLines[0])?["seeds"] ?? .null }
    let network = records.first { $0["metric"].text == "test_accuracy" }
    return Table(
      title:
        "Mean ± standard deviation over seeds, the hybrid detector by "
        + (measure.map(names.title) ?? "its measure"),
      notes: network.map {
        ["Test accuracy of the networks: \(text($0, .percent)), \($0.integer("seeds")) seeds."]
      } ?? [],
      columns: [.init("", "", .text)] + attacks.map { .init($0, AttackName.heading($0), .text) },
      rows: attacks.isEmpty
        ? []
        : [
          [.text("Seeds")]
            + counts.map { .text(Typesetting.text(of: $0, as: .integer)) }
        ]
          + lines.map { line in
            [.text(line.label)] + attacks.map { .text(text(cell($0, line), line.format)) }
          },
      details: attacks.isEmpty
        ? []
        : [[""] + attacks.map { _ in "" }]
          + lines.map { line in [""] + attacks.map { detail(cell($0, line)) } })
  }

  private func place(_ attack: String) -> Int {
    AttackName.place(of: attack, in: attackOrder)
  }

  private struct SeedLine {
    let label: String
    let metric: String
    var protocolName: String?
    var format = ColumnFormat.percent
  }

  private static let seedLines =
    [
      SeedLine(label: "Attack's success", metric: "success_rate"),
      SeedLine(label: "Undefended acc.", metric: "undefended_accuracy"),
      SeedLine(label: "AUROC", metric: "auroc", format: .decimal(places: 4)),
    ]
    + ["paper", "heldout"].flatMap { (name: String) in
      [
        SeedLine(
          label: "Detection acc., \(name)", metric: "detection_accuracy", protocolName: name),
        SeedLine(
          label: "Classification acc., \(name)", metric: "classification_accuracy",
          protocolName: name),
      ]
    }
}
