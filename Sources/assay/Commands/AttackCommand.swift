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

        Example: assay attack fgsm --epsilon 0.25
        Example: assay attack jsma --model 3f2a
        Example: assay attack bim --draws 20
        Example: assay attack bim --through random_crops_24_30
        """)
  }

  @Argument(
    help: "The attack, by its name; bim is bim-a.",
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

  @OptionGroup(title: "Options of attacks") var options: AttackOptions

  func run() throws {
    let configuration = try study.resolve()
    // Wrong use is told before a database is asked for.
    let kind = try AttackCatalogue.kind(named: attack == "bim" ? "bim-a" : attack)
    let values = try options.values(for: kind)
    try SingleStages.check(kind, values)
    try work.withContext(models: models) { context in
      let run = try SingleStages(configuration, in: context, name: name.text).attack(
        kind.name, values: values,
        model: try model.map { try context.tracker.run(matching: $0) },
        on: try images.choice(study, in: context.tracker))
      name.tell(of: run, on: context.progress)
      try work.printStage(run, in: context, full: full.isOn)
    }
  }
}
