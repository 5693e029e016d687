public import ArgumentParser
import Report
import SQLite
public import Tracker

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Lists, shows and compares what is recorded.",
    discussion: "Example: assay runs list --kind train",
    subcommands: [List.self, Show.self, Compare.self, Lineage.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists runs, the newest first.",
      discussion: "Example: assay runs list --state interrupted --format json")

    @OptionGroup var reading: ReadingOptions

    @Option(
      help: "Only runs of a kind, such as train, attack, measure.",
      completion: .custom { words, _, _ in Completions.kinds(words) })
    var kind: String?

    @Option(help: "Only runs in a state: \(RunState.allNames).")
    var state: RunState?

    func run() throws {
      let tracker = try reading.openTracker()
      let result = try tracker.query(
        .runs,
        [
          "kind": kind.map(SQLValue.text) ?? .null,
          "state": state.map { .text($0.rawValue) } ?? .null,
        ])
      let formats: [String: ColumnFormat] = [
        "run": .run, "duration_seconds": .seconds, "progress_done": .integer,
        "progress_total": .integer,
      ]
      let headings = [
        "duration_seconds": "duration", "progress_done": "done", "progress_total": "of",
      ]
      let columns = result.columns.map {
        Table.Column($0, headings[$0] ?? $0, formats[$0] ?? .text)
      }
      print(
        Table(title: "", columns: columns, rows: result.rows).shown(as: reading.format),
        terminator: "")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows one run: its configuration, lineage, metrics, artifacts and executions.",
      discussion: "Example: assay runs show 3f2a")

    @Argument(
      help: ArgumentHelp("The run, by the beginning of its UUID.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words) })
    var prefix: String

    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      let found = try tracker.run(matching: prefix)
      let sections = try RunSections(of: found, in: tracker)
      print(sections.rendered(as: reading.format), terminator: "")
    }
  }
}

extension RunState: ExpressibleByArgument {
  static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
