import ArgumentParser
import Dataset
import Foundation
import Report
import SQLite
import Study
import Tracker

struct SetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sets",
    abstract: "Lists, imports and exports adversarial images.",
    discussion: "Example: assay sets export 81c0 -o fgsm.npz",
    subcommands: [List.self, Export.self, Import.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists adversarial sets, the newest first.",
      discussion: """
        success_rate is by the model in the same row; file_success_rate is by the predictions in an \
        imported file. The list leaves out sets that only sweeps' trials computed, unless you give --all.

        Example: assay sets list --format json
        """)

    @OptionGroup var reading: ReadingOptions

    @Flag(help: "Also sets that only sweeps' trials computed.")
    var all = false

    func run() throws {
      let (result, notes) = try reading.listing(.sets, of: "Sets", all: all)
      let formats: [String: ColumnFormat] = [
        "run": .run, "model": .run, "images": .integer, "success_rate": .percent,
        "file_success_rate": .percent,
        "mean_l0": .real(digits: 4), "mean_l2": .real(digits: 4), "mean_linf": .real(digits: 4),
      ]
      try StandardOutput.write(
        Table(result, notes: notes, formats: formats).shown(as: reading.format))
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Writes a set's images to a .npz file.",
      discussion: """
        The file has images (float32, 0...1, [images, channels, height, width] unless --layout is \
        channels_last), labels, indices (the test images they \
        were made from), predictions, iterations, heldout, and targets if there are any.

        Example: assay sets export 81c0 -o fgsm.npz
        """)

    @Argument(
      help: ArgumentHelp("The attack's run: the first digits of its UUID.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words, kind: "attack") })
    var set: String

    @Option(
      name: .shortAndLong, help: ArgumentHelp("The .npz file to write.", valueName: "file"),
      transform: OutputPath.given)
    var output: String

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var models: ServedModelOptions

    func validate() throws {
      // A name says the format of a file; standard output and pipes have none.
      guard case .file? = try? OutputPlace(of: output) else { return }
      guard output.lowercased().hasSuffix(".npz") else {
        throw ValidationError("a set is written as .npz, which \(output) does not end in")
      }
    }

    func run() throws {
      try work.withContext(models: models, isRecording: false) { context in
        let bytes = try Exchange(study.resolve(), in: context).exportSet(
          context.tracker.run(matching: set), layout: study.channels.layout ?? .channelsFirst)
        try ResultFile.write(bytes, to: output)
      }
      ResultFile.tell(output, quiet: work.quiet)
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract:
        "Imports adversarial images that another program made.",
      discussion: """
        A .npz file has images, floating point in 0...1 or uint8, [images, channels, height, width] or \
        [images, height, width, channels]. It may have \
        indices (the test images they were made from), labels, targets (-1: none), iterations and \
        heldout. Other arrays are ignored. Labels and targets may be one-hot, [images, 10]. If the file \
        has no indices, --clean gives the clean images in the same order.

        Assay computes norms and predictions itself. --model names the network that judges the images; \
        it may be another than the attacked one. If the file has predictions, classes or [images, 10] \
        scores, Assay records their success rate too. Continue with: assay measure --set RUN, assay thresholds, assay report --model RUN.

        Example: assay sets import art.npz --model 3f2a --name art-fgsm
        Example: assay sets import adversarial.npy --clean clean.npy --name foolbox-bim
        """)

    @Argument(help: "A .npz or .npy file.")
    var file: String

    @Option(help: "The set's name, shown wherever attacks are.")
    var name: String

    @Option(
      help: "The training run of the model that judges the images. (default: the newest)",
      completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
    var model: String?

    @Option(help: ArgumentHelp("The clean images, in the same order.", valueName: "file"))
    var clean: String?

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var models: ServedModelOptions
    @OptionGroup var full: FullOption

    func validate() throws {
      let isPlain = name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      }
      guard isPlain, (1...40).contains(name.count) else {
        throw ValidationError("--name is 1 to 40 ASCII letters, digits, '-', '_' and '.'")
      }
    }

    func run() throws {
      try work.withContext(models: models) { context in
        let run = try Exchange(study.resolve(), in: context).importSet(
          file, name: name, model: try model.map { try context.tracker.run(matching: $0) },
          clean: clean, layout: study.channels.layout)
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }
}
