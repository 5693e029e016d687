internal import Detection
internal import SQLite
public import Tracker

/// Which detector an attack evades, as a user names it.
public struct DetectorChoice: Sendable {
  /// The defence of Wang and Zhang: the deviation of the softmax between two thresholds, and the five
  /// crops.
  public static let wangZhang = "wang-zhang"

  /// A learned detector, a measure, or ``wangZhang``.
  public let name: String
  /// The run of thresholds to take a measure's from; nil: the newest ones.
  public let thresholds: Run?
  /// L and H to take instead, on the score: the measure, negated where low means adversarial.
  public let given: ClosedRange<Double>?
  /// C, if L and H are given.
  public let agreement: Int
  /// The voter set whose votes count from L to H, if they are given.
  public let voters: String?

  /// Names a detector.
  public init(
    _ name: String, thresholds: Run? = nil, given: ClosedRange<Double>? = nil, agreement: Int = 0,
    voters: String? = nil
  ) {
    self.name = name
    self.thresholds = thresholds
    self.given = given
    self.agreement = agreement
    self.voters = voters
  }
}

/// A whole detection system: what attacks evade, and what judges the images that they made.
struct AttackedDetector: Sendable {
  /// How it decides.
  enum Rule: Sendable {
    /// Algorithm 1 with a measure's score, L, H and C, and the voters' names.
    case thresholds(measure: String, Thresholds, voters: [String])
    /// A learned score above a threshold.
    case learned(any FittedDetector, threshold: Double)
  }

  /// Its name.
  let name: String
  /// How it decides.
  let rule: Rule
  /// The passes with dropout on, and the crops whose votes a learned detector reads.
  private(set) var settings: MeasurementSettings
  /// The run that chose its thresholds or fitted it; nil if a user gave the thresholds.
  let run: Run?

  /// Everything that its verdicts depend on beside its run.
  var configuration: JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name), "passes": .integer(Int64(settings.passes)),
      "crop_side": .integer(Int64(settings.cropSide)),
    ]
    if case .thresholds(let measure, let thresholds, let voters) = rule {
      members["measure"] = .string(measure)
      // JSON has no word for infinity.
      members["low"] = .string("\(thresholds.low)")
      members["high"] = .string("\(thresholds.high)")
      members["agreement"] = .integer(Int64(thresholds.agreement))
      members["voters"] = .array(voters.map(JSONValue.string))
    }
    return .object(members)
  }

  /// The same detector with another number of passes.
  func with(passes: Int) -> AttackedDetector {
    var detector = self
    detector.settings = MeasurementSettings(passes: passes, cropSide: settings.cropSide)
    return detector
  }

  /// What it reads of an image: measures and votes.
  var inputs: [DetectorInput] {
    switch rule {
    case .thresholds(let measure, _, let voters):
      [.measure(measure)] + voters.map(DetectorInput.vote)
    case .learned(let fitted, _):
      fitted.inputs.map { text in
        let input = DetectorInput(text)
        guard case .vote(let voter) = input, let crop = Crops.Position(vote: voter) else {
          return input
        }
        return .vote("\(crop.vote)_\(settings.cropSide)")
      }
    }
  }

  /// Reads a detector back from a run's configuration and its parent.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if that says no detector.
  init(_ configuration: JSONValue, of user: Run, run: Run?, in tracker: Tracker) throws {
    guard let name = configuration["name"]?.string,
      case .integer(let passes)? = configuration["passes"],
      case .integer(let cropSide)? = configuration["crop_side"]
    else { throw StudyError.damagedRecord(run: user.uuid, problem: "it names no detector") }
    self.name = name
    settings = MeasurementSettings(passes: Int(passes), cropSide: Int(cropSide))
    self.run = run
    if let measure = configuration["measure"]?.string {
      guard let low = configuration["low"]?.string.flatMap(Double.init),
        let high = configuration["high"]?.string.flatMap(Double.init), low <= high,
        case .integer(let agreement)? = configuration["agreement"], agreement >= 0,
        case .array(let voters)? = configuration["voters"]
      else { throw StudyError.damagedRecord(run: user.uuid, problem: "it names no thresholds") }
      rule = .thresholds(
        measure: measure, Thresholds(low: low, high: high, agreement: Int(agreement)),
        voters: voters.compactMap(\.string))
    } else {
      guard let run else {
        throw StudyError.damagedRecord(run: user.uuid, problem: "its lineage is incomplete")
      }
      let stored = try StoredLearner(run, in: tracker)
      rule = .learned(
        try LearnStage.fitted(by: stored.learned, in: tracker), threshold: stored.threshold)
    }
  }

  /// Finds what a user names, for a model.
  ///
  /// - Parameters:
  ///   - choice: The name, and thresholds that are given.
  ///   - model: The model that it defends.
  ///   - measurement: The passes and crops of detectors whose thresholds are given.
  ///   - isFollowed: Whether an attack follows it, so that all it reads must have a gradient.
  ///   - tracker: The database.
  /// - Throws: ``ScoreError`` or an error of the catalogues for what is unknown or not recorded.
  init(
    _ choice: DetectorChoice, model: Run, measurement: MeasurementSettings, isFollowed: Bool,
    in tracker: Tracker
  ) throws {
    name = choice.name
    let isNamed = choice.name != DetectorChoice.wangZhang
    if isNamed, let stored = try StoredLearner(named: choice.name, in: tracker) {
      guard stored.model.id == model.id else {
        throw ScoreError.otherModel(detector: stored.name, model: stored.model.uuid)
      }
      rule = .learned(
        try LearnStage.fitted(by: stored.learned, in: tracker), threshold: stored.threshold)
      settings = try Self.settings(of: stored, in: tracker) ?? measurement
      run = stored.run
      return
    }
    let measure: String
    do {
      measure = try MeasureCatalogue.measure(
        named: isNamed ? choice.name : MonteCarloMeasure.softmaxStd.rawValue
      ).description.name
    } catch {
      guard case .unknownMeasure(_, let known) = error else { throw error }
      let detectors = try tracker.read { connection in
        try connection.rows("SELECT name FROM detector ORDER BY run_id", []) { try $0.text(0) }
      }
      throw ScoreError.unknownDetector(
        choice.name, known: [DetectorChoice.wangZhang] + detectors + known)
    }
    if isFollowed { _ = try MeasureCatalogue.differentiable(named: measure) }
    if let given = choice.given {
      let set = choice.voters ?? (isNamed ? nil : ScoreRequest.crops)
      rule = .thresholds(
        measure: measure,
        Thresholds(low: given.lowerBound, high: given.upperBound, agreement: choice.agreement),
        voters: try set.map { try Self.members(of: $0, cropSide: measurement.cropSide) } ?? [])
      settings = measurement
      run = nil
      return
    }
    let recorded = try Self.recorded(measure, choice.thresholds, model: model, in: tracker)
    guard let recorded else { throw ScoreError.noThresholds(measure: measure, model: model.uuid) }
    rule = .thresholds(
      measure: measure, recorded.thresholds,
      voters: try recorded.voters.map {
        try Self.members(of: $0, cropSide: recorded.cropSide ?? measurement.cropSide)
      } ?? [])
    settings = MeasurementSettings(
      passes: recorded.passes ?? measurement.passes,
      cropSide: recorded.cropSide ?? measurement.cropSide)
    run = try tracker.run(uuid: recorded.run)
  }

  /// The newest thresholds of a measure for a model, held-out ones before those that they were
  /// reported on, with votes before those without.
  ///
  /// What trials of sweeps chose counts only if its run is named.
  private static func recorded(
    _ measure: String, _ run: Run?, model: Run, in tracker: Tracker
  ) throws -> (
    run: String, thresholds: Thresholds, voters: String?, passes: Int?, cropSide: Int?
  )? {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT
          thresholds, low_threshold, high_threshold, coalesce(agreement_threshold, 0),
          iif(detector = 'hybrid', voter_set, NULL), passes, crop_side
        FROM detection_results
        JOIN runs USING (run)
        WHERE model = ?1 AND measure = ?2 AND (?3 IS NULL OR thresholds = ?3)
          AND (
            ?3 IS NOT NULL
            OR (
              hidden IS NOT 'deleted'
              AND EXISTS (
                SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number)))
          AND detector IN ('hybrid', 'uncertainty') AND method IN ('exact', 'given')
        ORDER BY runs.record_number DESC, protocol = 'heldout' DESC, detector = 'hybrid' DESC
        LIMIT 1
        """, [.text(model.uuid), .text(measure), run.map { .text($0.uuid) } ?? .null]
      ) { row in
        let (low, high) = (row.value(1).real ?? .nan, row.value(2).real ?? .nan)
        return (
          run: try row.text(0),
          thresholds: Thresholds(
            low: low, high: max(low, high), agreement: max(0, try row.int(3))),
          voters: row.value(4).text, passes: row.value(5).integer.map { Int($0) },
          cropSide: row.value(6).integer.map { Int($0) }
        )
      }
    }.first
  }

  /// The transforms of a voter set.
  private static func members(of set: String, cropSide: Int) throws -> [String] {
    guard set != ScoreRequest.crops else {
      return Crops.Position.allCases.map { "\($0.vote)_\(cropSide)" }
    }
    return try VoterSetCatalogue.named(set).voters.map(\.name)
  }

  /// The passes and crops of the measurements that a detector was fitted to.
  private static func settings(
    of stored: StoredLearner, in tracker: Tracker
  ) throws -> MeasurementSettings? {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT passes, crop_side
        FROM detector_mix JOIN measurement ON measurement.run_id = measurement_id
        WHERE detector_mix.run_id = ? AND passes IS NOT NULL AND crop_side IS NOT NULL
        ORDER BY passes DESC LIMIT 1
        """, [.integer(stored.run.id)]
      ) { MeasurementSettings(passes: try $0.int(0), cropSide: try $0.int(1)) }
    }.first
  }
}
