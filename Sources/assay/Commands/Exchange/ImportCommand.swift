import ArgumentParser
import Interchange
import Report
import SQLite
import Tracker

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Takes over metrics of runs that were made elsewhere.",
    discussion: "Example: assay import csv metrics.csv",
    subcommands: [CSVFile.self, JSONLFile.self])

  private static let format = """
    Each distinct run becomes a finished run of that name; the same run with the same metrics again is \
    found, not recorded twice. With the columns run, name, step and value there is a metric a line, as \
    in the view metrics; without name and value, every other column with numbers is a metric. step is 0 \
    where there is none. A kind of Assay's own stages, such as train, becomes external-train.
    """

  /// What both formats share.
  struct Options: ParsableArguments {
    @Argument(help: "The file.")
    var file: String

    @Option(help: "The runs' kind where the file has no column kind.")
    var kind = "external"

    @OptionGroup var work: WorkOptions

    /// Records the runs of a file's records and lists them.
    func record(_ records: [MetricFile.Record]) throws {
      let runs = try MetricFile(records, kind: kind, file: InputFile.name(file)).runs
      let tracker = try work.openTracker(notice: StandardError.write)
      let recorded = try runs.map { try $0.record(in: tracker) }
      let columns: [Table.Column] = [
        .init("run", "run", .run), .init("kind", "kind", .text), .init("name", "name", .text),
        .init("metrics", "metrics", .integer), .init("new", "new", .text),
      ]
      let rows: [[SQLValue]] = zip(runs, recorded).map { run, result in
        [
          .text(result.uuid), .text(run.kind), .text(run.name),
          .integer(Int64(run.points.count)), .text(result.isNew ? "yes" : "no"),
        ]
      }
      print(
        Table(title: "", columns: columns, rows: rows).shown(as: work.format), terminator: "")
    }
  }

  struct CSVFile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv", abstract: "Takes over metrics of a CSV file.",
      discussion: format + "\n\nExample: assay import csv metrics.csv --kind torch")

    @OptionGroup var options: Options

    func run() throws {
      try options.record(MetricFile.records(csv: options.file))
    }
  }

  struct JSONLFile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "jsonl", abstract: "Takes over metrics of a file with a JSON object a line.",
      discussion: format + "\n\nExample: assay import jsonl metrics.jsonl")

    @OptionGroup var options: Options

    func run() throws {
      try options.record(MetricFile.records(jsonLines: options.file))
    }
  }
}
