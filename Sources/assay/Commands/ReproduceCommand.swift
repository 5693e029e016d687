import ArgumentParser
import Foundation
import Report
import SQLite
import Study
import Tracker

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs or resumes a whole study and prints its tables.",
    discussion: """
      Assay reuses recorded work, so it resumes a study after any interruption, even a power cut. \
      Results don't depend on interruptions or on the number of threads. Studies in one database \
      share the work that they have in common.

      Studies:
      \(StudyCatalogue.kinds.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      Example: assay reproduce --protocol heldout
      Example: assay reproduce --study distillation --quick
      Example: assay reproduce --dataset fashion-mnist --db fashion.db
      """)

  @Option(
    name: .customLong("study"),
    help: ArgumentHelp("The study, one of those above.", valueName: "study"),
    completion: .list(StudyCatalogue.kinds.map(\.name)))
  var studyName = StudyCatalogue.standard.name

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var network: NetworkOption
  @OptionGroup var training: TrainingOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var name: NameOption

  @Flag(help: "Runs one epoch and 500 images, for a first look. The tables say so.")
  var quick = false

  @Option(
    name: .customLong("protocol"),
    help: "Prints the tables of one protocol. (default: both)")
  var protocolName: DetectionProtocol?

  @Flag(help: "Prints the configuration as YAML and runs nothing.")
  var printConfig = false

  func run() throws {
    let kind = try StudyCatalogue.kind(named: studyName)
    if protocolName != nil, !kind.isReproduction {
      throw ValidationError("--protocol is of study \(StudyCatalogue.standard.name) alone")
    }
    var configuration = try study.resolve()
    try network.apply(to: &configuration)
    training.apply(to: &configuration.training)
    if quick { configuration = configuration.quickened() }
    if printConfig {
      let heading =
        kind.isReproduction
        ? ""
        : "# The study is no setting: give --study \(kind.name) again, beside --config FILE.\n"
      return try StandardOutput.write(heading + ConfigurationFile.write(configuration))
    }
    try configuration.validate()
    let check: WorkOptions.DataCheck = {
      try kind.check(configuration, dataIn: $0, isCancelled: $1)
    }
    try work.withContext(creatingFor: configuration, check: check) { context in
      let run = try kind.run(configuration, in: context, name: name.text)
      name.tell(of: run, on: context.progress)
      guard kind.isReproduction else {
        guard let subject = DetectorReport.Subject(rawValue: kind.name) else {
          return try work.printStage(run, in: context, full: false)
        }
        let report = DetectorReport(
          subject, of: run, in: context.tracker, attackOrder: Reproduction.attackOrder)
        return try StandardOutput.write(
          report.rendered(as: work.format, width: TerminalStyle.standardOutput().tableWidth))
      }
      let report = StudyReport(
        tracker: context.tracker, study: run, protocolName: protocolName?.rawValue,
        attackOrder: Reproduction.attackOrder)
      try StandardOutput.write(
        report.rendered(as: work.format, width: TerminalStyle.standardOutput().tableWidth))
      try tellResult(of: report)
    }
  }

  /// Sums up what came of the study, and says what can be done with it.
  private func tellResult(of report: StudyReport) throws {
    guard !work.quiet else { return }
    let commands = ["report -o report.html", "report", "query"].map {
      "assay \($0)\(work.database.shellWords)"
    }
    let summary = try StudySummary(of: report).text(for: .standardError, next: commands)
    for line in ("\n" + summary).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    {
      StandardError.write(String(line))
    }
  }
}

/// On which images thresholds are chosen.
enum DetectionProtocol: String, CaseIterable, ExpressibleByArgument {
  case paper
  case heldout
}
