import ArgumentParser

/// The root of the command line.
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "A persistent experiment tracker for adversarial-robustness research.",
    discussion: """
      Trains a classifier, attacks it, measures its uncertainty, searches for the best detector, and keeps \
      every result in one SQLite file.

      Example: assay reproduce
      """,
    version: assayVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "The whole study", subcommands: [ReproduceCommand.self, ReportCommand.self]),
      CommandGroup(
        name: "Its stages",
        subcommands: [
          TrainCommand.self, AttackCommand.self, MeasureCommand.self, ThresholdsCommand.self,
        ]),
      CommandGroup(
        name: "Models and images in and out",
        subcommands: [
          ModelsCommand.self, SetsCommand.self, PredictCommand.self, GradientsCommand.self,
          ExportCommand.self, ImportCommand.self,
        ]),
      CommandGroup(name: "Hyperparameter searches", subcommands: [SweepCommand.self]),
      CommandGroup(
        name: "Records and data",
        subcommands: [
          QueryCommand.self, RunsCommand.self, DBCommand.self, DataCommand.self,
        ]),
    ])
}
