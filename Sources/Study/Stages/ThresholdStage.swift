internal import Foundation
internal import SQLite
internal import Tracker

/// Chooses the thresholds of detectors, or takes those that are given, and counts how they do on the
/// selection.
///
/// Nothing is decided here: the thresholds come from best_thresholds, which answers for every
/// detector of a measure at once, and from information_gain_thresholds, the counts from
/// apply_thresholds, which reads a measure once for all its detectors, all of queries/.
struct ThresholdStage: Stage {
  static let kind = "thresholds"
  var title: String { "\(given == nil ? "" : "given ")thresholds \(attack)" }

  let attack: String
  /// The measurement of the adversarial half; it names the clean one.
  let measurement: Run
  let measures: [String]
  /// The thresholds to try on the first measure; nil chooses the best ones of all measures.
  let given: GivenThresholds?
  /// The voter set whose votes count between L and H; nil if there are no votes.
  var voters: String? = ScoreRequest.crops
  /// The runs that recorded measures and votes beside the measurement, by role.
  var scores: [String: Run] = [:]

  var seed: Int64? { nil }
  var parents: [String: Run] { scores.merging(["measurement": measurement]) { $1 } }

  var configuration: JSONValue {
    guard let given else {
      var members: [String: JSONValue] = ["measures": .array(measures.map { .string($0) })]
      if voters != ScoreRequest.crops { members["voters"] = .string(voters ?? "") }
      return .object(members)
    }
    return .object([
      "measure": .string(measures[0]), "low_threshold": .number(given.low),
      "high_threshold": .number(given.high),
      "agreement_threshold": .integer(Int64(given.agreement)),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let hasHeldout = try hasHeldoutImages(in: context)
    let searches =
      given == nil
      ? Search.all(measures: measures, withVotes: voters != nil)
        .filter { hasHeldout || $0.protocolName != "heldout" }
      : [Search.given(measure: measures[0])]
    context.progress.begin(title, done: 0, total: searches.count, unit: "searches")
    let chosen = try context.answers(to: searches, answered: context.progress.advance(to:)) {
      try detectors(by: $0, $1)
    }.flatMap { $0 }
    if searches.contains(where: { $0.isByGain }), !chosen.contains(where: { $0.search.isByGain }) {
      context.progress.note(
        "left out: thresholds by information gain, which cuts the values of \(measures[0]) in three, "
          + "and there are two")
    }
    let judged = try context.answers(to: measures) { measure, reader in
      let detectors = chosen.filter { $0.search.measure == measure }
      return (
        results: try results(of: detectors, measure: measure, by: reader),
        area: given == nil ? try area(under: measure, by: reader) : nil
      )
    }
    try run.finish { writer in
      for result in judged.flatMap(\.results) { try record(result, writer) }
      for area in judged.compactMap(\.area) {
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

  private var voterSet: SQLValue { .text(voters ?? ScoreRequest.crops) }

  /// A detector, by the search that chose its thresholds.
  private struct Detector {
    let search: Search
    /// "hybrid", "uncertainty" or "crops".
    let name: SQLValue
    /// L, H and C as apply_thresholds takes them.
    let choice: String

    init(search: Search, name: SQLValue, thresholds: [SQLValue]) {
      self.search = search
      self.name = name
      // JSON has no word for infinity, and 17 digits give every other number back exactly.
      let numbers = thresholds.map { threshold in
        guard case .real(let number) = threshold else { return "\(threshold.integer ?? 0)" }
        guard number.isFinite else { return number < 0 ? "-9e999" : "9e999" }
        return String(format: "%.17g", number)
      }
      choice = "[\(numbers.joined(separator: ","))]"
    }
  }

  /// A detector, and how it does on the selection.
  private struct Result {
    let detector: Detector
    /// A row of apply_thresholds, with the thresholds that it applied.
    let counts: QueryRow
  }

  private static let thresholdColumns = ["low_threshold", "high_threshold", "agreement_threshold"]

  private static let countColumns = [
    "clean_declared_clean_correct", "clean_declared_clean_incorrect", "clean_declared_adversarial",
    "adversarial_declared_clean_correct", "adversarial_declared_clean_incorrect",
    "adversarial_declared_adversarial", "sent_to_crops",
  ]

  /// How all detectors of a measure do on the selection.
  private func results(
    of detectors: [Detector], measure: String, by reader: Tracker
  ) throws -> [Result] {
    let choices = detectors.map(\.choice).joined(separator: ",")
    let counts = try reader.query(
      .applyThresholds,
      [
        "measurement": .text(measurement.uuid), "part": .text("selection"),
        "measure": .text(measure), "choices": .text("[\(choices)]"), "voters": voterSet,
      ]
    ).entries
    guard counts.count == detectors.count else {
      throw StudyError.tooFewImages(measurement: measurement.uuid)
    }
    return zip(detectors, counts).map { Result(detector: $0, counts: $1) }
  }

  /// The detectors that a search gives, each with L, H and C.
  private func detectors(by search: Search, _ reader: Tracker) throws -> [Detector] {
    if let given {
      let thresholds: [SQLValue] = [
        .real(given.low), .real(given.high), .integer(Int64(given.agreement)),
      ]
      return [Detector(search: search, name: .text("hybrid"), thresholds: thresholds)]
    }
    var bindings: [String: SQLValue] = [
      "measurement": .text(measurement.uuid), "measure": .text(search.measure),
      "part": .text(search.protocolName == "paper" ? "selection" : "heldout"),
      "voters": voterSet,
    ]
    let isExact = !search.isByGain
    if isExact { bindings["detector"] = .text("every") }
    let choices = try reader.query(
      isExact ? .bestThresholds : .informationGainThresholds, bindings
    ).entries
    guard !choices.isEmpty else {
      guard try !isConstant(search.measure, by: reader) else {
        throw StudyError.constantMeasure(search.measure, measurement: measurement.uuid)
      }
      // Two values can be cut once alone: the exact thresholds are all that there is then.
      if search.isByGain, try !detectors(by: search.exact, reader).isEmpty { return [] }
      throw StudyError.tooFewImages(measurement: measurement.uuid)
    }
    return choices.map { choice in
      Detector(
        search: search, name: isExact ? choice["detector"] : .text("hybrid"),
        thresholds: Self.thresholdColumns.map { choice[$0] })
    }.filter { detector in search.detectors.contains { .text($0) == detector.name } }
  }

  /// Whether a measure has one value for all images, clean and adversarial.
  private func isConstant(_ measure: String, by reader: Tracker) throws -> Bool {
    try reader.read { connection in
      try connection.rows(
        """
        SELECT min(value) = max(value) FROM detection_scores WHERE measurement = ? AND measure = ?
        """, [.text(measurement.uuid), .text(measure)]
      ) { $0.value(0).integer == 1 }
    }.contains(true)
  }

  private func record(_ result: Result, _ writer: RunWriter) throws {
    let (search, counts) = (result.detector.search, result.counts)
    let values: [SQLValue] =
      [
        .integer(writer.runID), .integer(measurement.id), .text(search.protocolName),
        .text(search.method), result.detector.name, .text(search.measure), counts["orientation"],
        voterSet,
      ] + (Self.thresholdColumns + Self.countColumns).map { counts[$0] }
    try writer.execute(
      """
      INSERT INTO threshold_result (
        run_id, measurement_id, protocol, method, detector, measure, orientation, voter_set,
        \((Self.thresholdColumns + Self.countColumns).joined(separator: ", "))
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      values)
  }
}

/// One way of choosing thresholds from measurements, which gives one detector or several.
private struct Search {
  /// "paper" chooses thresholds on the selection itself, "heldout" on the held-out half.
  let protocolName: String
  /// "exact", "information_gain" or "given".
  let method: String
  let measure: String
  /// The detectors that are wanted of it: "hybrid" and the ablations "uncertainty" and "crops".
  let detectors: [String]

  /// Whether information gain chooses, which makes two cuts.
  var isByGain: Bool { method == "information_gain" }

  /// The search of the best thresholds for the same detectors.
  var exact: Search {
    Search(
      protocolName: protocolName, method: "exact", measure: measure, detectors: detectors)
  }

  /// The detector with thresholds that were given, judged on the selection like the papers' own.
  static func given(measure: String) -> Search {
    Search(protocolName: "paper", method: "given", measure: measure, detectors: ["hybrid"])
  }

  /// All detectors and ablations of the first measure, and with the others those that compare
  /// measures.
  ///
  /// Without votes there are only the detectors that go by the score alone.
  static func all(measures: [String], withVotes hasVotes: Bool) -> [Search] {
    guard hasVotes else {
      return measures.flatMap { measure in
        ["paper", "heldout"].map {
          Search(
            protocolName: $0, method: "exact", measure: measure, detectors: ["uncertainty"])
        }
      }
    }
    return measures.enumerated().flatMap { index, measure in
      ["paper", "heldout"].flatMap { protocolName in
        let exact = Search(
          protocolName: protocolName, method: "exact", measure: measure,
          detectors: ["hybrid", "uncertainty"] + (index == 0 ? ["crops"] : []))
        let gain = Search(
          protocolName: protocolName, method: "information_gain", measure: measure,
          detectors: ["hybrid"])
        return index == 0 ? [exact, gain] : [exact]
      }
    }
  }
}
