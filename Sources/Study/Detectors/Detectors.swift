internal import Classifier
internal import Detection
internal import SQLite
public import Tracker

/// Measures, votes and learned detectors of measured images.
public struct Detectors: Sendable {
  private let stages: SingleStages
  private let configuration: StudyConfiguration
  private let context: StudyContext
  private let runName: String?

  /// Joins a configuration, which says data set and seed, and what to work with.
  ///
  /// - Parameters:
  ///   - configuration: The study's settings.
  ///   - context: Tracker, data and threads.
  ///   - name: The user's name for the last run, unless that is finished.
  /// - Throws: ``ConfigurationError`` if a value is impossible.
  public init(
    _ configuration: StudyConfiguration, in context: StudyContext, name: String? = nil
  ) throws {
    stages = try SingleStages(configuration, in: context)
    self.configuration = configuration
    self.context = context
    runName = name
  }

  /// Makes sure that measures and voters can be computed, before images are measured for them.
  ///
  /// - Parameters:
  ///   - measures: Names of measures; `all` is those of the catalogue's list that the model gives.
  ///   - voters: Names of transforms.
  ///   - sets: Names of voter sets.
  ///   - images: The adversarial sets whose images they are asked of; nil stands for clean images.
  ///   - model: The model of clean images; the newest finished one if nil.
  /// - Throws: ``ScoreError`` or an error of the catalogues.
  public func check(
    measures: [String], voters: [String], sets: [String], of images: [Run?], model: Run?
  ) throws {
    let request = try ScoreRequest(
      measures: measures, voters: voters, sets: sets, known: KnownMeasures(in: context.tracker))
    var checked: Set<Int64> = []
    for set in images {
      let model =
        try set.flatMap { try context.tracker.parents(of: $0)["model"] } ?? stages.training(model)
      guard checked.insert(model.id).inserted, !Model.isExternal(model),
        let description = try Model.describe(model, in: context.tracker)
      else { continue }
      let leftOut = try request.possible(for: description).leftOut
      if !leftOut.isEmpty {
        context.progress.note(
          "model '\(description.name)' does not give what these need, which are left out: "
            + leftOut.joined(separator: ", "))
      }
    }
  }

  /// Scores measured images, each measurement after that of its clean images.
  ///
  /// - Parameters:
  ///   - measurements: Measurements' runs.
  ///   - measures: Names of measures; `all` is the catalogue's list.
  ///   - voters: Names of transforms.
  ///   - sets: Names of voter sets.
  /// - Returns: The finished run that scored the last measurement, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError`` or an error of the
  ///   catalogues for what cannot be computed; the errors of tracker, data and disk.
  public func score(
    _ measurements: [Run], measures: [String], voters: [String], sets: [String]
  ) throws -> Run {
    let request = try ScoreRequest(
      measures: measures, voters: voters, sets: sets, known: KnownMeasures(in: context.tracker))
    var halves: [Measurement] = []
    for run in measurements {
      let measurement = try Measurement(run, in: context.tracker)
      let clean = try measurement.cleanHalf(in: context.tracker)
      for half in [clean, measurement].compactMap({ $0 })
      where !halves.contains(where: { $0.run.id == half.run.id }) {
        halves.append(half)
      }
    }
    context.progress.plan(stages: halves.count)
    var preparations: [String: ScorePreparation] = [:]
    var last = measurements.last
    for (place, half) in halves.enumerated() {
      let (passes, seed) = (half.passes ?? 1, half.run.seed ?? 0)
      let key = "\(half.model.id) \(passes) \(seed)"
      let preparation =
        preparations[key]
        ?? ScorePreparation(
          model: half.model, passes: passes, seed: seed, request: request,
          data: stages.data(of: half.model), in: context)
      preparations[key] = preparation
      let isLast = place == halves.count - 1
      last = try MissingScores(measurement: half, request: request, preparation: preparation)
        .perform(in: context.named(isLast ? runName : nil))
    }
    guard let last else { throw StudyError.nothingRecorded(kind: MeasurementStage.kind) }
    return last
  }

  /// What a detector is fitted to.
  public struct Fitting: Sendable {
    /// The detector's name.
    public let name: String
    /// The learner's name.
    public let learner: String
    /// Names of measures; `all` is everything that is recorded of the sets.
    public let measures: [String]
    /// Names of voters; `all` likewise.
    public let voters: [String]
    /// Names of voter sets, all of whose voters count; 'crops' is the five of each measurement.
    public let voterSets: [String]
    /// The images.
    public let part: FitPart
    /// Attacks, whose newest measured sets count; all of the model's if empty.
    public let attacks: [String]
    /// Adversarial sets, noisy ones among them, or measurements of such, which count instead; nil for
    /// those of the attacks.
    public let sets: [Run]?

    /// Describes a fit.
    public init(
      name: String, learner: String, measures: [String], voters: [String],
      voterSets: [String] = [], part: FitPart, attacks: [String], sets: [Run]? = nil
    ) {
      self.name = name
      self.learner = learner
      self.measures = measures
      self.voters = voters
      self.voterSets = voterSets
      self.part = part
      self.attacks = attacks
      self.sets = sets
    }
  }

  /// Fits a detector to what is recorded of a model's sets, and chooses its threshold there.
  ///
  /// - Parameters:
  ///   - fitting: What is fitted to what.
  ///   - model: A training run; the newest finished one if nil.
  /// - Returns: The finished run of kind "fit", new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``; the errors of the
  ///   tracker.
  public func fit(_ fitting: Fitting, model: Run?) throws -> Run {
    _ = try DetectorFit.learner(named: fitting.learner)
    let images =
      try fitting.sets.map { try givenImages($0, of: model, for: fitting.name) }
      ?? (mixes: newestMixes(of: stages.training(model), attacks: fitting.attacks), noisy: [])
    let inputs = try inputs(fitting, of: images.mixes)
    return try DetectorFit(
      name: fitting.name, learner: fitting.learner, inputs: inputs, measurements: images.mixes,
      noisy: images.noisy, part: fitting.part, seed: configuration.seed
    ).perform(in: context.named(runName))
  }

  /// The measurements of sets that a fit names: those of attacks, and those of noisy images.
  ///
  /// - Throws: ``ScoreError`` if a set is not measured, is of another model than the first one, or is
  ///   noisy where none is adversarial.
  private func givenImages(
    _ sets: [Run], of model: Run?, for detector: String
  ) throws -> (mixes: [Run], noisy: [Run]) {
    var (mixes, noisy) = ([Run](), [Run]())
    var model = model
    for set in sets {
      let measurement = try Measurement(self.measurement(of: set), in: context.tracker)
      guard let measured = measurement.set else {
        throw StudyError.wrongKind(run: set.uuid, kind: set.kind, needed: AttackStage.kind)
      }
      let own = model ?? measurement.model
      guard measurement.model.id == own.id else {
        throw ScoreError.otherModel(detector: detector, model: own.uuid)
      }
      model = own
      let isKnown = (mixes + noisy).contains { $0.id == measurement.run.id }
      guard !isKnown else { continue }
      if measured.kind == NoisySetStage.kind {
        noisy.append(measurement.run)
      } else {
        mixes.append(measurement.run)
      }
    }
    guard !mixes.isEmpty else {
      throw ScoreError.noSets(model: model?.uuid ?? "", attacks: [])
    }
    return (mixes, noisy)
  }

  /// Applies a detector to measured sets and their clean images.
  ///
  /// - Parameters:
  ///   - name: The detector's name.
  ///   - sets: Attacks' or measurements' runs; all measured sets of the model if nil.
  /// - Returns: The finished run of the last set's scores, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``; the errors of the
  ///   tracker.
  public func apply(_ name: String, to sets: [Run]?) throws -> Run {
    let detector = try stored(name)
    let measurements =
      try sets.map { try $0.map { try measurement(of: $0) } }
      ?? context.tracker.measuredSets(of: detector.model, withNoise: true)
    guard !measurements.isEmpty else {
      throw ScoreError.noSets(model: detector.model.uuid, attacks: [])
    }
    var halves: [Measurement] = []
    for run in measurements.reversed() {
      let measurement = try Measurement(run, in: context.tracker)
      guard measurement.model.id == detector.model.id else {
        throw ScoreError.otherModel(detector: name, model: detector.model.uuid)
      }
      let clean = try measurement.cleanHalf(in: context.tracker)
      for half in [clean, measurement].compactMap({ $0 })
      where !halves.contains(where: { $0.run.id == half.run.id }) {
        halves.append(half)
      }
    }
    context.progress.plan(stages: halves.count)
    var last: Run?
    var missing: ScoreError?
    for half in halves {
      do {
        last = try DetectorScoring(
          name: name, learned: detector.learned, measurement: half
        ).perform(in: context.named(half.run.id == halves.last?.run.id ? runName : nil))
      } catch let error as ScoreError where sets == nil && error.isMissingInputs {
        context.progress.note("left out: \(error)")
        missing = error
      }
    }
    if let last { return last }
    throw missing ?? ScoreError.noSets(model: detector.model.uuid, attacks: [])
  }

  /// A detector by its name.
  func stored(_ name: String) throws -> StoredLearner {
    if let stored = try StoredLearner(named: name, in: context.tracker) { return stored }
    let known = try context.tracker.read { connection in
      try connection.rows("SELECT name FROM detector ORDER BY run_id", []) { try $0.text(0) }
    }
    throw ScoreError.unknownDetector(name, known: known)
  }

  /// The measurement that a run is, or the newest one of a set.
  private func measurement(of run: Run) throws -> Run {
    if run.kind == MeasurementStage.kind { return run }
    let model = try context.tracker.parents(of: run)["model"]
    guard let model else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: AttackStage.kind)
    }
    let found = try context.tracker.measuredSets(of: model, withNoise: true).first {
      try context.tracker.parents(of: $0)["adversarial_set"]?.id == run.id
    }
    guard let found else { throw ScoreError.notMeasured(set: run.uuid) }
    return found
  }

  /// The newest measured set of each attack, of the images of the newest of all.
  private func newestMixes(of model: Run, attacks: [String]) throws -> [Run] {
    var found: [Measurement] = []
    for run in try context.tracker.measuredSets(of: model, withNoise: false) {
      let measurement = try Measurement(run, in: context.tracker)
      guard attacks.isEmpty || attacks.contains(measurement.title),
        found.first.map({ $0.selection.id == measurement.selection.id }) ?? true,
        !found.contains(where: { $0.title == measurement.title })
      else { continue }
      found.append(measurement)
    }
    let lacking = attacks.filter { name in !found.contains { $0.title == name } }
    guard !found.isEmpty, lacking.isEmpty else {
      throw ScoreError.noSets(model: model.uuid, attacks: lacking)
    }
    return found.map(\.run)
  }

  /// Measures and votes, `all` resolved to what is recorded of any of the sets.
  private func inputs(_ fitting: Fitting, of mixes: [Run]) throws -> [String] {
    let tracker = context.tracker
    let known = try KnownMeasures(in: tracker)
    let recorded = try mixes.map {
      try RecordedScores(of: Measurement($0, in: tracker), in: tracker)
    }
    let measured = known.entries.filter { entry in
      entry.kind != .detector && recorded.contains { $0.has(measure: entry.name) }
    }.map(\.name)
    let voted = Set(recorded.flatMap { $0.voters.keys }).sorted()
    var inputs: [String] = []
    func add(_ input: DetectorInput) {
      if !inputs.contains(input.text) { inputs.append(input.text) }
    }
    for name in fitting.measures {
      if name == "all" {
        measured.forEach { add(.measure($0)) }
        try noteUnmeasured(measured)
      } else {
        add(.measure(try known.canonical(name)))
      }
    }
    for name in fitting.voters {
      if name == "all" {
        voted.forEach { add(.vote($0)) }
      } else {
        add(.vote(try canonical(voter: name)))
      }
    }
    for name in fitting.voterSets {
      let votes =
        name == ScoreRequest.crops
        ? Crops.Position.allCases.map(\.vote) : try ThresholdInputs.members(of: name, in: tracker)
      votes.forEach { add(.vote($0)) }
    }
    guard !inputs.isEmpty else {
      throw ScoreError.noInputs(
        model: try Measurement(mixes[0], in: tracker).model.uuid)
    }
    return inputs
  }

  /// Says which measures of the catalogue's list a fit to all of them goes without.
  private func noteUnmeasured(_ measured: [String]) throws {
    let missing = MeasureCatalogue.standard.filter { !measured.contains($0) }
    guard !missing.isEmpty else { return }
    let rest = missing.count - 3
    context.progress.note(
      "fits what is recorded, \(measured.count) measures; not recorded of the catalogue: "
        + missing.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : ""))
  }

  private func canonical(voter name: String) throws -> String {
    let recorded = try context.tracker.read { connection in
      try connection.rows("SELECT name FROM voter ORDER BY id", []) { try $0.text(0) }
    }
    if recorded.contains(name) { return name }
    do {
      return try TransformSpecification(name).name
    } catch {
      guard case .unknownTransform = error else { throw error }
      throw ScoreError.unknownVoter(name, known: recorded + TransformCatalogue.kinds.map(\.name))
    }
  }
}

extension ScoreError {
  fileprivate var isMissingInputs: Bool {
    guard case .missingInputs = self else { return false }
    return true
  }
}
