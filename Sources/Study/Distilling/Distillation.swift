internal import Bytes
internal import Classifier
internal import NeuralNetwork
internal import Tracker

/// A training that learns from another network, or begins at the parameters of one.
struct Distillation: Sendable {
  /// What is learnt.
  let settings: DistillationSettings
  /// The training whose parameters this one begins with; nil draws them by the seed.
  let start: Run?
  /// Where the targets come from: a training for its softmax, an uncertainty's run for an outlier
  /// class; nil for the labels.
  let source: Run?
  /// What the network's run is called; no key depends on it.
  let name: String?

  init(
    _ name: String? = nil, settings: DistillationSettings, start: Run? = nil, source: Run? = nil
  ) {
    self.name = name
    self.settings = settings
    self.start = start
    self.source = source
  }

  /// What a training's run learnt; nil if it was the labels alone, from drawn parameters.
  init?(of run: Run, in context: StudyContext) throws {
    guard let settings = run.configuration[DistillationSettings.key] else { return nil }
    let parents = try context.tracker.parents(of: run)
    self.init(
      settings: try settings.decode(DistillationSettings.self), start: parents[Role.start],
      source: parents[Role.teacher] ?? parents[Role.uncertainty])
  }

  private enum Role {
    static let start = "start"
    static let teacher = "teacher"
    static let uncertainty = "uncertainty"
  }

  var parents: [String: Run] {
    var parents: [String: Run] = [:]
    parents[Role.start] = start
    parents[settings.targets == .outlierClass ? Role.uncertainty : Role.teacher] = source
    return parents
  }

  var title: String {
    switch settings.targets {
    case .labels: "train at temperature \(JSONValue.number(settings.temperature).canonical)"
    case .softLabels: "distil"
    case .outlierClass: "train with outlier class"
    }
  }

  /// The parameters to begin with; nil to draw them.
  func start(data: StudyData, in context: StudyContext) throws -> [Float]? {
    try start.map { try Model($0, data: data, in: context).finiteNetwork(of: $0).parameters }
  }

  /// What training minimises, which the parents determine to the bit.
  func objective(data: StudyData, in context: StudyContext) throws -> TrainingObjective {
    TrainingObjective(
      temperature: Float(settings.temperature), targets: try targets(data: data, in: context))
  }

  private func targets(data: StudyData, in context: StudyContext) throws -> SoftLabels? {
    guard let source else { return nil }
    switch settings.targets {
    case .labels: return nil
    case .softLabels:
      let teacher = try Model(source, data: data, in: context).finiteClassifier(of: source)
      let logits = try teacher.logits(
        count: data.training.count, parallelism: context.parallelism
      ) { data.training.copyPixels(of: $0, into: $1) }
      return SoftLabels(
        logits: logits, classes: teacher.classCount,
        temperature: Float(settings.temperature))
    case .outlierClass:
      let uncertainties = try TrainingUncertaintyStage.uncertainties(
        settings.spread ?? .logits, of: source, in: context)
      guard uncertainties.count == data.training.count else {
        throw StudyError.damagedRecord(
          run: source.uuid, problem: "its uncertainties are of other images")
      }
      return SoftLabels(
        labels: data.training.labels, classes: data.classes,
        outlier: settings.outlierShares(of: uncertainties))
    }
  }
}
