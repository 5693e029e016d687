import ArgumentParser
import Attack
import Report
import Study
import Tracker

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluates a model and its detector under many attacks.",
    discussion: """
      It makes all attacks at all budgets on the same images, has the whole detection system judge \
      what comes out and the clean images, repeats pgd and the attacks that know the detector with \
      twice the iterations and the latter against one fixed draw, too, and joins it all in one run. \
      Finished parts are reused; after Ctrl-C, the same command goes on.

      Without --attacks it takes noise, fgsm, pgd, apgd-ce, apgd-dlr, square, hop-skip-jump, deepfool \
      and cw-l2 and, against a detector that has gradients, selective, orthogonal, lagrangian and \
      logit-matching. It also tries pgd's images of a surrogate, a network that it trains on half of \
      the training images, and 10,000 random draws on each of ten images. A configuration file gives \
      the attacks' parameters.

      The images are the first ones of the model's selection that are not held out.

      Example: assay evaluate --detector wang-zhang --epsilons 0.05:0.4:8
      Example: assay evaluate --detector joint --baseline 3f2a --images 100
      Example: assay evaluate --model 3f2a --attacks pgd,square,cw-l2
      Example: assay evaluate --detector joint --surrogate none --noise-draws 0
      """)

  @Option(
    help: "The detector to evade: a learned one, a measure, or wang-zhang. (default: none)",
    completion: .custom { words, _, _ in Completions.evadedDetectors(words) })
  var detector: String?

  @Option(
    help: "The training run of the model. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @Option(
    help: "The training run of a model that the same attacks are made on beside it.",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "The attacks, by their names, joined by commas. (default: as above)", valueName: "names"),
    completion: .custom { words, _, _ in Completions.attackList(words) })
  var attacks: String?

  @Option(help: "The norm of the budgets: linf or l2.", completion: .list(["linf", "l2"]))
  var norm = "linf"

  @Option(help: "The main budget. (default: 0.3 in linf, 2 in l2)")
  var epsilon: String?

  @Option(
    help: ArgumentHelp(
      "Other budgets: LOW:HIGH:COUNT, or a list. (default: 1/3, 2/3, 4/3 of the main one)",
      valueName: "budgets"))
  var epsilons: String?

  @Option(name: .customLong("images"), help: "The most images.")
  var imageCount = 200

  @Option(help: "Draws of dropout that attacks which know the detector average over.")
  var draws = 10

  @Option(
    help: ArgumentHelp(
      "The attacker's own network: train, none, or a training run. (default: train, or none if "
        + "--attacks is given)", valueName: "run"),
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var surrogate: String?

  @Option(
    help: ArgumentHelp(
      "Random draws of noise on each of ten images. (default: 10000, or 0 if --attacks is given)",
      valueName: "count"))
  var noiseDraws: Int?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup(title: "Options of detectors") var detectors: DetectorOptions
  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var models: ServedModelOptions
  @OptionGroup var name: NameOption
  @OptionGroup var full: FullOption

  func validate() throws {
    guard detector != nil || detectors.isEmpty else {
      throw ValidationError(
        "--low, --high and --thresholds are a detector's: name it by --detector")
    }
    guard imageCount > 0 else { throw ValidationError("--images must be positive") }
    guard (0...1000).contains(draws) else { throw ValidationError("--draws must be 0 to 1000") }
    if let noiseDraws, !(0...1_000_000).contains(noiseDraws) {
      throw ValidationError("--noise-draws must be 0 to 1000000")
    }
    if attacks != nil, NameList(attacks).names.isEmpty {
      throw ValidationError("--attacks names none")
    }
    _ = try request()
  }

  /// What is asked for, without the detector.
  private func request() throws -> EvaluationRequest {
    guard let norm = EvaluationRequest.Norm(rawValue: norm) else {
      throw ValidationError("--norm is linf or l2, not '\(norm)'")
    }
    var main: Double?
    if let epsilon {
      let given = try BudgetList(epsilon, option: "--epsilon", within: norm.budgets).values
      guard given.count == 1 else {
        throw ValidationError("--epsilon is one budget: --epsilons takes several")
      }
      main = given[0]
    }
    var request = EvaluationRequest(
      norm: norm, epsilon: main,
      epsilons: try epsilons.map {
        try BudgetList($0, option: "--epsilons", within: norm.budgets).values
      })
    request.attacks = attacks.map { NameList($0).names }
    request.images = imageCount
    request.draws = draws
    request.noiseDraws = noiseDraws
    return request
  }

  func run() throws {
    let configuration = try study.resolve()
    var request = try request()
    // Wrong use is told before a database is asked for.
    for name in request.attacks ?? [] {
      let kind = try AttackCatalogue.kind(named: name)
      if kind.knowsDetector && detector == nil { throw AttackError.needsDetector(attack: name) }
    }
    try work.withContext(models: models) { context in
      request.surrogate = try surrogate.map { word in
        switch word {
        case "train": .trained
        case "none": .none
        default: .run(try context.tracker.run(matching: word))
        }
      }
      request.detector = try detector.map { try detectors.choice($0, in: context) }
      let run = try SingleStages(configuration, in: context, name: name.text).evaluate(
        request, model: try model.map { try context.tracker.run(matching: $0) },
        baseline: try baseline.map { try context.tracker.run(matching: $0) },
        on: try selection.choice(study, in: context.tracker))
      name.tell(of: run, on: context.progress)
      guard !full.isOn else { return try work.printStage(run, in: context, full: true) }
      let report = DetectorReport(
        .evaluation, of: run, in: context.tracker, attackOrder: Reproduction.attackOrder)
      try StandardOutput.write(
        report.rendered(as: work.format, width: TerminalStyle.standardOutput().tableWidth))
    }
  }
}
