internal import SQLite
internal import Tracker

/// Chooses the thresholds of detectors and counts how they do on the selection.
///
/// Nothing is decided here: the thresholds come from best_thresholds and
/// information_gain_thresholds, the counts from apply_thresholds, all of queries/.
struct ThresholdStage: Stage {
  static let kind = "thresholds"
  var title: String { "thresholds \(attack)" }

  let attack: String
  /// The measurement of the adversarial half; it names the clean one.
  let measurement: Run
  let detection: DetectionConfiguration

  var seed: Int64? { nil }
  var parents: [String: Run] { ["measurement": measurement] }

  var configuration: JSONValue {
    get throws { try JSONValue(encoding: detection) }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let detectors = Detector.all(measures: detection.measures)
    context.progress.begin(title, done: 0, total: detectors.count, unit: "detectors")
    var results: [Result] = []
    for (index, detector) in detectors.enumerated() {
      try stopIfCancelled(context)
      results.append(try evaluate(detector, in: context))
      context.progress.advance(to: index + 1)
    }
    let areas = try detection.measures.map { try area(under: $0, in: context) }
    try run.finish { writer in
      for result in results { try record(result, writer) }
      for area in areas {
        try writer.execute(
          """
          INSERT INTO measure_result (run_id, measurement_id, measure, orientation, auroc)
          VALUES (?, ?, ?, ?, ?)
          """,
          [
            .integer(writer.runID), .integer(measurement.id), area["measure"], area["orientation"],
            area["auroc"],
          ])
      }
    }
  }

  /// The area under a measure's ROC curve.
  private func area(under measure: String, in context: StudyContext) throws -> QueryRow {
    try context.tracker.query(
      .auroc,
      [
        "measurement": .text(measurement.uuid), "measure": .text(measure),
        "part": .text("selection"),
      ]
    ).single(for: .auroc)
  }

  private struct Result {
    let detector: Detector
    let thresholds: QueryRow
    let counts: QueryRow
  }

  private static let countColumns = [
    "clean_declared_clean_correct", "clean_declared_clean_incorrect", "clean_declared_adversarial",
    "adversarial_declared_clean_correct", "adversarial_declared_clean_incorrect",
    "adversarial_declared_adversarial", "sent_to_crops",
  ]

  private func evaluate(_ detector: Detector, in context: StudyContext) throws -> Result {
    var bindings: [String: SQLValue] = [
      "measurement": .text(measurement.uuid), "measure": .text(detector.measure),
      "part": .text(detector.protocolName == "paper" ? "selection" : "heldout"),
    ]
    if detector.method == "exact" { bindings["detector"] = .text(detector.kind) }
    let query: Query = detector.method == "exact" ? .bestThresholds : .informationGainThresholds
    let thresholds = try context.tracker.query(query, bindings).single(for: query)
    let counts = try context.tracker.query(
      .applyThresholds,
      [
        "measurement": .text(measurement.uuid), "part": .text("selection"),
        "measure": .text(detector.measure), "orientation": thresholds["orientation"],
        "low_threshold": thresholds["low_threshold"],
        "high_threshold": thresholds["high_threshold"],
        "agreement_threshold": thresholds["agreement_threshold"],
      ]
    ).single(for: .applyThresholds)
    return Result(detector: detector, thresholds: thresholds, counts: counts)
  }

  private func record(_ result: Result, _ writer: RunWriter) throws {
    let detector = result.detector
    let values: [SQLValue] =
      [
        .integer(writer.runID), .integer(measurement.id), .text(detector.protocolName),
        .text(detector.method), .text(detector.kind), .text(detector.measure),
        result.thresholds["orientation"], result.thresholds["low_threshold"],
        result.thresholds["high_threshold"], result.thresholds["agreement_threshold"],
      ] + Self.countColumns.map { result.counts[$0] }
    try writer.execute(
      """
      INSERT INTO threshold_result (
        run_id, measurement_id, protocol, method, detector, measure, orientation, low_threshold,
        high_threshold, agreement_threshold, \(Self.countColumns.joined(separator: ", "))
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      values)
  }
}

/// One way of building a detector from measurements.
private struct Detector {
  /// "paper" chooses thresholds on the selection itself, "heldout" on the held-out half.
  let protocolName: String
  /// "exact" or "information_gain".
  let method: String
  /// "hybrid", or one of the ablations "uncertainty" and "crops".
  let kind: String
  let measure: String

  /// All detectors and ablations of the first measure, and with the others those that compare
  /// measures.
  static func all(measures: [String]) -> [Detector] {
    measures.enumerated().flatMap { index, measure in
      ["paper", "heldout"].flatMap { protocolName in
        let ways =
          index == 0
          ? [
            ("exact", "hybrid"), ("exact", "uncertainty"), ("exact", "crops"),
            ("information_gain", "hybrid"),
          ]
          : [("exact", "hybrid"), ("exact", "uncertainty")]
        return ways.map {
          Detector(protocolName: protocolName, method: $0.0, kind: $0.1, measure: measure)
        }
      }
    }
  }
}
