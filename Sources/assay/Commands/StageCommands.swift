import ArgumentParser
import Report
import Study
import Tracker

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains the classifier, or resumes its training.",
    discussion: """
      Example: assay train --epochs 10 --seed 1
      Example: assay train --network feinman-mnist --epochs 10
      Example: assay train --optimizer adadelta --shift 2
      Example: assay train --adversarial-epsilon 0.3
      """)

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var network: NetworkOption
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @OptionGroup var training: TrainingOptions

  @Option(help: "The dropout rate. (default: 0.5)")
  var dropoutRate: Double?

  func run() throws {
    var configuration = try study.resolve()
    training.apply(to: &configuration.training)
    try network.apply(to: &configuration)
    if let dropoutRate {
      guard configuration.network.described == nil else {
        throw ValidationError("--dropout-rate is LeNet's: a list of layers says its own rates")
      }
      configuration.network.dropoutRate = dropoutRate
    }
    try work.withContext(creatingFor: configuration) { context in
      let run = try SingleStages(configuration, in: context, name: name.text).train()
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures uncertainty and crop votes of images.",
    discussion: """
      Without --set, the command measures the clean images.

      --measures and --voters score the measured images further, and their clean partners with them. \
      'assay measures list' shows what there is. What is recorded is not computed again.

      Example: assay measure --set 81c0
      Example: assay measure --passes 100
      Example: assay measure --set 81c0 --measures softmax_variance,bit_depth_3_l1
      Example: assay measure --set all --measures all
      """)

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var models: ServedModelOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The run of the attack whose images to measure, or all. (default: the clean images)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "attack", or: ["all"]) })
  var set: String?

  @Option(
    help: "The training run for clean images. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @OptionGroup var images: SelectionOptions

  @Option(help: "The number of stochastic passes, N. (default: 50)")
  var passes: Int?

  @Option(
    help: "The side of the crops, in pixels. (default: 6/7 of the images' shorter side, 24 of 28)")
  var cropSide: Int?

  @Option(
    help: "Measures to score the images by, separated by commas; all for the catalogue's.",
    completion: .custom { words, _, _ in Completions.measures(words) })
  var measures: String?

  @Option(
    help: "Voters to ask, which are transforms, separated by commas.",
    completion: .custom { words, _, _ in Completions.voters(words) })
  var voters: String?

  @Option(
    help: "A voter set, all of whose voters to ask.",
    completion: .custom { words, _, _ in Completions.voterSets(words) })
  var voterSet: String?

  func run() throws {
    var configuration = try study.resolve()
    if let passes { configuration.measurement.passes = passes }
    if let cropSide { configuration.measurement.cropSide = cropSide }
    let isScoring = measures != nil || voters != nil || voterSet != nil
    try work.withContext(models: models) { context in
      let stages = try SingleStages(
        configuration, in: context, name: isScoring ? nil : name.text)
      let detectors = try Detectors(configuration, in: context, name: name.text)
      let (measures, voters) = (NameList(measures).names, NameList(voters).names)
      let voterSets = [voterSet].compactMap { $0 }
      let model = try model.map { try context.tracker.run(matching: $0) }
      let sets = try sets(stages, of: model, in: context)
      try detectors.check(
        measures: measures, voters: voters, sets: voterSets, of: sets, model: model)
      var run: Run?
      var measured: [Run] = []
      for set in sets {
        let measurement = try stages.measure(
          set: set, model: model, on: try images.choice(study, in: context.tracker),
          needsPasses: !isScoring)
        measured.append(measurement)
        run = measurement
      }
      if isScoring {
        run = try detectors.score(measured, measures: measures, voters: voters, sets: voterSets)
      }
      guard let run else { return }
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }

  /// The sets to measure; nil stands for the clean images.
  private func sets(
    _ stages: SingleStages, of model: Run?, in context: StudyContext
  ) throws -> [Run?] {
    switch set {
    case nil: [nil]
    case "all": try stages.sets(of: model)
    case let set?: [try context.tracker.run(matching: set)]
    }
  }
}

struct ThresholdsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thresholds",
    abstract: "Chooses the detector's thresholds L, H and C.",
    discussion: """
      The measures are those of the configuration, or --measures: any that is recorded of the images, a \
      learned detector's score among them. Between L and H, the voters of a set decide: C of them must \
      agree with the prediction.

      Example: assay thresholds --measurement 5d1e --format json
      Example: assay thresholds --measures softmax_std,bit_depth_3_l1 --voters shifts
      """)

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The run of the measurement. (default: the newest of an adversarial set)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "measure") })
  var measurement: String?

  @Option(
    help: "Measures, separated by commas; all for those that are recorded.",
    completion: .custom { words, _, _ in Completions.measures(words) })
  var measures: String?

  @Option(
    help: ArgumentHelp(
      "The voter set that decides between L and H. (default: crops)", valueName: "voter-set"),
    completion: .custom { words, _, _ in Completions.voterSets(words) })
  var voters: String?

  func run() throws {
    let configuration = try study.resolve()
    try work.withContext { context in
      let run = try SingleStages(configuration, in: context, name: name.text).thresholds(
        measurement: try measurement.map { try context.tracker.run(matching: $0) },
        measures: measures.map { NameList($0).names }, voters: voters)
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}
