public import ArgumentParser
import Detection
import Report
import SQLite
public import Study
import Tracker

struct DetectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detectors",
    abstract: "Fits, applies, lists and shows detectors, and judges images by them.",
    discussion: "Example: assay detectors fit logistic --measures all --on heldout --name joint",
    subcommands: [Fit.self, Apply.self, Judge.self, List.self, Show.self])

  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fit",
      abstract: "Fits a detector to recorded measures and votes.",
      discussion: """
        Learners:
        \(CatalogueHelp.learners)

        The newest measured set of each attack counts, half clean and half adversarial images. The \
        threshold is chosen on the same images. The detector's score becomes a measure of its name, \
        so 'assay thresholds' and all queries know it. Nothing is measured here: 'assay measure --set all \
        --measures all' records what is missing.

        --set names sets instead: runs of attacks, or noisy sets, whose images count as clean ones do.

        Example: assay detectors fit logistic --measures all --on heldout --name joint
        Example: assay detectors fit stumps --measures softmax_std,margin --attacks fgsm --on \
        heldout --name fgsm-only
        Example: assay detectors fit logistic --measures all --voter-set crops --set 81c0,5d1e --on \
        heldout --name two-sets
        """)

    @Argument(
      help: "The learner: \(DetectorCatalogue.learners.map(\.name).joined(separator: ", ")).",
      completion: .list(DetectorCatalogue.learners.map(\.name)))
    var learner: String

    @Option(help: "The detector's name, which is its measure's too.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "The images to fit and to choose the threshold on: heldout, selection or all.",
        valueName: "part"))
    var on: FitPart

    @Option(
      help: "Measures, separated by commas; all for those that are recorded.",
      completion: .custom { words, _, _ in Completions.measures(words) })
    var measures: String?

    @Option(
      help: "Voters, separated by commas: whether each differs; all for the recorded ones.",
      completion: .custom { words, _, _ in Completions.voters(words) })
    var voters: String?

    @Option(
      help: "Voter sets, separated by commas: whether each voter differs; crops is the five crops.",
      completion: .custom { words, _, _ in Completions.voterSets(words) })
    var voterSet: String?

    @Option(
      help: "Attacks, separated by commas. (default: all measured sets of the model)",
      completion: .custom { words, _, _ in Completions.attacks(words) })
    var attacks: String?

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "Runs of attacks, separated by commas. (default: the newest of each attack)",
        valueName: "runs"),
      completion: .custom { words, _, _ in Completions.runs(words, kind: "attack") })
    var sets: String?

    @Option(
      help: "The training run of the model. (default: the newest)",
      completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
    var model: String?

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var full: FullOption

    func validate() throws {
      let isPlain = name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      }
      guard isPlain, (1...40).contains(name.count), name != "all" else {
        throw ValidationError(
          "--name is 1 to 40 ASCII letters, digits, '-', '_' and '.', and not 'all'")
      }
      guard [measures, voters, voterSet].contains(where: { !NameList($0).names.isEmpty }) else {
        throw ValidationError(
          "--measures, --voters or --voter-set says what the detector is fitted to")
      }
      guard attacks == nil || sets == nil else {
        throw ValidationError("--attacks and --set both choose the sets; give one")
      }
    }

    func run() throws {
      let configuration = try study.resolve()
      try work.withContext { context in
        let run = try Detectors(configuration, in: context).fit(
          Detectors.Fitting(
            name: name, learner: learner, measures: NameList(measures).names,
            voters: NameList(voters).names, voterSets: NameList(voterSet).names, part: on,
            attacks: NameList(attacks).names,
            sets: try sets.map { try NameList($0).names.map(context.tracker.run(matching:)) }),
          model: try model.map { try context.tracker.run(matching: $0) })
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }

  struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply",
      abstract: "Scores measured images by a detector.",
      discussion: """
        The clean partners of a set are scored with it. What the detector reads must be recorded.

        Example: assay detectors apply joint
        Example: assay detectors apply joint --set 81c0
        """)

    @Argument(
      help: "The detector's name.",
      completion: .custom { words, _, _ in Completions.detectors(words) })
    var name: String

    @Option(
      help: "The run of an attack, or all. (default: all measured sets of the detector's model)",
      completion: .custom { words, _, _ in Completions.runs(words, kind: "attack", or: ["all"]) })
    var set = "all"

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var full: FullOption

    func run() throws {
      let configuration = try study.resolve()
      try work.withContext { context in
        let run = try Detectors(configuration, in: context).apply(
          name, to: set == "all" ? nil : [try context.tracker.run(matching: set)])
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists learned detectors, the newest first.",
      discussion: "Example: assay detectors list --format json")

    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      let result = try tracker.read { connection in
        try connection.query(
          """
          SELECT detector_name, learner, fitted_part,
            (SELECT group_concat(value, ', ') FROM json_each(fitted_attacks)) AS fitted_attacks,
            inputs, clean_images, adversarial_images, threshold, model, run
          FROM detectors JOIN runs USING (run)
          WHERE detectors.hidden IS NULL ORDER BY record_number DESC
          """, [:])
      }
      let formats: [String: ColumnFormat] = [
        "inputs": .integer, "clean_images": .integer, "adversarial_images": .integer,
        "threshold": .real(digits: 4), "model": .run, "run": .run,
      ]
      let headings = [
        "detector_name": "detector", "fitted_part": "fitted on", "fitted_attacks": "attacks",
        "clean_images": "clean", "adversarial_images": "adversarial",
      ]
      try StandardOutput.write(
        Table(
          QueryResult(columns: result.columns, rows: result.rows), formats: formats,
          headings: headings
        ).shown(as: reading.format))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows a detector: what it was fitted on, its weights, how it does.",
      discussion: """
        Weights are those of standardised inputs, or the inputs' shares in what the detector gains.

        Example: assay detectors show joint
        Example: assay detectors show joint --format json
        """)

    @Argument(
      help: "The detector's name.",
      completion: .custom { words, _, _ in Completions.detectors(words) })
    var name: String

    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      try StandardOutput.write(
        DetectorSections(of: name, in: tracker).rendered(as: reading.format))
    }
  }
}

extension FitPart: ExpressibleByArgument {}
