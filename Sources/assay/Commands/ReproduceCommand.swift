import ArgumentParser
import Foundation
import Report
import Study

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs the whole study, or goes on with it, and prints its tables.",
    discussion: """
      What is recorded already is not done again, so that a study that was interrupted, even by a power \
      cut, goes on where it was. Its results do not depend on interruptions or the number of threads.

      Example: assay reproduce --protocol heldout
      Example: assay reproduce --dataset fashion-mnist --db fashion.db
      """)

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions

  @Flag(help: "One epoch and 500 images, for a first look; the tables say so.")
  var quick = false

  @Option(
    name: .customLong("protocol"),
    help: "The tables of one protocol: paper or heldout. (default: both)")
  var protocolName: DetectionProtocol?

  @Flag(help: "Prints the configuration as YAML and does nothing else.")
  var printConfig = false

  func run() throws {
    var configuration = try study.resolve()
    if quick { configuration = configuration.quickened() }
    if printConfig {
      print(try ConfigurationFile.write(configuration), terminator: "")
      return
    }
    let reproduction = try Reproduction(configuration)
    try work.withContext(creatingFor: configuration, check: reproduction.check) { context in
      let run = try reproduction.run(in: context)
      print(
        try StudyReport(
          tracker: context.tracker, study: run, protocolName: protocolName?.rawValue,
          attackOrder: Reproduction.attackOrder
        ).rendered(as: work.format, width: TerminalStyle.standardOutput().tableWidth),
        terminator: "")
    }
  }
}

/// On which images thresholds are chosen.
enum DetectionProtocol: String, CaseIterable, ExpressibleByArgument {
  case paper
  case heldout
}
