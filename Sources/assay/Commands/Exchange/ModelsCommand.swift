import ArgumentParser
import Foundation
import Report
import SQLite
import Study
import Tracker

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Lists, imports, exports and adds classifiers.",
    discussion: "Example: assay models export 3f2a -o lenet.safetensors",
    subcommands: [List.self, Export.self, Import.self, Add.self, ServeCheck.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists classifiers, the newest first.",
      discussion: """
        The list leaves out models that only sweeps' trials computed, unless you give --all.

        Example: assay models list --format json
        """)

    @OptionGroup var reading: ReadingOptions

    @Flag(help: "Also models that only sweeps' trials computed.")
    var all = false

    func run() throws {
      let (result, notes) = try reading.listing(.models, of: "Models", all: all)
      let formats: [String: ColumnFormat] = [
        "run": .run, "weight_count": .integer, "dropout_rate": .real(digits: 3),
        "epochs": .integer, "test_accuracy": .percent,
      ]
      let headings = ["weight_count": "weights", "test_accuracy": "test acc."]
      try StandardOutput.write(
        Table(result, notes: notes, formats: formats, headings: headings).shown(as: reading.format))
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Writes a model's weights, or the whole network.",
      discussion: """
        A .safetensors file has the weights in PyTorch's names and layout, conv1.weight to fc2.bias. \
        An .onnx file has the network without dropout: images [images, 1, 28, 28] in, logits out.

        Example: assay models export 3f2a -o lenet.safetensors
        Example: assay models export 3f2a -o lenet.onnx
        """)

    @Argument(
      help: ArgumentHelp(
        "The model: the first digits of its run. (default: the newest)",
        valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
    var model: String?

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp(
        "The file to write: .safetensors or .onnx.", valueName: "file"),
      transform: OutputPath.given)
    var output: String

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    private var format: Exchange.ModelFormat? {
      switch URL(fileURLWithPath: output).pathExtension.lowercased() {
      case "safetensors": .safetensors
      case "onnx": .onnx
      default: nil
      }
    }

    func validate() throws {
      guard format != nil else {
        throw ValidationError("-o must name a file that ends in .safetensors or .onnx")
      }
    }

    func run() throws {
      try work.withContext(isRecording: false) { context in
        let bytes = try Exchange(study.resolve(), in: context).exportModel(
          try model.map { try context.tracker.run(matching: $0) }, as: format ?? .safetensors)
        try ResultFile.write(bytes, to: output)
      }
      ResultFile.tell(output, quiet: work.quiet)
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Imports a network that another program trained.",
      discussion: """
        The file has PyTorch's names: conv1.weight [20, 1, 5, 5], conv1.bias, conv2.*, fc1.weight \
        [500, 800], fc1.bias and fc2.*. Widths may differ. 16-bit floats are widened, 64-bit floats are \
        rounded. A prefix that all names share (module., _orig_mod.) is dropped. Importing the same \
        weights again finds the same run. Assay creates the database if there is none.

        Another architecture has arrays by the names of its layers ('assay networks show'): batchnorm1.* \
        with running_mean and running_var, and dense layers as fc1, fc2.

        Example: assay models import lenet.safetensors --name torch --dropout-sites pool2,dense1
        Example: assay models import net.safetensors --architecture carlini-mnist
        """)

    @Argument(help: "A safetensors file.")
    var file: String

    @Option(
      help: ArgumentHelp(
        "The architecture: a name of 'assay networks list', or a file with layers.",
        valueName: "name-or-file"))
    var architecture = "lenet"

    @Option(help: "Your own name for the model.")
    var name: String?

    @Option(help: "The layers that dropout follows, separated by commas: pool1, pool2, dense1.")
    var dropoutSites: String?

    @Option(help: "The dropout rate. (default: 0.5)")
    var dropoutRate: Double?

    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var full: FullOption

    func run() throws {
      var configuration = try study.resolve()
      if architecture != "lenet" {
        guard dropoutRate == nil, dropoutSites == nil else {
          throw ValidationError(
            "--dropout-rate and --dropout-sites are LeNet's: a list of layers says its own dropout")
        }
        configuration.network = NetworkConfiguration(try NetworkFile.network(architecture))
      }
      // A file that cannot be read leaves no new database behind.
      let model = try ForeignModel(
        reading: file, configuration: configuration, dropoutRate: dropoutRate,
        dropoutSites: dropoutSites.map { $0.split(separator: ",").map(String.init) })
      try work.withContext(
        creatingFor: configuration,
        check: { try model.check(for: configuration, dataIn: $0, isCancelled: $1) }
      ) { context in
        model.notes.forEach(context.progress.note)
        let run = try Exchange(configuration, in: context).importModel(model, name: name)
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }
}

extension ReadingOptions {
  /// What a query lists, and what people are told of it.
  ///
  /// - Parameters:
  ///   - query: A query that can leave out what only sweeps' trials computed.
  ///   - things: What it lists, as a sentence begins with it.
  ///   - all: Whether to list what only trials computed too.
  /// - Returns: The rows, and the notes below them.
  /// - Throws: What opening the database and the query throw.
  func listing(
    _ query: Query, of things: String, all: Bool
  ) throws -> (result: QueryResult, notes: [String]) {
    let tracker = try openTracker()
    let result = try tracker.query(query, ["trials": .integer(all ? 1 : 0)])
    guard !all, format == .text, try tracker.query(query).rows.count > result.rows.count else {
      return (result, [])
    }
    return (result, ["\(things) of sweeps' trials are left out; --all shows them."])
  }
}

extension Table {
  /// A query's result, in which a column not named is text under its own name.
  init(
    _ result: QueryResult, notes: [String] = [], formats: [String: ColumnFormat],
    headings: [String: String] = [:]
  ) {
    self.init(
      title: "", notes: notes,
      columns: result.columns.map { Table.Column($0, headings[$0] ?? $0, formats[$0] ?? .text) },
      rows: result.rows)
  }
}
