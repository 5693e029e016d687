internal import Attack
public import Dataset
internal import Classifier
internal import NeuralNetwork
public import Tracker

/// A whole study: training, attacks, measurements and thresholds, in order.
///
/// Finished stages are reused.
public struct Reproduction: Sendable {
  /// The kind of the run that joins a study's results.
  public static let kind = "reproduce"

  /// The attacks' names in the order in which reports show them.
  public static var attackOrder: [String] { AttackCatalogue.kinds.map(\.name) }

  private let configuration: StudyConfiguration

  /// Creates the study of a configuration.
  ///
  /// - Throws: ``ConfigurationError`` if a value is impossible.
  public init(_ configuration: StudyConfiguration) throws {
    try configuration.validate()
    try configuration.checkAttacksOfStudy()
    self.configuration = configuration
  }

  /// Checks that the data set can be read, and that selection and crops fit it.
  ///
  /// - Parameters:
  ///   - directory: The directory of the data sets.
  ///   - isCancelled: Ends the reading.
  /// - Throws: What reading the data set throws, and ``StudyError``.
  public func check(
    dataIn directory: DataDirectory, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    try check(
      StudyData(
        configuration.dataset, layout: configuration.layout, in: directory,
        isCancelled: isCancelled))
  }

  func check(_ data: StudyData) throws {
    try configuration.training.checkFits(data.training.shape)
    try configuration.selection.checkFits(images: data.test.count)
    try configuration.network.checkFits(data.test.shape)
    let network = try configuration.network.makeArchitecture(
      input: data.test.shape, classes: data.classes
    ).described
    guard network.capabilities.contains(.draws) else {
      throw StudyError.studyNeedsDropout(network: network.name)
    }
    _ = try configuration.measurement.settings(for: data.test.shape)
  }

  /// Runs or resumes the study.
  ///
  /// - Parameters:
  ///   - context: Tracker, data and threads.
  ///   - name: The user's name for the study's run, unless that is finished.
  /// - Returns: The finished run that joins the study's results; its parents are the thresholds'
  ///   runs.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  public func run(in context: StudyContext, name: String? = nil) throws -> Run {
    let data = try StudyData(of: configuration, in: context)
    return try perform(on: data, in: context, name: name).study
  }

  /// Runs or resumes the study on data that are already in memory; also gives its training's run.
  func perform(
    on data: StudyData, in context: StudyContext, name: String? = nil
  ) throws -> (study: Run, model: Run) {
    try check(data)
    let configuration = try configuration.completed(for: data.test.shape)
    let stages = StudyStages(configuration: configuration, data: data, context: context)
    let kinds = stages.attackKinds
    context.progress.plan(stages: stages.count(attacks: kinds.count))
    let selection = try stages.select()
    let model = try stages.train()
    var thresholds: [String: Run] = [:]
    let sets = try kinds.map { kind in
      (kind.name, try stages.attack(kind, model: model, selection: selection))
    }
    let clean = try stages.measureClean(model: model, selection: selection)
    for (name, set) in sets {
      let measured = try stages.measure(set, beside: clean, model: model, selection: selection)
      try thresholds.merge(stages.thresholds(name, measurement: measured)) { $1 }
    }
    let joining = JoiningStage(configuration: configuration, data: data, parents: thresholds)
    return (try joining.perform(in: context.named(name)), model)
  }
}

/// The stages of a study with the configuration that they share.
struct StudyStages {
  let configuration: StudyConfiguration
  let data: StudyData
  let context: StudyContext

  /// The same stages, whose runs the user has named.
  func named(_ name: String?) -> StudyStages {
    StudyStages(configuration: configuration, data: data, context: context.named(name))
  }

  /// The number of stages of a study with this many attacks, its joining run included.
  func count(attacks: Int) -> Int {
    // Selection, training, clean measurement and joining; an attack, a measurement, and thresholds each.
    4 + attacks * (2 + thresholdStages)
  }

  private var thresholdStages: Int {
    configuration.detection.given == nil || context.trial != nil ? 1 : 2
  }

  func select() throws -> Run { try configuredSelection.perform(in: context) }

  /// The selection that the configuration asks for.
  var configuredSelection: SelectionStage {
    SelectionStage(data: data, selection: configuration.selection, studySeed: configuration.seed)
  }

  func train() throws -> Run { try train(as: nil) }

  /// Trains a network of the configuration.
  ///
  /// - Parameters:
  ///   - distillation: What it learns; nil for the labels.
  ///   - training: How; nil for the configuration's training.
  /// - Returns: The finished run, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  func train(
    as distillation: Distillation?, training: TrainingConfiguration? = nil
  ) throws -> Run {
    try configuration.network.checkFits(data.test.shape)
    return try TrainingStage(
      data: data, network: configuration.network,
      training: training ?? configuration.training, studySeed: configuration.seed,
      distillation: distillation
    ).perform(in: context)
  }

  /// The attacks that the configuration asks for.
  var attackKinds: [AttackKind] {
    AttackCatalogue.kinds.filter { configuration.attacks[$0.name] != nil }
  }

  func attack(_ kind: AttackKind, model: Run, selection: Run) throws -> Run {
    try AttackStage(
      kind: kind, values: configuration.attacks[kind.name]?.values ?? [:], model: model,
      selection: selection, data: data, studySeed: configuration.seed
    ).perform(in: context)
  }

  /// Measures the clean images; without passes, of a model that has none, it records the classes alone.
  func measureClean(
    model: Run, selection: Run, byPasses: Bool = true
  ) throws -> CleanMeasurement {
    CleanMeasurement(
      run: try measure(.clean, model: model, selection: selection, byPasses: byPasses))
  }

  /// Measures an adversarial set of the same model and selection.
  func measure(
    _ set: Run, beside clean: CleanMeasurement, model: Run, selection: Run, byPasses: Bool = true
  ) throws -> Run {
    try measure(
      .adversarial(set: set, beside: clean), model: model, selection: selection,
      byPasses: byPasses)
  }

  private func measure(
    _ subject: MeasuredImages, model: Run, selection: Run, byPasses: Bool
  ) throws -> Run {
    try MeasurementStage(
      subject: subject, model: model, selection: selection, data: data,
      measurement: byPasses ? configuration.measurement.settings(for: data.test.shape) : nil,
      studySeed: configuration.seed
    ).perform(in: context)
  }

  /// Chooses the thresholds for a measurement and, if the configuration gives some, tries those.
  ///
  /// Trials of a sweep over given thresholds leave the choosing out.
  func thresholds(_ attack: String, measurement: Run) throws -> [String: Run] {
    func stage(_ given: GivenThresholds?) -> ThresholdStage {
      ThresholdStage(
        attack: attack, measurement: measurement, measures: configuration.detection.measures,
        given: given)
    }
    var runs: [String: Run] = [:]
    let given = configuration.detection.given
    if given == nil || context.trial == nil {
      runs["thresholds.\(attack)"] = try stage(nil).perform(in: context)
    }
    if let given {
      runs["given_thresholds.\(attack)"] = try stage(given).perform(in: context)
    }
    return runs
  }
}

/// Joins the results of a study: a run of its own, whose lineage leads to all of them.
private struct JoiningStage: Stage {
  static let kind = Reproduction.kind
  let title = "study"

  let studyConfiguration: StudyConfiguration
  let data: StudyData
  let parents: [String: Run]

  init(configuration: StudyConfiguration, data: StudyData, parents: [String: Run]) {
    studyConfiguration = configuration
    self.data = data
    self.parents = parents
  }

  var seed: Int64? { studyConfiguration.seed }

  var configuration: JSONValue {
    get throws {
      var members = try JSONValue(encoding: studyConfiguration)
      members["dataset_sha256"] = .string(data.digest)
      return members
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { _ in }
  }
}
