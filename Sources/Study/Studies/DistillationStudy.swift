internal import Attack
internal import Tracker

/// Defensive distillation, and its extension by an outlier class, beside the undefended network.
///
/// Papernot, McDaniel, Wu, Jha, Swami: Distillation as a Defense (2016), as Carlini and Wagner's
/// code does it; Papernot, McDaniel: Extending Defensive Distillation (2017), as docs/methods.md settles
/// it. Each network is attacked itself, by an attacker who does not know of the outlier class but
/// does not take it for a success either.
struct DistillationStudy: CataloguedStudy {
  static let name = "distillation"
  static let title = "Defensive distillation"
  static let summary =
    "distillation at temperature 100, and with an outlier class (Papernot, McDaniel)"

  /// The study's settings.
  private struct Settings: Codable {
    var temperature = 100.0
    var alpha = 0.9
    var passes = 50
    var spreads = TrainingUncertaintyStage.Spread.allCases
    var normalisations = DistillationSettings.Normalisation.allCases
  }

  private let own: Settings

  init(_ configuration: StudyConfiguration) {
    var own = Settings()
    if configuration.quick { own.passes = 10 }
    self.own = own
  }

  var settings: JSONValue { get throws { try JSONValue(encoding: own) } }

  func stageCount(attacks: Int) -> Int {
    let networks = 2 + own.spreads.count * own.normalisations.count
    // The selection; start, teacher and uncertainty; of each network clean images and attacks.
    return 1 + 3 + networks * (2 + attacks)
  }

  func perform(_ stages: StudyStages) throws -> [String: Run] {
    let selection = try stages.select()
    var results = ["selection": selection]
    for (name, model) in try networks(stages) {
      results["model.\(name)"] = model
      results["clean.\(name)"] =
        try stages.measureClean(model: model, selection: selection).run
      for kind in stages.attackKinds {
        results["attack.\(name).\(kind.name)"] = try stages.attack(
          kind, model: model, selection: selection)
      }
    }
    return results
  }

  /// The networks that are compared.
  private func networks(_ stages: StudyStages) throws -> [(name: String, run: Run)] {
    let plain = try stages.train()
    return [("plain", plain), ("distilled", try distilled(stages))]
      + (try outlying(stages, uncertaintyOf: plain))
  }

  /// The network that learns a teacher's softmax.
  private func distilled(_ stages: StudyStages) throws -> Run {
    // One epoch, from which both networks begin.
    var first = stages.configuration.training
    first.epochs = 1
    let start = try stages.train(as: nil, training: first)
    let teacher = try stages.train(
      as: Distillation(
        "teacher", settings: DistillationSettings(temperature: own.temperature), start: start))
    return try stages.train(
      as: Distillation(
        "distilled",
        settings: DistillationSettings(targets: .softLabels, temperature: own.temperature),
        start: start, source: teacher))
  }

  /// The networks with an outlier class.
  private func outlying(
    _ stages: StudyStages, uncertaintyOf plain: Run
  ) throws -> [(name: String, run: Run)] {
    let uncertainty = try TrainingUncertaintyStage(
      model: plain, data: stages.data, passes: own.passes, studySeed: stages.configuration.seed
    ).perform(in: stages.context)
    return try own.spreads.flatMap { spread in
      try own.normalisations.map { normalisation in
        let settings = DistillationSettings(
          targets: .outlierClass, alpha: own.alpha, spread: spread, normalisation: normalisation)
        let word = spread == .logits ? "outlier" : "outlier_\(spread.rawValue)"
        let name = "\(word)_\(normalisation.rawValue)"
        return (
          name,
          try stages.train(as: Distillation(name, settings: settings, source: uncertainty))
        )
      }
    }
  }
}
