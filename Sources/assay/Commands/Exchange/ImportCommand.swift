import ArgumentParser
import Interchange
import Report
import SQLite
import Tracker

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Imports runs of other programs and trackers.",
    discussion: """
      Example: assay import csv metrics.csv
      Example: assay import mlflow mlruns
      """,
    subcommands: [CSVFile.self, JSONLFile.self] + tools)

  private static let format = """
    Each name in the column run becomes a finished run. Importing the same metrics again finds the same \
    run. A file that has grown becomes a new run, since a finished run never changes; a note names the \
    earlier run.

    A file with the columns name and value has one metric a line, as the view metrics has. In any other \
    file, each column with numbers is a metric. A column of words is a parameter if it stays the same \
    throughout each run; otherwise it is left out. A note says which. Without the column step, the step \
    is 0. If a step has two values, as after a resumed training, the later one counts. A kind of Assay's \
    own stages, such as train, becomes external-train.
    """

  /// What both formats share.
  struct Options: ParsableArguments {
    @Argument(help: "The file; - for standard input.")
    var file: String

    @Option(help: "The kind of the runs, if the file has no column kind.")
    var kind = "external"

    @Option(help: "The name of the run, if the file has no column run.")
    var name: String?

    @Option(help: "The column that numbers the steps, such as epoch.")
    var step = "step"

    @Option(
      help: ArgumentHelp(
        "Columns with numbers that are parameters, separated by commas.",
        valueName: "columns"))
    var parameters: String?

    @OptionGroup var work: WorkOptions

    func validate() throws {
      if let name, name.isEmpty { throw ValidationError("--name must not be empty") }
    }

    /// How the lines are to be understood.
    var interpretation: MetricFile.Interpretation {
      var interpretation = MetricFile.Interpretation(
        kind: kind, name: name, reservedKinds: MetricFile.Interpretation.stageKinds,
        reservedParameters: [MetricFile.ExternalRun.origin])
      interpretation.step = step
      interpretation.parameters = parameters?.split(separator: ",").map(String.init) ?? []
      return interpretation
    }

    /// The file's content.
    func read() throws -> [UInt8] {
      try InputFile.readText(file, isCancelled: Interruption.shared.isCancelled)
    }

    /// Records a file's runs and lists them.
    func record(_ file: MetricFile) throws {
      let progress = ProgressBar(quiet: work.quiet)
      file.notes.forEach(progress.note)
      let tracker = try work.openTracker(notice: progress.note)
      let recorded = try file.runs.map { try $0.record(in: tracker) }
      for (run, result) in zip(file.runs, recorded) {
        if let note = result.note(name: run.name, count: run.points.count) { progress.note(note) }
      }
      let columns: [Table.Column] = [
        .init("run", "run", .run), .init("kind", "kind", .text), .init("name", "name", .text),
        .init("metrics", "metrics", .integer), .init("new", "new", .text),
        .init("earlier", "earlier", .run),
      ]
      let rows: [[SQLValue]] = zip(file.runs, recorded).map { run, result in
        [
          .text(result.uuid), .text(run.kind), .text(run.name),
          .integer(Int64(run.points.count)), .text(result.isNew ? "yes" : "no"),
          result.earlier.map { .text($0.uuid) } ?? .null,
        ]
      }
      try StandardOutput.write(
        Table(title: "", columns: columns, rows: rows).shown(as: work.format))
    }
  }

  struct CSVFile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv", abstract: "Imports metrics from a CSV file.",
      discussion: format + """


        Commas separate the fields, or semicolons or tabs if the first line has them; then numbers may \
        have a decimal comma, all of them. The text is UTF-8, or UTF-16 with a byte order mark.

        Example: assay import csv metrics.csv --kind torch
        Example: assay import csv log.csv --name resnet-3 --step epoch --parameters lr
        """)

    @OptionGroup var options: Options

    @Option(
      help: ArgumentHelp(
        "The character between fields. (default: found in the first line)", valueName: "character"))
    var delimiter: String?

    func validate() throws {
      if let delimiter, delimiter.utf8.count != 1 || "\"\r\n".contains(delimiter) {
        throw ValidationError("--delimiter is one character, such as ';', not '\(delimiter)'")
      }
    }

    func run() throws {
      try options.record(
        MetricFile(
          csv: options.read(), delimiter: delimiter?.utf8.first, as: options.interpretation,
          file: InputFile.name(options.file)))
    }
  }

  struct JSONLFile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "jsonl", abstract: "Imports metrics from a file with a JSON object a line.",
      discussion: format + "\n\nExample: assay import jsonl metrics.jsonl")

    @OptionGroup var options: Options

    func run() throws {
      try options.record(
        MetricFile(
          jsonLines: options.read(), as: options.interpretation,
          file: InputFile.name(options.file)))
    }
  }
}
