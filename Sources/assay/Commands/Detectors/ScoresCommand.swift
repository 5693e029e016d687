import ArgumentParser
import Study
import Tracker

struct ScoresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scores",
    abstract: "Imports scores that other programs made.",
    discussion: "Example: assay scores import scores.npz --model resnet --attack pgd",
    subcommands: [Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Imports scores of images from a .npz file, of any model.",
      discussion: """
        The file has an element an image in each array: labels, predictions, and adversarial (0 or 1). \
        Every other array is a measure, if it is of floating point, or a voter's classes, if it is of \
        whole numbers; what holds no numbers is left out. 'index' may number the images: a clean image and its adversarial partner have \
        the same. 'heldout' (0 or 1) may say on which images thresholds are chosen.

        A model that Assay has never seen is recorded by its name. High values of a measure mean \
        adversarial; --low names the others. Importing the same file again changes nothing. \
        Continue with: assay thresholds --measures all, assay detectors fit, assay query.

        Example: assay scores import scores.npz --model resnet --attack pgd
        Example: assay scores import scores.npz --model resnet --attack pgd --low confidence
        """)

    @Argument(help: "The .npz file.")
    var file: String

    @Option(
      help: "The model's name, or its training run if Assay has it.",
      completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
    var model: String

    @Option(help: "What made the adversarial images, shown wherever attacks are.")
    var attack: String

    @Option(help: "Measures whose low values mean adversarial, separated by commas.")
    var low: String?

    @Option(help: "The share of images to hold out where the file does not say, 0...1.")
    var heldout = 0.5

    @Option(help: "The data set's name. (default: the model's, or external where it is new)")
    var dataset: String?

    @Option(help: "A name for the set of all voters of the file.")
    var voterSet: String?

    @OptionGroup var work: WorkOptions
    @OptionGroup var full: FullOption

    func validate() throws {
      for (option, name) in [("--attack", attack), ("--voter-set", voterSet ?? "voters")] {
        let isPlain = name.allSatisfy {
          $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
        }
        guard isPlain, (1...40).contains(name.count) else {
          throw ValidationError("\(option) is 1 to 40 ASCII letters, digits, '-', '_' and '.'")
        }
      }
      guard voterSet != "crops" else {
        throw ValidationError("--voter-set cannot be 'crops', which is the paper's")
      }
      guard !model.isEmpty, dataset?.isEmpty != true else {
        throw ValidationError("--model and --dataset must not be empty")
      }
      guard (0...1).contains(heldout) else {
        throw ValidationError("--heldout is a share from 0 to 1, not \(heldout)")
      }
    }

    func run() throws {
      // A file that cannot be read leaves no new database behind.
      let scores = try ScoresFile(
        reading: file, isCancelled: Interruption.shared.isCancelled)
      let description = try ScoresImport(
        scores, attack: attack, low: NameList(low).names, heldout: heldout, dataset: dataset,
        voterSet: voterSet)
      try work.withContext(creatingFor: StudyConfiguration(), check: { _, _ in }) { context in
        let run = try description.record(model: model, in: context)
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }
}
