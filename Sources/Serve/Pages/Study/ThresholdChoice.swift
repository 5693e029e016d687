internal import Report
internal import SQLite
internal import Tracker

/// A mix of clean and adversarial images, a measure and a voter set, and the thresholds on it that a
/// page is about.
struct ThresholdChoice {
  /// A set that the study's tables name, by its measurement.
  struct Mix {
    let measurement: String
    let label: String
  }

  /// Thresholds that are recorded, or the best ones.
  struct Preset {
    let title: String
    let low: Double
    let high: Double
    let agreement: Int64
  }

  let mixes: [Mix]
  let mix: Mix
  let measures: [ShownSet.Measure]
  let measure: ShownSet.Measure
  /// Which half of the images is judged: 'selection' or 'heldout'.
  let part: String
  /// The voter sets whose votes are recorded, with the number of voters.
  let voterSets: [(name: String, title: String, voters: Int64)]
  let voters: (name: String, title: String, voters: Int64)
  let presets: [Preset]
  let low: Double
  let high: Double
  let agreement: Int64

  /// Reads an address, and what the record offers; nil if the study has judged no set.
  ///
  /// - Parameters:
  ///   - study: The study or the model.
  ///   - visit: Its page.
  ///   - withPresets: Whether thresholds are looked for that were not given.
  ///   - tracker: The record.
  /// - Throws: ``HTTPFailure`` of status 400, `SQLiteError`.
  init?(of study: Run, _ visit: Visit, withPresets: Bool = false, in tracker: Tracker) throws {
    let request = visit.request
    func value(_ name: String) -> String? { request.value(name).flatMap { $0.isEmpty ? nil : $0 } }
    func threshold(_ name: String) throws(HTTPFailure) -> Double? {
      guard let text = value(name) else { return nil }
      guard let number = Double(text), !number.isNaN else {
        throw HTTPFailure(
          .badRequest, "\(name) in the address is \(text.prefix(40)), which is no number")
      }
      return number
    }
    let order = visit.site.material.attackOrder
    mixes = try tracker.pageRows(Self.mixes, ["study": .text(study.uuid)]).map { row in
      Mix(measurement: row["measurement"].text ?? "", label: row["label"].text ?? "")
    }.sorted { (order.place(of: $0.label), $0.label) < (order.place(of: $1.label), $1.label) }
    guard let mix = mixes.first(where: { $0.measurement == value("measurement") }) ?? mixes.first
    else {
      return nil
    }
    self.mix = mix
    let values: [String: SQLValue] = ["measurement": .text(mix.measurement)]
    measures = try tracker.pageRows(Self.measures, values).map { row in
      ShownSet.Measure(
        name: row["measure"].text ?? "", title: row["title"].text ?? "",
        unit: row["unit"].text ?? "", orientation: row["orientation"].text ?? "")
    }
    let own = value("measure") ?? Self.reportedMeasure(of: study)
    guard let measure = measures.first(where: { $0.name == own }) ?? measures.first else {
      return nil
    }
    self.measure = measure
    part = value("part") == "heldout" ? "heldout" : "selection"
    voterSets = try tracker.pageRows(Self.voterSets, values).map { row in
      (row["voter_set"].text ?? "", row["title"].text ?? "", row["voters"].integer ?? 0)
    }
    voters =
      voterSets.first { $0.name == value("voters") } ?? voterSets.first
      ?? ("crops", "no voters are recorded", 0)
    presets =
      withPresets
      ? try Self.presets(study, mix, measure, part: part, voters: voters, in: tracker) : []
    let (low, high) = (try threshold("low"), try threshold("high"))
    self.low = low ?? presets.first?.low ?? 0
    self.high = max(self.low, high ?? (low == nil ? presets.first?.high : nil) ?? .infinity)
    agreement = min(
      voters.voters,
      max(0, try visit.number("agreement") ?? presets.first?.agreement ?? voters.voters))
  }

  /// The measure that a study's tables are about.
  private static func reportedMeasure(of study: Run) -> String {
    guard case .array(let measures)? = study.configuration["detection"]?["measures"] else {
      return "softmax_std"
    }
    return measures.first?.string ?? "softmax_std"
  }

  /// The recorded thresholds, the given ones first; where there are none, the best ones.
  ///
  /// What trials of sweeps chose is left out, unless the study or the measurement is a trial's.
  private static func presets(
    _ study: Run, _ mix: Mix, _ measure: ShownSet.Measure, part: String,
    voters: (name: String, title: String, voters: Int64), in tracker: Tracker
  ) throws -> [Preset] {
    let values: [String: SQLValue] = [
      "measurement": .text(mix.measurement), "measure": .text(measure.name),
      "voters": .text(voters.name), "part": .text(part),
    ]
    let recorded = try tracker.pageRows(
      Self.recorded, values.merging(["study": .integer(study.id)]) { $1 }
    ).map { row in
      let place = row["protocol"].text == "heldout" ? "held-out half" : "selection"
      let method = PrintedName.of(row["method"].text ?? "")
      return Preset(
        title: "\(row["detector"].text ?? ""), \(method)"
          + (method == "given" ? "" : ", chosen on the \(place)"),
        low: row["low_threshold"].real ?? 0, high: row["high_threshold"].real ?? 0,
        agreement: row["agreement_threshold"].integer ?? 0)
    }
    guard recorded.isEmpty else { return recorded }
    let kind: SQLValue = .text(voters.voters == 0 ? "uncertainty" : "hybrid")
    return try tracker.query(.bestThresholds, values.merging(["detector": kind]) { $1 }).entries.map
    {
      Preset(
        title: "the best on these images", low: $0["low_threshold"].real ?? 0,
        high: $0["high_threshold"].real ?? 0, agreement: $0["agreement_threshold"].integer ?? 0)
    }
  }

  /// A page about another choice has what of this one it does not change.
  func query(_ changes: [String: String?]) -> [(String, String?)] {
    let own: [(String, String?)] = [
      ("measurement", mix.measurement), ("measure", measure.name), ("part", part),
      ("voters", voters.name), ("low", "\(low)"), ("high", "\(high)"),
      ("agreement", "\(agreement)"),
    ]
    return own.map { name, value in (name, changes[name] ?? value) }
  }

  private static let mixes = """
    SELECT measurement, min(label) AS label
    FROM study_measurements WHERE study = :study
    GROUP BY measurement ORDER BY label, measurement
    """

  private static let measures = """
    SELECT measure, title, unit, orientation
    FROM measures
    CROSS JOIN run ON run.uuid = :measurement
    CROSS JOIN measurement ON measurement.run_id = run.id
    WHERE iif(
      measure_kind = 'monte_carlo', passes IS NOT NULL,
      EXISTS (
        SELECT 1 FROM scored_measure
        WHERE measurement_id = measurement.run_id AND measure_id = measure_number)
      AND EXISTS (
        SELECT 1 FROM scored_measure
        WHERE measurement_id = clean_measurement_id AND measure_id = measure_number))
    ORDER BY measure_number
    """

  private static let voterSets = """
    SELECT voter_set, title, voters
    FROM voter_sets
    CROSS JOIN run ON run.uuid = :measurement
    CROSS JOIN measurement ON measurement.run_id = run.id
    WHERE iif(
      voter_set_number = 0, passes IS NOT NULL,
      NOT EXISTS (
        SELECT 1 FROM voter_set_member AS member
        WHERE member.voter_set_id = voter_set_number
          AND (
            NOT EXISTS (
              SELECT 1 FROM recorded_voter
              WHERE measurement_id = measurement.run_id AND voter_id = member.voter_id)
            OR NOT EXISTS (
              SELECT 1 FROM recorded_voter
              WHERE measurement_id = clean_measurement_id AND voter_id = member.voter_id))))
    ORDER BY voter_set_number
    """

  private static let recorded = """
    SELECT
      protocol, method, detector, low_threshold, high_threshold, agreement_threshold, max(id)
    FROM (
      SELECT *, (SELECT id FROM run WHERE uuid = thresholds) AS id
      FROM detection_results
      WHERE measurement = :measurement AND measure = :measure AND voter_set = :voters)
    WHERE EXISTS (SELECT 1 FROM own_runs WHERE record_number = id)
      OR EXISTS (SELECT 1 FROM lineage WHERE parent_run_id = id AND run_id = :study)
      OR NOT EXISTS (SELECT 1 FROM own_runs WHERE run = :measurement)
    GROUP BY protocol, method, detector
    ORDER BY
      detector = 'hybrid' DESC, method = 'given' DESC, method = 'exact' DESC, protocol DESC, detector
    """
}

extension [String] {
  /// The place of a set among attacks in order: behind them all where it is none of them.
  fileprivate func place(of label: String) -> Int {
    let name = label.prefix { $0 != " " }
    return firstIndex { $0 == name } ?? count
  }
}
