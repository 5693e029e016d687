internal import Detection
internal import SQLite
internal import Tracker

/// Fits a detector to recorded measures and votes, scores the images that it was fitted to, and
/// chooses its threshold on them.
///
/// A finished run never changes, so these are three kinds of runs: what was fitted ("learn"), its
/// scores ("score"), and the detector with its threshold ("fit").
struct DetectorFit {
  let name: String
  let learner: String
  /// Measures, and votes as 'vote:VOTER'.
  let inputs: [String]
  /// Measurements of adversarial sets, whose clean halves follow.
  let measurements: [Run]
  /// Measurements of noisy sets, which are negative too.
  var noisy: [Run] = []
  let part: FitPart
  let seed: Int64

  /// Fits the detector, or finds it.
  ///
  /// - Returns: The finished run of kind "fit".
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``, also where a detector
  ///   of the name was fitted otherwise; the errors of the tracker.
  func perform(in context: StudyContext) throws -> Run {
    let tracker = context.tracker
    let learner = try Self.learner(named: learner)
    try checkName(in: tracker)
    let images = try FittedImages(measurements, noisy: noisy, part: part, in: tracker)
    guard let model = images.mixes.first?.model else {
      throw ScoreError.emptyPart(part.rawValue)
    }
    let inputs = inputs.map(DetectorInput.init)
    let learn = LearnStage(
      learner: learner, inputs: inputs, images: images, model: model,
      scores: try InputRuns(inputs, of: images.measurements(in: tracker), in: tracker).parents,
      studySeed: seed)
    if let existing = try StoredLearner(named: name, in: tracker) {
      let finished = try learn.finished(in: context)
      guard finished?.id == existing.learned.id else {
        throw ScoreError.otherDetector(name, run: existing.run.uuid)
      }
      context.progress.nextStage()
      context.progress.end("fit \(name)", reused: true)
      return existing.run
    }
    let learned = try learn.perform(in: context.named(nil))
    let scores = try images.measurements(in: tracker).map { measurement in
      try DetectorScoring(
        name: name, learned: learned, measurement: measurement
      ).perform(in: context.named(nil))
    }
    return try FitStage(
      detector: name, learned: learned, images: images, model: model, scores: scores
    ).perform(in: context)
  }

  /// The learner of a name.
  static func learner(named name: String) throws -> any DetectorLearner {
    guard let learner = DetectorCatalogue.learners.first(where: { $0.name == name }) else {
      throw ScoreError.unknownLearner(name, known: DetectorCatalogue.learners.map(\.name))
    }
    return learner
  }

  /// Makes sure that no measure has the name.
  private func checkName(in tracker: Tracker) throws {
    let isOwn = (try? MeasureCatalogue.measure(named: name)) != nil
    let kind = try KnownMeasures(in: tracker)[name]?.kind
    guard !isOwn, kind == nil || kind == .detector else {
      throw ScoreError.nameInUse(name, by: "a measure")
    }
  }
}

/// The runs that recorded a detector's inputs of some measurements.
struct InputRuns: Sendable {
  /// The distinct runs, by role.
  let parents: [String: Run]

  /// Finds them.
  ///
  /// - Throws: ``ScoreError/missingInputs(of:measures:voters:set:)`` for the first measurement that
  ///   lacks some.
  init(
    _ inputs: [DetectorInput], of measurements: [Measurement], in tracker: Tracker
  ) throws {
    var runs: Set<Int64> = []
    for measurement in measurements {
      let recorded = try RecordedScores(of: measurement, in: tracker)
      let missing = inputs.filter { !recorded.has($0) }
      guard missing.isEmpty else { throw Self.error(missing, of: measurement) }
      runs.formUnion(inputs.compactMap { recorded.run(of: $0) })
    }
    var parents: [String: Run] = [:]
    for (place, id) in runs.sorted().enumerated() {
      parents["scores.\(place)"] = try tracker.run(id: id)
    }
    self.parents = parents
  }

  private static func error(
    _ missing: [DetectorInput], of measurement: Measurement
  ) -> ScoreError {
    var (measures, voters) = ([String](), [String]())
    for input in missing {
      switch input {
      case .measure(let name): measures.append(name)
      case .vote(let voter) where Crops.Position(vote: voter) != nil:
        return measurement.hasImages
          ? .hasNoCrops(measurement: measurement.run.uuid)
          : .hasNoImages(measurement: measurement.run.uuid)
      case .vote(let voter): voters.append(voter)
      }
    }
    return .missingInputs(
      of: measurement.title, measures: measures, voters: voters, set: measurement.set?.uuid)
  }
}

/// Chooses a fitted detector's threshold on the images that it was fitted to, and records it.
private struct FitStage: Stage {
  static let kind = "fit"
  var title: String { "threshold of \(detector)" }
  let seed: Int64? = nil

  let detector: String
  let learned: Run
  let images: FittedImages
  let model: Run
  /// The runs that scored the images.
  let scores: [Run]

  var parents: [String: Run] {
    var parents = images.parents
    parents["model"] = model
    parents["learned"] = learned
    for (place, run) in scores.sorted(by: { $0.id < $1.id }).enumerated() {
      parents["scores.\(place)"] = run
    }
    return parents
  }

  var configuration: JSONValue {
    .object(["detector": .string(detector), "part": .string(images.part.rawValue)])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    context.progress.begin(title, done: 0, total: 1, unit: "searches")
    let fitted = try LearnStage.fitted(by: learned, in: context.tracker)
    let best = try context.tracker.query(
      .bestThresholds,
      [
        "measure": .text(detector), "detector": .text("uncertainty"),
        "part": images.part == .all ? .null : .text(images.part.rawValue),
        "pooled": .integer(images.part == .all ? 2 : 1),
      ]
    ).entries.first
    guard let threshold = best?["high_threshold"].real else {
      throw ScoreError.emptyPart(images.part.rawValue)
    }
    func count(_ name: String) throws -> SQLValue {
      let values = try context.tracker.read { connection in
        try connection.rows(
          "SELECT value FROM metric WHERE run_id = ? AND name = ?",
          [.integer(learned.id), .text(name)]
        ) { $0.value(0).real ?? 0 }
      }
      return .integer(Int64(values.first ?? 0))
    }
    let counts = [try count("clean_images"), try count("adversarial_images")]
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO detector (
          run_id, name, learner, model_id, part, measure_id, threshold, clean_images,
          adversarial_images
        ) SELECT ?, ?, ?, ?, ?, id, ?, ?, ? FROM measure WHERE name = ?
        """,
        [
          .integer(writer.runID), .text(detector), .text(fitted.learner), .integer(model.id),
          .text(images.part.rawValue), .real(threshold),
        ] + counts + [.text(detector)])
      for (place, term) in fitted.terms.enumerated() {
        try writer.execute(
          "INSERT INTO detector_input (run_id, place, input, weight) VALUES (?, ?, ?, ?)",
          [
            .integer(writer.runID), .integer(Int64(place)), .text(term.input), .real(term.weight),
          ])
      }
      for mix in images.mixes {
        try writer.execute(
          "INSERT INTO detector_mix (run_id, measurement_id) VALUES (?, ?)",
          [.integer(writer.runID), .integer(mix.run.id)])
      }
    }
  }
}
