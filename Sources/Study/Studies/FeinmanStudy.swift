internal import Attack
internal import Bytes
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
    /// Feinman's widths as near as LeNet's layers come to them, with the dropout sites that his
    /// network has; nil leaves that network out.
    var widths: NetworkConfiguration? = {
      var network = NetworkConfiguration()
      (network.conv1, network.conv2, network.dense1) = (64, 64, 128)
      network.dropoutSites = ["pool2", "dense1"]
      return network
    }()
    /// The epochs of the network of those widths.
    var epochs = 10
  }

  private let own: Settings

  init(_ configuration: StudyConfiguration) {
    var own = Settings()
    if configuration.quick { own.widths = nil }
    self.own = own
  }

  var settings: JSONValue { get throws { try JSONValue(encoding: own) } }

  func stageCount(attacks: Int) -> Int {
    let networks = own.widths == nil ? 1 : 2
    // Clean, attacked and noisy images are measured and scored. A detector is learnt, scores all
    // that it was fitted on, and gets its threshold.
    let measurements = 1 + 2 * attacks
    let detectors = 2 * (2 + measurements + attacks * (2 + 3))
    return 1 + networks * (1 + 2 * attacks + 2 * measurements + detectors)
  }

  func perform(_ stages: StudyStages) throws -> [String: Run] {
    let selection = try stages.select()
    var results = ["selection": selection]
    try perform(stages, network: "lenet", on: selection, &results)
    if let widths = own.widths {
      var configuration = stages.configuration
      configuration.network = widths
      configuration.training.epochs = own.epochs
      try perform(
        StudyStages(configuration: configuration, data: stages.data, context: stages.context),
        network: "wide", on: selection, &results)
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
