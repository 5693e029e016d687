import ArgumentParser
import Attack
import Report
import Study
import Tracker

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains the classifier, or resumes its training.",
    discussion: "Example: assay train --epochs 10 --seed 1")

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(help: "The number of passes through the training images. (default: 20)")
  var epochs: Int?

  @Option(help: "The dropout rate. (default: 0.5)")
  var dropoutRate: Double?

  func run() throws {
    var configuration = try study.resolve()
    if let epochs { configuration.training.epochs = epochs }
    if let dropoutRate { configuration.network.dropoutRate = dropoutRate }
    try work.withContext(creatingFor: configuration) { context in
      let run = try SingleStages(configuration, in: context, name: name.text).train()
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Makes adversarial images of the selected test images.",
    discussion: """
      Attacks:
      \(AttackCatalogue.kinds.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      The attack takes the images of the model's study; if it has none, those of its other sets. \
      --selection, or a configuration file with a selection, chooses others.

      Example: assay attack fgsm --epsilon 0.25
      Example: assay attack jsma --model 3f2a
      """)

  @Argument(
    help: "The attack: \(AttackCatalogue.kinds.map(\.name).joined(separator: ", ")); bim is bim-a.",
    completion: .list(AttackCatalogue.kinds.map(\.name)))
  var attack: String

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The training run of the model. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @OptionGroup var images: SelectionOptions

  @Option(help: "fgsm, bim: the largest change of a pixel, 0...1.")
  var epsilon: Double?

  @Option(help: "bim: the change of a pixel in one step, 0...1.")
  var stepSize: Double?

  @Option(help: "bim: the largest number of steps.")
  var iterations: Int?

  @Option(help: "jsma: the change of a pixel, -1...1.")
  var theta: Double?

  @Option(help: "jsma: the largest fraction of changed pixels, 0...1.")
  var gamma: Double?

  @Option(
    help: "jsma: the outputs of the saliency map's Jacobian, softmax or logits.",
    completion: .list(["softmax", "logits"]))
  var jacobian: String?

  /// The parameters that were given, by the names that configurations use.
  private var values: [String: AttackValue] {
    let numbers: [(String, Double?)] = [
      ("epsilon", epsilon), ("step_size", stepSize), ("iterations", iterations.map(Double.init)),
      ("theta", theta), ("gamma", gamma),
    ]
    var values: [String: AttackValue] = [:]
    for (name, number) in numbers { values[name] = number.map(AttackValue.number) }
    values["jacobian"] = jacobian.map(AttackValue.word)
    return values
  }

  func run() throws {
    let configuration = try study.resolve()
    let kind = attack == "bim" ? "bim-a" : attack
    // Wrong use is told before a database is asked for.
    _ = try AttackCatalogue.kind(named: kind).complete(values)
    try work.withContext { context in
      let run = try SingleStages(configuration, in: context, name: name.text).attack(
        kind, values: values,
        model: try model.map { try context.tracker.run(matching: $0) },
        on: try images.choice(study, in: context.tracker))
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

      Example: assay measure --set 81c0
      Example: assay measure --passes 100
      """)

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The run of the attack whose images to measure. (default: the clean images)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "attack") })
  var set: String?

  @Option(
    help: "The training run for clean images. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @OptionGroup var images: SelectionOptions

  @Option(help: "The number of stochastic passes, N. (default: 50)")
  var passes: Int?

  @Option(help: "The side of the crops, in pixels. (default: 24)")
  var cropSide: Int?

  func run() throws {
    var configuration = try study.resolve()
    if let passes { configuration.measurement.passes = passes }
    if let cropSide { configuration.measurement.cropSide = cropSide }
    try work.withContext { context in
      let run = try SingleStages(configuration, in: context, name: name.text).measure(
        set: try set.map { try context.tracker.run(matching: $0) },
        model: try model.map { try context.tracker.run(matching: $0) },
        on: try images.choice(study, in: context.tracker))
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}

struct ThresholdsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thresholds",
    abstract: "Chooses the detector's thresholds L, H and C.",
    discussion: "Example: assay thresholds --measurement 5d1e --format json")

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The run of the measurement. (default: the newest of an adversarial set)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "measure") })
  var measurement: String?

  func run() throws {
    let configuration = try study.resolve()
    try work.withContext { context in
      let run = try SingleStages(configuration, in: context, name: name.text).thresholds(
        measurement: try measurement.map { try context.tracker.run(matching: $0) })
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}
