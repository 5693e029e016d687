internal import SQLite
public import Tracker

extension Run {
  /// The kind of the runs that reports take for models: such a report is about all of a model's sets.
  public static let modelKind = "train"

  /// The newest of the models that have a set with thresholds.
  ///
  /// - Parameter tracker: The record.
  /// - Returns: The model's training; nil if there is none.
  /// - Throws: What the query throws.
  public static func newestReportedModel(in tracker: Tracker) throws -> Run? {
    let sets = try tracker.query(.studies, ["kind": .text(modelKind)]).records
    let reported = Set(sets.map { $0.text("study") })
    return try tracker.ownRuns(kind: modelKind).first { reported.contains($0.uuid) }
  }

  /// Whether a report about it is about a model, rather than about a study.
  var isModel: Bool { kind == Self.modelKind }

  /// What a report calls it.
  var reportedName: String {
    isModel
      ? "model" : kind == DetectorReport.Subject.evaluationKind ? "evaluation" : "study"
  }

  /// The measure of uncertainty that a report's tables and figures are about: the first that a study
  /// names, or the one that most of a model's thresholds name first.
  package func reportedMeasure(in tracker: Tracker) throws -> String? {
    guard isModel else {
      return configuration["detection"]?["measures"]?.leaves.first?.value.string
    }
    return try ReportedSets(of: self, in: tracker).measure
  }

  /// The voter set that most of a report's thresholds of a measure take; nil where none takes votes.
  func reportedVoters(of measure: String?, in tracker: Tracker) throws -> String? {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT voter_set FROM study_results
        WHERE study = ?1 AND is_tabled AND detector = 'hybrid' AND (?2 IS NULL OR measure = ?2)
        GROUP BY voter_set ORDER BY count(*) DESC, voter_set LIMIT 1
        """, [.text(uuid), measure.map(SQLValue.text) ?? .null]
      ) { try $0.text(0) }.first
    }
  }
}

/// The adversarial sets that a report is about.
struct ReportedSets {
  let sets: [Record]

  /// Asks for the sets of a model or of a study.
  ///
  /// - Throws: What the query throws.
  init(of model: Run, in tracker: Tracker, order: [String] = []) throws {
    let records = try tracker.query(.studies, ["study": .text(model.uuid)]).records
    sets = records.enumerated().map { offset, set in
      (key: (AttackName.place(of: set.text("attack"), in: order), offset), set: set)
    }.sorted { $0.key < $1.key }.map(\.set)
  }

  var isEmpty: Bool { sets.isEmpty }

  /// Whether a set was made elsewhere.
  func isImported(_ attack: String) -> Bool {
    sets.contains { $0.text("attack") == attack && $0.text("origin") == "imported" }
  }

  var hasImported: Bool { sets.contains { $0.text("origin") == "imported" } }

  /// What the sets are called, and which of them were made elsewhere.
  var names: String {
    sets.map { $0.text("attack") + ($0.text("origin") == "imported" ? " (imported)" : "") }
      .joined(separator: ", ")
  }

  private var measures: [String] { sets.compactMap { $0["measure"].text } }

  /// The measure that most thresholds name first; the first of several.
  var measure: String? {
    let counts = measures.reduce(into: [:]) { counts, measure in counts[measure, default: 0] += 1 }
    return measures.first { counts[$0] == counts.values.max() }
  }

  /// Whether sets are judged by different measures.
  var hasSeveralMeasures: Bool { Set(measures).count > 1 }

  /// How each set was measured; nil where all were alike.
  func measuringNote(_ names: MeasureNames) -> String? {
    let ways = sets.map { set -> String in
      let title = names.title(set.text("measure"))
      guard let passes = set["passes"].integer, let side = set["crop_side"].integer else {
        return "\(title), without passes and crops"
      }
      return "\(title), \(passes) passes, crops of side \(side)"
    }
    guard Set(ways).count > 1 else { return nil }
    let groups = Dictionary(grouping: sets.indices) { ways[$0] }.sorted {
      $0.value[0] < $1.value[0]
    }
    .map { way, places in
      places.map { AttackName.heading(sets[$0].text("attack")) }.joined(separator: ", ")
        + " by \(way)"
    }
    return "Measured differently: " + groups.joined(separator: "; ") + "."
  }
}

/// What attacks and sets are called above their numbers.
package enum AttackName {
  /// The name in capitals; digits of a UUID, behind a space, stay what commands take.
  package static func heading(_ label: String) -> String {
    guard let space = label.firstIndex(of: " ") else { return label.uppercased() }
    return label[..<space].uppercased() + label[space...]
  }

  /// The heading, or both of its ends where the whole does not fit: the ends tell sets apart.
  package static func heading(_ label: String, fits: (String) -> Bool) -> String {
    Typesetting.shortened(heading(label), fits: fits)
  }

  /// The heading in bold letters no longer than a length in a figure.
  package static func heading(_ label: String, size: Double, within length: Double) -> String {
    heading(label) { FontMetrics.width(of: $0, size: size, weight: .bold) <= length }
  }

  /// The place of a set in an order of attacks: behind them all where it is none of them.
  static func place(of label: String, in order: [String]) -> Int {
    let name = label.prefix { $0 != " " }
    return order.firstIndex { $0 == name } ?? order.count
  }
}
