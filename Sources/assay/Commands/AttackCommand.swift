import ArgumentParser
import Attack
import Study
import Tracker

struct AttackCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "attack",
      abstract: "Makes adversarial images of the selected test images.",
      discussion: """
        Attacks:
        \(AttackCatalogue.kinds.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

        'assay attacks show NAME' explains one: its threat model, and its options with their defaults.

        The attack takes the images of the model's study; if it has none, those of its other sets. \
        --selection, or a configuration file with a selection, chooses others.

        Attacks that know the detector take it by --detector: a learned detector, a measure with its \
        thresholds, or wang-zhang, the softmax deviation with the five crops. Any other attack takes \
        --detector to have its images judged by it, on draws of dropout that no attack has seen.

        Example: assay attack fgsm --epsilon 0.25
        Example: assay attack jsma --model 3f2a
        Example: assay attack bim --draws 20
        Example: assay attack bim --through random_crops_24_30
        Example: assay attack adaptive --detector joint --method selective --epsilon 0.3
        Example: assay attack orthogonal --detector wang-zhang --iterations 1000
        """)
  }

  @Argument(
    help: "The attack, by its name; bim is bim-a, adaptive the one of --method.",
    completion: .custom { words, _, _ in Completions.attackKinds(words) })
  var attack: String

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var models: ServedModelOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  @Option(
    help: "The training run of the model. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @OptionGroup var images: SelectionOptions

  @Option(
    help: "The detector to evade, or to judge the images by.",
    completion: .custom { words, _, _ in Completions.evadedDetectors(words) })
  var detector: String?

  @Option(
    help: "adaptive: \(Self.methods.joined(separator: ", ")).", completion: .list(Self.methods))
  var method: String?

  @OptionGroup(title: "Options of detectors") var detectors: DetectorOptions

  @OptionGroup(title: "Options of attacks") var options: AttackOptions

  /// The attacks that know the detector.
  private static let methods = AttackCatalogue.kinds.filter(\.knowsDetector).map(\.name)

  func validate() throws {
    if attack == "adaptive" {
      guard let method, Self.methods.contains(method) else {
        throw ValidationError(
          "adaptive needs --method: \(Self.methods.joined(separator: ", "))")
      }
    } else if method != nil {
      throw ValidationError("--method goes with adaptive: assay attack adaptive --method NAME")
    }
    guard detector != nil || detectors.isEmpty else {
      throw ValidationError(
        "--low, --high and --thresholds are a detector's: name it by --detector")
    }
  }

  func run() throws {
    let configuration = try study.resolve()
    // Wrong use is told before a database is asked for.
    let kind = try AttackCatalogue.kind(named: attack == "bim" ? "bim-a" : method ?? attack)
    if kind.knowsDetector && detector == nil { throw AttackError.needsDetector(attack: kind.name) }
    let values = try options.values(for: kind)
    try SingleStages.check(kind, values)
    try work.withContext(models: models) { context in
      let (run, verdict) = try SingleStages(configuration, in: context, name: name.text).attack(
        kind.name, values: values,
        model: try model.map { try context.tracker.run(matching: $0) },
        on: try images.choice(study, in: context.tracker),
        against: try detector.map { try detectors.choice($0, in: context) })
      name.tell(of: run, on: context.progress)
      // The verdict's run names the set among what it used.
      try work.printStage(verdict ?? run, in: context, full: full.isOn)
    }
  }
}
