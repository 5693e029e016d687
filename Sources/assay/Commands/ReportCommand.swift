import ArgumentParser
import Report
import Study
import Tracker

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Rebuilds a study's tables from the database.",
    discussion: "Example: assay report tables",
    subcommands: [Tables.self], defaultSubcommand: Tables.self)

  struct Tables: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the tables, ours beside the published ones.",
      discussion: """
        Example: assay report tables --protocol heldout --format markdown
        Example: assay report tables --table measures --format csv
        """)

    @OptionGroup var reading: ReadingOptions

    @Option(help: "The study's run. (default: the newest finished one)")
    var study: String?

    @Option(help: "One table: \(StudyReport.Part.allNames). (default: all)")
    var table: StudyReport.Part?

    @Option(
      name: .customLong("protocol"),
      help: "The tables of one protocol: paper or heldout. (default: both)")
    var protocolName: DetectionProtocol?

    func run() throws {
      let tracker = try reading.openTracker()
      let run = try study.map { try tracker.run(matching: $0) } ?? newestStudy(in: tracker)
      guard run.kind == Reproduction.kind else {
        throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: Reproduction.kind)
      }
      print(
        try StudyReport(
          tracker: tracker, study: run, protocolName: protocolName?.rawValue,
          attackOrder: Reproduction.attackOrder
        ).rendered(table, as: reading.format), terminator: "")
    }

    private func newestStudy(in tracker: Tracker) throws -> Run {
      let finished = try tracker.runs(kind: Reproduction.kind, state: .finished, limit: 1)
      guard let run = finished.first else {
        throw StudyError.nothingRecorded(
          kind: Reproduction.kind, remedy: "run the study first: assay reproduce")
      }
      return run
    }
  }
}
