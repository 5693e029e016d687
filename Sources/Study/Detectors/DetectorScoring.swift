internal import Detection
internal import SQLite
internal import Tracker

/// A learned detector in the database.
struct StoredLearner: Sendable {
  let name: String
  /// The run of kind "fit", which has the threshold.
  let run: Run
  /// The run of kind "learn", which has what was fitted.
  let learned: Run
  /// The model that it defends.
  let model: Run
  /// A score above it declares adversarial.
  let threshold: Double

  /// Finds a detector; nil if there is none of that name.
  init?(named name: String, in tracker: Tracker) throws {
    let found = try tracker.read { connection in
      try connection.rows(
        "SELECT run_id, threshold FROM detector WHERE name = ?", [.text(name)]
      ) { (id: try $0.int64(0), threshold: $0.value(1).real ?? .nan) }
    }
    guard let row = found.first else { return nil }
    try self.init(run: tracker.run(id: row.id), name: name, threshold: row.threshold, in: tracker)
  }

  /// Reads the detector of a run of kind "fit".
  init(_ run: Run, in tracker: Tracker) throws {
    let found = try tracker.read { connection in
      try connection.rows(
        "SELECT name, threshold FROM detector WHERE run_id = ?", [.integer(run.id)]
      ) { (name: try $0.text(0), threshold: $0.value(1).real ?? .nan) }
    }
    guard let row = found.first else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: "fit")
    }
    try self.init(run: run, name: row.name, threshold: row.threshold, in: tracker)
  }

  private init(run: Run, name: String, threshold: Double, in tracker: Tracker) throws {
    let parents = try tracker.parents(of: run)
    guard let learned = parents["learned"], let model = parents["model"] else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its lineage is incomplete")
    }
    self.name = name
    self.run = run
    self.learned = learned
    self.model = model
    self.threshold = threshold
  }
}

/// Scores the images of a measurement by what was fitted.
struct DetectorScoring {
  let name: String
  let learned: Run
  let measurement: Measurement

  /// Scores the images, unless they are scored.
  ///
  /// - Returns: The finished run with the scores.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``; the errors of the
  ///   tracker.
  func perform(in context: StudyContext) throws -> Run {
    let tracker = context.tracker
    if let id = try RecordedScores(of: measurement, in: tracker).measures[name] {
      let run = try tracker.run(id: id)
      // A fit that was killed before its end may have left scores.
      guard try tracker.parents(of: run)["detector"]?.id == learned.id else {
        throw ScoreError.nameInUse(name, by: "a fit with other settings that was not finished")
      }
      context.progress.nextStage()
      context.progress.end("score \(measurement.title) by \(name)", reused: true)
      return run
    }
    let inputs = try LearnStage.fitted(by: learned, in: tracker).inputs.map(DetectorInput.init)
    return try DetectorScoreStage(
      detector: name, learned: learned, measurement: measurement,
      scores: InputRuns(inputs, of: [measurement], in: tracker).parents
    ).perform(in: context)
  }
}
