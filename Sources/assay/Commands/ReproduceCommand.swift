import ArgumentParser
import Foundation
import Report
import SQLite
import Study
import Tracker

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs or resumes the whole study and prints its tables.",
    discussion: """
      Assay reuses recorded work, so it resumes a study after any interruption, even a power cut. \
      Results don't depend on interruptions or on the number of threads.

      Example: assay reproduce --protocol heldout
      Example: assay reproduce --dataset fashion-mnist --db fashion.db
      """)

  @OptionGroup var study: ConfigurationOptions
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
    var configuration = try study.resolve()
    if quick { configuration = configuration.quickened() }
    if printConfig {
      try StandardOutput.write(try ConfigurationFile.write(configuration))
      return
    }
    let reproduction = try Reproduction(configuration)
    try work.withContext(creatingFor: configuration, check: reproduction.check) { context in
      let run = try reproduction.run(in: context, name: name.text)
      name.tell(of: run, on: context.progress)
      try StandardOutput.write(
        try StudyReport(
          tracker: context.tracker, study: run, protocolName: protocolName?.rawValue,
          attackOrder: Reproduction.attackOrder
        ).rendered(as: work.format, width: TerminalStyle.standardOutput().tableWidth))
      try tellResult(of: run, in: context)
    }
  }

  /// Says in a line what came of the study, and what can be done with it.
  private func tellResult(of run: Run, in context: StudyContext) throws {
    guard !work.quiet else { return }
    let protocolName = protocolName ?? .heldout
    guard case .array(let measures)? = run.configuration["detection"]?["measures"] else { return }
    let results = try context.tracker.read {
      try $0.query(
        """
        SELECT attack, detection_accuracy
        FROM detection_results
        WHERE run IN (SELECT parent FROM lineages WHERE run = :study)
          AND protocol = :protocol AND method = 'exact' AND detector = 'hybrid'
          AND measure = :measure
        ORDER BY attack
        """,
        [
          "study": .text(run.uuid), "protocol": .text(protocolName.rawValue),
          "measure": measures.first?.string.map(SQLValue.text) ?? .null,
        ])
    }.rows
    let parts = results.compactMap { row -> String? in
      guard let attack = row[0].text, let accuracy = row[1].real else { return nil }
      return "\(attack) \(String(format: "%.1f%%", 100 * accuracy))"
    }
    if !parts.isEmpty {
      StandardError.write(
        "Images told right from adversarial (protocol \(protocolName.rawValue)): "
          + parts.joined(separator: ", "))
    }
    let database = work.database.shellWords
    StandardError.write(
      "Next: assay report -o report.html\(database); assay query\(database); assay sweep run FILE")
  }
}

/// On which images thresholds are chosen.
enum DetectionProtocol: String, CaseIterable, ExpressibleByArgument {
  case paper
  case heldout
}
