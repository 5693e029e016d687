public import ArgumentParser
import Report
import SQLite
public import Tracker

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Lists, shows, compares, names and deletes runs.",
    discussion: "Example: assay runs list --kind train",
    subcommands: [
      List.self, Show.self, Compare.self, Tail.self, Lineage.self, Name.self, Group.self, Tag.self,
      Untag.self, Note.self, Archive.self, Unarchive.self, Delete.self, Restore.self,
    ])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows one run: settings, lineage, metrics, notes, artifacts, executions.",
      discussion: "Example: assay runs show 3f2a")

    @Argument(
      help: ArgumentHelp(
        "The run: the first digits of its UUID, or its name.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words) })
    var prefix: String

    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      let found = try tracker.run(matching: prefix)
      let isForPrograms = [.json, .jsonl, .csv, .tsv].contains(reading.format)
      let sections = try RunSections(of: found, in: tracker, withPoints: isForPrograms)
      try StandardOutput.write(sections.rendered(as: reading.format))
    }
  }
}

extension RunState: ExpressibleByArgument {
  static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
