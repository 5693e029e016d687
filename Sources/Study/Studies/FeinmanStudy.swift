internal import Attack
internal import Bytes
internal import NeuralNetwork
internal import Tracker

/// Dropout variance and kernel density, and a logistic regression on both, judged beside noisy images.
///
/// Feinman, Curtin, Shintre, Gardner: Detecting Adversarial Samples from Artifacts (2017). Their
/// regression is fitted and judged on the same images; here it is as well, and besides fitted on the
/// held-out half alone.
struct FeinmanStudy: CataloguedStudy {
  static let name = "feinman"
  static let title = "Detecting adversarial samples from artifacts"
  static let summary =
    "dropout variance, kernel density and both by regression, with noisy images (Feinman et al.)"

  /// The study's settings.
  private struct Settings: Codable {
    var measures = ["softmax_variance", "kernel_density"]
    var learner = "logistic"
    /// Feinman's own network and its training; nil leaves them out.
    var network: NetworkConfiguration?
    var training: TrainingConfiguration?
  }

  private let own: Settings

  init(_ configuration: StudyConfiguration) {
    var own = Settings()
    let (network, training) = Self.ownNetwork(for: configuration.dataset)
    if !configuration.quick, network != configuration.network {
      own.network = network
      own.training = training
    }
    self.own = own
  }

  /// Feinman's network for a data set, MNIST's for those that he didn't take, and how he trained it
  /// (his code, scripts/train_model.py, and its README).
  private static func ownNetwork(
    for dataset: String
  ) -> (NetworkConfiguration?, TrainingConfiguration) {
    let isColour = ["cifar-10": "feinman-cifar", "svhn": "feinman-svhn"]
    var training = TrainingConfiguration()
    (training.optimizer, training.learningRate) = (.adadelta, 1)
    (training.batchSize, training.epochs) = (128, isColour[dataset] == nil ? 10 : 60)
    let network = NetworkDescription.preset(named: isColour[dataset] ?? "feinman-mnist")
    return (network.map(NetworkConfiguration.init), training)
  }

  var settings: JSONValue { get throws { try JSONValue(encoding: own) } }

  func stageCount(attacks: Int) -> Int {
    let networks = own.network == nil ? 1 : 2
    // Clean, attacked and noisy images are measured and scored. A detector is learnt, scores all
    // that it was fitted on, and gets its threshold.
    let measurements = 1 + 2 * attacks
    let detectors = 2 * (2 + measurements + attacks * (2 + 3))
    return 1 + networks * (1 + 2 * attacks + 2 * measurements + detectors)
  }

  func perform(_ stages: StudyStages) throws -> [String: Run] {
    let selection = try stages.select()
    var results = ["selection": selection]
    try perform(
      stages, network: stages.configuration.network.architecture, on: selection, &results)
    if let network = own.network, let training = own.training {
      var configuration = stages.configuration
      (configuration.network, configuration.training) = (network, training)
      try perform(
        StudyStages(configuration: configuration, data: stages.data, context: stages.context),
        network: network.architecture, on: selection, &results)
    }
    return results
  }

  /// The study of one network.
  private func perform(
    _ stages: StudyStages, network: String, on selection: Run, _ results: inout [String: Run]
  ) throws {
    let model = try stages.train()
    let clean = try stages.measureClean(model: model, selection: selection)
    results["model.\(network)"] = model
    results["clean.\(network)"] = clean.run
    var mixes: [Mix] = []
    for kind in stages.attackKinds {
      let set = try stages.attack(kind, model: model, selection: selection)
      let noise = try NoisySetStage(
        adversarialSet: set, model: model, selection: selection, data: stages.data,
        studySeed: stages.configuration.seed
      ).perform(in: stages.context)
      let mix = Mix(
        attack: kind.name,
        adversarial: try stages.measure(set, beside: clean, model: model, selection: selection),
        noisy: try stages.measure(noise, beside: clean, model: model, selection: selection))
      results["measurement.\(network).\(kind.name)"] = mix.adversarial
      results["noisy.\(network).\(kind.name)"] = mix.noisy
      mixes.append(mix)
    }
    let measurements = [clean.run] + mixes.flatMap { [$0.adversarial, $0.noisy] }
    let scores = try stages.score(measurements, measures: own.measures)
    for (place, score) in scores.enumerated() { results["score.\(network).\(place)"] = score }
    for (part, word) in [(FitPart.all, "in_sample"), (.heldout, "heldout")] {
      try fit(mixes, "\(network)_\(word)", on: part, stages, &results)
      for mix in mixes {
        try fit([mix], "\(network)_\(word)_\(mix.attack)", on: part, stages, &results)
      }
    }
  }

  /// The measured images of an attack, and noisy ones that are as far from the clean ones.
  private struct Mix {
    let attack: String
    let adversarial: Run
    let noisy: Run
  }

  /// Fits a regression, which scores all images of these mixes, whichever part it is fitted on.
  private func fit(
    _ mixes: [Mix], _ title: String, on part: FitPart, _ stages: StudyStages,
    _ results: inout [String: Run]
  ) throws {
    // A detector's name is its own within a database: the same fit of other images has another one.
    let images = mixes.flatMap { [$0.adversarial.key, $0.noisy.key] }.compactMap { $0 }
    let digest = Digest.sha256(Array(images.joined(separator: ",").utf8))
    results["detector.\(title)"] = try DetectorFit(
      name: "feinman_\(title)_\(digest.prefix(6))", learner: own.learner, inputs: own.measures,
      measurements: mixes.map(\.adversarial), noisy: mixes.map(\.noisy), part: part,
      seed: stages.configuration.seed
    ).perform(in: stages.context)
  }
}
