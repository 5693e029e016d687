internal import SQLite
internal import Tracker

/// A finished measurement, with what it was made from.
struct Measurement: Sendable {
  let run: Run
  let model: Run
  let selection: Run
  /// The adversarial set; nil for clean images.
  let set: Run?
  /// The measurement of the clean images; nil in that itself.
  let clean: Run?
  /// The passes with dropout on; nil where the model gives none, or another program made the scores.
  let passes: Int?
  /// Whether its images are in the data set or in the record: scores of other programs have none.
  var hasImages: Bool { run.configuration["imported"] == nil }

  /// Reads a measurement's lineage.
  ///
  /// - Throws: ``StudyError/wrongKind(run:kind:needed:)`` if the run is of another kind.
  init(_ run: Run, in tracker: Tracker) throws {
    guard run.kind == MeasurementStage.kind else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: MeasurementStage.kind)
    }
    let parents = try tracker.parents(of: run)
    guard let model = parents["model"], let selection = parents["selection"] else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its lineage is incomplete")
    }
    self.run = run
    self.model = model
    self.selection = selection
    set = parents["adversarial_set"]
    clean = parents["clean_measurement"]
    if case .integer(let passes)? = run.configuration["passes"] {
      self.passes = Int(passes)
    } else {
      passes = nil
    }
  }

  /// What people call its images, such as "fgsm", or "clean".
  var title: String {
    self.set.map { $0.configuration["attack"]?.string ?? $0.kind } ?? "clean"
  }

  /// The same for the clean images, if this is of adversarial ones.
  func cleanHalf(in tracker: Tracker) throws -> Measurement? {
    try clean.map { try Measurement($0, in: tracker) }
  }
}

extension Tracker {
  /// The finished measurements of a model's adversarial sets that commands choose among: the user's
  /// own, the last recorded first.
  ///
  /// - Parameters:
  ///   - model: The training's run.
  ///   - withNoise: Whether sets of noisy images are among them.
  /// - Returns: The runs.
  /// - Throws: the errors of the tracker.
  func measuredSets(of model: Run, withNoise: Bool) throws -> [Run] {
    let found = try read { connection in
      try connection.rows(
        """
        SELECT run_id FROM measurement
        WHERE model_id = ?1 AND adversarial_set_id IS NOT NULL
          AND (?2 OR adversarial_set_id NOT IN (SELECT run_id FROM noisy_set))
        """, [.integer(model.id), .integer(withNoise ? 1 : 0)]
      ) { try $0.int64(0) }
    }
    let known = Set(found)
    return try ownRuns(kind: MeasurementStage.kind).filter { known.contains($0.id) }
  }
}
