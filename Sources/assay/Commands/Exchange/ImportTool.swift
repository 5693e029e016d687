import ArgumentParser
import ForeignTrackers
import Interchange
import Report
import SQLite
import Tracker

/// Imports what another tool has recorded.
struct ImportTool<Store: ForeignStore>: ParsableCommand {
  static var configuration: CommandConfiguration {
    let tool = Store.tool
    return CommandConfiguration(
      commandName: tool.command, abstract: "Imports runs of \(tool.title) from \(tool.source).",
      discussion: """
        \(tool.mapping)

        Importing again takes what is new: a run is known by the name that it has there. A run that was \
        unfinished is gone on with. A finished run never changes; a note says if it has changed there. \
        After Ctrl-C, the same command goes on.

        Example: assay import \(tool.command) \(tool.example)
        Example: assay import \(tool.command) \(tool.example) --no-artifacts --kind baseline
        """)
  }

  @Argument(help: ArgumentHelp("The source.", valueName: "path"), completion: .file())
  var path: String

  @Option(help: "The kind of the runs.")
  var kind = "external"

  @Flag(help: "Leaves out artifacts.")
  var noArtifacts = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard (1...64).contains(kind.unicodeScalars.count) else {
      throw ValidationError("--kind has 1 to 64 characters")
    }
    guard !MetricFile.Interpretation.stageKinds.contains(kind) else {
      throw ValidationError("--kind '\(kind)' is of Assay's own runs; give another one")
    }
  }

  func run() throws {
    Interruption.shared.waitForWork()
    let progress = ProgressBar(quiet: work.quiet)
    let notes = ImportNotes()
    let context = ImportContext(
      kind: kind, takesArtifacts: !noArtifacts, notes: notes,
      isCancelled: Interruption.shared.isCancelled)
    // The source is looked at before a database is made.
    let store = try Store(opening: path, in: context)
    let tracker = try work.openTracker(notice: progress.note)
    let name = "import from \(Store.tool.title)"
    progress.begin(name, done: 0, total: store.runs.count, unit: "runs")
    defer {
      progress.close()
      notes.lines.forEach(progress.note)
    }
    let result = try ForeignImport(of: store, into: tracker, in: context).run { done in
      progress.advance(to: done, detail: "")
    }
    try show(result)
    if result.failed > 0 {
      throw ForeignTrackerError.incomplete(failed: result.failed, count: store.runs.count)
    }
  }

  private func show(_ result: ForeignImport.Result) throws {
    var rows: [(name: String, value: SQLValue)] = [
      ("new", .integer(Int64(result.new))), ("continued", .integer(Int64(result.continued))),
      ("unchanged", .integer(Int64(result.unchanged))),
      ("differing", .integer(Int64(result.differing))),
      ("unreadable", .integer(Int64(result.failed))), ("values", .integer(Int64(result.values))),
    ]
    if !result.sweeps.isEmpty {
      rows.append(("sweeps", .text(result.sweeps.joined(separator: ", "))))
    }
    let columns = rows.map { Table.Column($0.name, $0.name, .text) }
    try StandardOutput.write(
      Table(title: "", columns: columns, rows: [rows.map(\.value)]).shown(as: work.format))
  }
}

extension ImportCommand {
  /// A command for each tool that there is a reader of.
  static let tools: [any ParsableCommand.Type] = ForeignTools.all.map { command(for: $0) }

  private static func command<Store: ForeignStore>(
    for store: Store.Type
  ) -> any ParsableCommand.Type { ImportTool<Store>.self }
}
