internal import Detection
internal import SQLite
internal import Tracker

/// Algorithm 1 with stored thresholds.
public struct StoredDetector: Sendable {
  /// The run that the thresholds are of.
  public let run: String
  /// The attack that they were chosen for.
  public let attack: String
  /// The measure that is the score.
  public let measure: String
  /// Whether low values of it mean adversarial.
  public let isLowAdversarial: Bool
  /// The passes with dropout on that the thresholds were chosen by.
  public let passes: Int
  /// The side of the crops that they were chosen by, in pixels.
  public let cropSide: Int
  private let low: Double
  private let high: Double
  private let agreement: Int

  var thresholds: Thresholds { Thresholds(low: low, high: high, agreement: agreement) }

  /// The hybrid detector of a thresholds' run, or of the newest one for a model; nil if there is
  /// none for it.
  ///
  /// What trials of sweeps chose counts only if its run is named. Held-out thresholds are preferred to
  /// those of the images that they were reported on. Only detectors count that dropout and the five
  /// crops can judge an image by.
  ///
  /// - Throws: ``StudyError/wrongKind(run:kind:needed:)`` if the run is of another kind, and what
  ///   the database has to say.
  init?(_ run: Run?, model: Run, in tracker: Tracker) throws {
    if let run, run.kind != ThresholdStage.kind {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: ThresholdStage.kind)
    }
    let result = try tracker.query(
      .storedDetector,
      [
        "thresholds": run.map { .text($0.uuid) } ?? .null, "model": .text(model.uuid),
        "monte_carlo": .integer(1),
      ])
    guard !result.rows.isEmpty else { return nil }
    let row = try QueryResult(columns: result.columns, rows: [result.rows[0]])
      .single(for: .storedDetector)
    guard let found = row["run"].text, let attack = row["attack"].text,
      let measure = row["measure"].text, let low = row["low_threshold"].real,
      let high = row["high_threshold"].real, let agreement = row["agreement_threshold"].integer,
      let passes = row["passes"].integer, let cropSide = row["crop_side"].integer
    else { return nil }
    self.run = found
    self.attack = attack
    self.measure = measure
    isLowAdversarial = row["orientation"].text == "low"
    self.passes = Int(passes)
    self.cropSide = Int(cropSide)
    self.low = low
    self.high = high
    self.agreement = Int(agreement)
  }

  /// The score that an image's reading gives; nil if its measure is not known here.
  func score(_ reading: Reading) -> Double? {
    let value = MonteCarloMeasure(rawValue: measure)?.value(
      reading.uncertainty, deterministicProbability: reading.deterministic.probability)
    return value.map { isLowAdversarial ? -$0 : $0 }
  }
}
