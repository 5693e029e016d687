internal import SQLite
internal import Tracker

/// Chooses the thresholds of detectors, or takes those that are given, and counts how they do on the
/// selection.
///
/// Nothing is decided here: the thresholds come from best_thresholds and
/// information_gain_thresholds, the counts from apply_thresholds, all of queries/.
struct ThresholdStage: Stage {
  static let kind = "thresholds"
  var title: String { "\(given == nil ? "" : "given ")thresholds \(attack)" }

  let attack: String
  /// The measurement of the adversarial half; it names the clean one.
  let measurement: Run
  let measures: [String]
  /// The thresholds to try on the first measure; nil chooses the best ones of all measures.
  let given: GivenThresholds?

  var seed: Int64? { nil }
  var parents: [String: Run] { ["measurement": measurement] }

  var configuration: JSONValue {
    guard let given else { return .object(["measures": .array(measures.map { .string($0) })]) }
    return .object([
      "measure": .string(measures[0]), "low_threshold": .number(given.low),
      "high_threshold": .number(given.high),
      "agreement_threshold": .integer(Int64(given.agreement)),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let hasHeldout = try hasHeldoutImages(in: context)
    let detectors =
      given == nil
      ? Detector.all(measures: measures).filter { hasHeldout || $0.protocolName != "heldout" }
      : [Detector.given(measure: measures[0])]
    context.progress.begin(title, done: 0, total: detectors.count, unit: "detectors")
    let results = try context.answers(to: detectors, answered: context.progress.advance(to:)) {
      try evaluate($0, by: $1)
    }
    let areas =
      given == nil ? try context.answers(to: measures) { try area(under: $0, by: $1) } : []
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

  /// Whether the measured images have a held-out half; imported ones may have none.
  private func hasHeldoutImages(in context: StudyContext) throws -> Bool {
    try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT EXISTS (
          SELECT 1 FROM measurement JOIN selected_image USING (selection_id)
          WHERE run_id = ? AND part = 'heldout')
        """, [.integer(measurement.id)]
      ) { try $0.int(0) == 1 }
    }.contains(true)
  }

  /// The area under a measure's ROC curve.
  private func area(under measure: String, by reader: Tracker) throws -> QueryRow {
    try reader.query(
      .auroc,
      [
        "measurement": .text(measurement.uuid), "measure": .text(measure),
        "part": .text("selection"),
      ]
    ).single(for: .auroc)
  }

  private struct Result {
    let detector: Detector
    let thresholds: [SQLValue]
    let counts: QueryRow
  }

  private static let countColumns = [
    "clean_declared_clean_correct", "clean_declared_clean_incorrect", "clean_declared_adversarial",
    "adversarial_declared_clean_correct", "adversarial_declared_clean_incorrect",
    "adversarial_declared_adversarial", "sent_to_crops",
  ]

  private func evaluate(_ detector: Detector, by reader: Tracker) throws -> Result {
    let thresholds = try thresholds(of: detector, by: reader)
    let counts = try reader.query(
      .applyThresholds,
      [
        "measurement": .text(measurement.uuid), "part": .text("selection"),
        "measure": .text(detector.measure), "low_threshold": thresholds[0],
        "high_threshold": thresholds[1], "agreement_threshold": thresholds[2],
      ]
    ).single(for: .applyThresholds)
    return Result(detector: detector, thresholds: thresholds, counts: counts)
  }

  /// L, H and C.
  private func thresholds(
    of detector: Detector, by reader: Tracker
  ) throws -> [SQLValue] {
    if let given {
      return [.real(given.low), .real(given.high), .integer(Int64(given.agreement))]
    }
    var bindings: [String: SQLValue] = [
      "measurement": .text(measurement.uuid), "measure": .text(detector.measure),
      "part": .text(detector.protocolName == "paper" ? "selection" : "heldout"),
    ]
    if detector.method == "exact" { bindings["detector"] = .text(detector.kind) }
    let query: Query = detector.method == "exact" ? .bestThresholds : .informationGainThresholds
    let result = try reader.query(query, bindings)
    guard !result.rows.isEmpty else {
      throw try isConstant(detector.measure, by: reader)
        ? StudyError.constantMeasure(detector.measure, measurement: measurement.uuid)
        : StudyError.tooFewImages(measurement: measurement.uuid)
    }
    let chosen = try result.single(for: query)
    return ["low_threshold", "high_threshold", "agreement_threshold"].map { chosen[$0] }
  }

  /// Whether a measure has one value for all images, clean and adversarial.
  private func isConstant(_ measure: String, by reader: Tracker) throws -> Bool {
    try reader.read { connection in
      try connection.rows(
        """
        SELECT min(\(measure)) = max(\(measure)) FROM image_uncertainties
        WHERE measurement = ?1 OR measurement = (
          SELECT parent FROM lineages WHERE run = ?1 AND role = 'clean_measurement')
        """, [.text(measurement.uuid)]
      ) { $0.value(0).integer == 1 }
    }.contains(true)
  }

  private func record(_ result: Result, _ writer: RunWriter) throws {
    let detector = result.detector
    let values: [SQLValue] =
      [
        .integer(writer.runID), .integer(measurement.id), .text(detector.protocolName),
        .text(detector.method), .text(detector.kind), .text(detector.measure),
        result.counts["orientation"],
      ] + result.thresholds + Self.countColumns.map { result.counts[$0] }
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
  /// "exact", "information_gain" or "given".
  let method: String
  /// "hybrid", or one of the ablations "uncertainty" and "crops".
  let kind: String
  let measure: String

  /// The detector with thresholds that were given, judged on the selection like the papers' own.
  static func given(measure: String) -> Detector {
    Detector(protocolName: "paper", method: "given", kind: "hybrid", measure: measure)
  }

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
