import ArgumentParser
import Study
import Tracker

extension DetectorsCommand {
  struct Judge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "judge",
      abstract: "Judges an adversarial set by a whole detection system.",
      discussion: """
        An image evades the system if it is misclassified (or is what the attack aimed at) and is \
        declared clean. The draws of dropout are others than those of attacks and measurements. The \
        view adversarial_verdicts has every image.

        The detector is a learned one, a measure with its thresholds, or wang-zhang: the softmax \
        deviation with the five crops.

        Example: assay detectors judge wang-zhang --set 81c0
        Example: assay detectors judge softmax_variance --set 81c0 --low 0.01 --high 0.01
        """)

    @Argument(
      help: "The detector's name.",
      completion: .custom { words, _, _ in Completions.evadedDetectors(words) })
    var name: String

    @Option(
      help: "The run of the attack whose images to judge.",
      completion: .custom { words, _, _ in Completions.runs(words, kind: "attack") })
    var set: String

    @OptionGroup var detectors: DetectorOptions
    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var models: ServedModelOptions
    @OptionGroup var full: FullOption

    func run() throws {
      let configuration = try study.resolve()
      try work.withContext(models: models) { context in
        let run = try SingleStages(configuration, in: context).judge(
          try context.tracker.run(matching: set), by: try detectors.choice(name, in: context))
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }
}
