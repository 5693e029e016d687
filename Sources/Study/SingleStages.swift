public import Attack
internal import Classifier
internal import Dataset
public import Tracker

/// The stages of a study one at a time, each on what earlier stages recorded.
public struct SingleStages: Sendable {
  let configuration: StudyConfiguration
  let context: StudyContext
  let runName: String?

  /// Prepares stages of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: The study's settings.
  ///   - context: Tracker, data and threads.
  ///   - name: The user's name for the run, unless that is finished.
  /// - Throws: ``ConfigurationError`` if a value is impossible.
  public init(
    _ configuration: StudyConfiguration, in context: StudyContext, name: String? = nil
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.context = context
    runName = name
  }

  /// Trains the classifier of the configuration.
  ///
  /// - Returns: The finished run, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  public func train() throws -> Run {
    let data = try StudyData(of: configuration, in: context)
    return try stages(data).named(runName).train()
  }

  /// The choice of test images for a stage.
  public enum SelectionChoice: Sendable {
    /// The images of the model's study, else of its sets, else of the configuration, so that results
    /// that are compared are about the same images.
    case ofModel
    /// Those of the configuration.
    case configured
    /// Those of a selection's run.
    case run(Run)
  }

  /// Attacks test images.
  ///
  /// - Parameters:
  ///   - name: The attack.
  ///   - values: Parameters that differ from the configuration's.
  ///   - model: A training run; the newest finished one if nil.
  ///   - choice: The images.
  ///   - detector: The detector that judges the images, and that attacks which know one evade; nil for
  ///     none.
  /// - Returns: The finished run, new or reused, and that of the detector's verdicts on its images.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk; ``ScoreError`` or an error of the catalogues for a detector that is none.
  public func attack(
    _ name: String, values: [String: AttackValue], model: Run?,
    on choice: SelectionChoice = .ofModel, against detector: DetectorChoice? = nil
  ) throws -> (set: Run, verdict: Run?) {
    let kind = try AttackCatalogue.kind(named: name)
    if kind.knowsDetector && detector == nil { throw AttackError.needsDetector(attack: name) }
    let given = (configuration.attacks[name]?.values ?? [:]).merging(values) { $1 }
    try Self.check(kind, given)
    let (model, stages) = try loadStages(model)
    let selection = try selection(choice, of: model, stages)
    let known = try detector.map {
      try AttackedDetector(
        $0, model: model,
        measurement: configuration.measurement.settings(for: stages.data.test.shape),
        isFollowed: kind.knowsDetector,
        in: context.tracker)
    }
    let set = try AttackStage(
      kind: kind, values: given, model: model, selection: selection, data: stages.data,
      studySeed: configuration.seed, detector: kind.knowsDetector ? known : nil
    ).perform(in: context.named(runName))
    guard let known else { return (set, nil) }
    let data = stages.data
    let verdict = try VerdictStage(
      set: set, detector: known, model: model, selection: selection, data: DataOnDemand { data },
      studySeed: configuration.seed
    ).perform(in: context.named(nil))
    return (set, verdict)
  }

  /// Judges an adversarial set by a whole detection system.
  ///
  /// - Parameters:
  ///   - set: The run of an attack, of noise or of an import.
  ///   - detector: The detector.
  /// - Returns: The finished run of the verdicts, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk; ``ScoreError`` or an error of the catalogues for a detector that is none.
  public func judge(_ set: Run, by detector: DetectorChoice) throws -> Run {
    let parents = try context.tracker.parents(of: set)
    guard [AttackStage.kind, NoisySetStage.kind].contains(set.kind) else {
      throw StudyError.wrongKind(run: set.uuid, kind: set.kind, needed: AttackStage.kind)
    }
    guard let model = parents["model"], let selection = parents["selection"] else {
      throw StudyError.damagedRecord(run: set.uuid, problem: "its lineage is incomplete")
    }
    let data = self.data(of: model)
    let measurement = try configuration.measurement.settings(for: data.get().test.shape)
    return try VerdictStage(
      set: set,
      detector: AttackedDetector(
        detector, model: model, measurement: measurement, isFollowed: false, in: context.tracker),
      model: model, selection: selection, data: data, studySeed: configuration.seed
    ).perform(in: context.named(runName))
  }

  /// Checks the values of an attack's parameters and options, before anything runs.
  ///
  /// - Throws: `AttackError`; `DetectionError` if there is no such transform as they name.
  public static func check(_ kind: AttackKind, _ values: [String: AttackValue]) throws {
    _ = try AttackThrough.transform(of: kind.complete(values))
  }

  /// Measures an adversarial set and, if necessary first, its clean images.
  ///
  /// - Parameters:
  ///   - set: The run of an attack or of noise; nil measures only the clean images.
  ///   - model: The model for the clean images; the newest finished one if nil. A set has its own.
  ///   - choice: The clean images. A set has its own.
  ///   - needsPasses: Whether a model without stochastic passes is refused; else its classes alone
  ///     are recorded, for measures that need none.
  /// - Returns: The finished run, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  public func measure(
    set: Run?, model: Run?, on choice: SelectionChoice = .ofModel, needsPasses: Bool = true
  ) throws -> Run {
    guard let set else {
      let (model, stages) = try loadStages(model)
      let selection = try selection(choice, of: model, stages)
      return try stages.named(runName).measureClean(
        model: model, selection: selection, byPasses: byPasses(model, needed: needsPasses)
      ).run
    }
    guard [AttackStage.kind, NoisySetStage.kind].contains(set.kind) else {
      throw StudyError.wrongKind(run: set.uuid, kind: set.kind, needed: AttackStage.kind)
    }
    let parents = try context.tracker.parents(of: set)
    guard let model = parents["model"], let selection = parents["selection"] else {
      throw StudyError.damagedRecord(run: set.uuid, problem: "its lineage is incomplete")
    }
    let byPasses = try byPasses(model, needed: needsPasses)
    if let measured = try measureRecorded(
      set, model: model, selection: selection, byPasses: byPasses)
    {
      return measured
    }
    let (_, stages) = try loadStages(model)
    let clean = try stages.measureClean(model: model, selection: selection, byPasses: byPasses)
    return try stages.named(runName).measure(
      set, beside: clean, model: model, selection: selection, byPasses: byPasses)
  }

  /// Whether to measure a model's images by passes: unless it gives none and none are needed.
  private func byPasses(_ model: Run, needed: Bool) throws -> Bool {
    guard !needed, !Model.isExternal(model) else { return true }
    let description = try Model.describe(model, in: context.tracker)
    return description?.capabilities.contains(.draws) ?? true
  }

  /// Measures a set by the record alone, without the data set; nil if its pixels, the model or the
  /// measurement of the clean images are not all recorded.
  private func measureRecorded(
    _ set: Run, model: Run, selection: Run, byPasses: Bool
  ) throws -> Run? {
    guard let classifier = try Model(recordedBy: model, in: context)?.classifier,
      try !AttackStage.lacksPixels(set, in: context)
    else { return nil }
    let settings =
      byPasses ? try configuration.measurement.settings(for: classifier.input) : nil
    func stage(_ subject: MeasuredImages) -> MeasurementStage {
      MeasurementStage(
        subject: subject, model: model, selection: selection, data: nil, measurement: settings,
        studySeed: configuration.seed)
    }
    guard let clean = try stage(.clean).finished(in: context) else { return nil }
    try context.uses(clean.uuid, computed: false)
    return try stage(.adversarial(set: set, beside: CleanMeasurement(run: clean)))
      .perform(in: context.named(runName))
  }

  /// The sets of a model that commands choose among, the oldest first.
  ///
  /// - Parameter model: A training run; the newest finished one if nil.
  /// - Returns: The attacks' runs.
  /// - Throws: ``ScoreError/noSets(model:attacks:)`` if there are none, and the errors of the tracker.
  public func sets(of model: Run?) throws -> [Run] {
    let model = try training(model)
    let sets = try context.tracker.ownRuns(kind: AttackStage.kind).filter {
      try context.tracker.parents(of: $0)["model"]?.id == model.id
    }
    guard !sets.isEmpty else { throw ScoreError.noSets(model: model.uuid, attacks: []) }
    return sets.reversed()
  }

  /// Chooses thresholds for the measurement of an adversarial set.
  ///
  /// - Parameters:
  ///   - measurement: A measurement's run; the newest of an adversarial set if nil.
  ///   - measures: Names of measures; the configuration's if nil, `all` for those that are recorded.
  ///   - voters: The name of the voter set that decides between the thresholds.
  /// - Returns: The finished run, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  public func thresholds(
    measurement: Run?, measures: [String]? = nil, voters: String? = nil
  ) throws -> Run {
    guard let run = try measurement ?? newestMeasurement() else {
      throw StudyError.nothingRecorded(kind: MeasurementStage.kind)
    }
    guard run.kind == MeasurementStage.kind,
      let set = try context.tracker.parents(of: run)["adversarial_set"],
      set.kind == AttackStage.kind
    else {
      throw StudyError.wrongKind(
        run: run.uuid, kind: run.kind, needed: "measure, of an adversarial set")
    }
    let wanted = try ThresholdInputs(
      measures: measures ?? configuration.detection.measures, voters: voters,
      of: Measurement(run, in: context.tracker), in: context.tracker)
    return try ThresholdStage(
      attack: set.configuration["attack"]?.string ?? "", measurement: run,
      measures: wanted.measures, given: measures == nil ? configuration.detection.given : nil,
      voters: wanted.voters, scores: wanted.scores
    ).perform(in: context.named(runName))
  }

  /// A training run; the newest finished one if nil.
  ///
  /// - Throws: ``StudyError`` if there is none or the run is of another kind.
  func training(_ run: Run?) throws -> Run {
    guard let run = try run ?? newestModel() else {
      throw StudyError.nothingRecorded(kind: TrainingStage.kind)
    }
    try Model.checkKind(run)
    return run
  }

  /// A training run with the data that it was trained on; the newest finished one if nil.
  func load(_ run: Run?) throws -> (Run, StudyData) {
    let (run, stages) = try loadStages(run)
    return (run, stages.data)
  }

  /// The images that a choice stands for.
  func selection(
    _ choice: SelectionChoice, of model: Run, _ stages: StudyStages
  ) throws -> Run {
    switch choice {
    case .configured: return try stages.select()
    case .run(let run):
      guard run.kind == SelectionStage.kind else {
        throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: SelectionStage.kind)
      }
      guard run.configuration["dataset_sha256"]?.string == stages.data.digest else {
        throw StudyError.differentData(dataset: stages.data.name)
      }
      return run
    case .ofModel:
      guard let recorded = try ModelSelection(of: model, in: context.tracker) else {
        return try stages.select()
      }
      if try stages.configuredSelection.configuration != recorded.run.configuration {
        context.progress.note(recorded.description)
      }
      return recorded.run
    }
  }

  /// A training run with the stages on its data; the newest finished one if nil.
  func loadStages(_ run: Run?) throws -> (Run, StudyStages) {
    let run = try training(run)
    guard !Model.isExternal(run) else { throw ScoreError.isExternal(model: run.uuid) }
    let data = try StudyData(
      place(ofDataOf: run), layout: configuration.layout, in: context)
    try Model.check(run, data: data)
    return (run, stages(data))
  }

  /// What names the data set of a training run: a directory of the user's own is recorded by its
  /// last component alone, and is found again where the configuration says.
  private func place(ofDataOf run: Run) throws -> String {
    let given = configuration.dataset
    let recorded = run.configuration["dataset"]?.string ?? given
    if given.split(separator: "/").last.map(String.init) == recorded { return given }
    if DatasetCatalogue.all.contains(where: { $0.name == recorded }) { return recorded }
    guard given.contains("/") else {
      throw StudyError.unknownPlace(dataset: recorded, run: run.uuid)
    }
    return given
  }

  private func stages(_ data: StudyData) -> StudyStages {
    StudyStages(configuration: configuration, data: data, context: context)
  }

  /// The data set of a model, which is read when it is needed.
  func data(of model: Run) -> DataOnDemand {
    DataOnDemand { try load(model).1 }
  }

  /// The newest model, one with weights before one that is known by name alone.
  private func newestModel() throws -> Run? {
    let models = try context.tracker.ownRuns(kind: TrainingStage.kind)
    return models.first { !Model.isExternal($0) } ?? models.first
  }

  private func newestMeasurement() throws -> Run? {
    try context.tracker.ownRuns(kind: MeasurementStage.kind).first {
      try context.tracker.parents(of: $0)["adversarial_set"]?.kind == AttackStage.kind
    }
  }
}
