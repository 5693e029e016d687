import ArgumentParser

/// The root of the command line.
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "A persistent experiment tracker for adversarial-robustness research.",
    discussion: """
      Assay trains a classifier, attacks it, measures its uncertainty and searches for the best detector. \
      It keeps every result in one SQLite file.

      Example: assay reproduce
      """,
    version: assayVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Study",
        subcommands: [ReproduceCommand.self, EvaluateCommand.self, ReportCommand.self]),
      CommandGroup(
        name: "Stages",
        subcommands: [
          TrainCommand.self, AttackCommand.self, MeasureCommand.self, ThresholdsCommand.self,
        ]),
      CommandGroup(
        name: "Detectors",
        subcommands: [
          DetectorsCommand.self, MeasuresCommand.self, TransformsCommand.self, ScoresCommand.self,
        ]),
      CommandGroup(
        name: "Models",
        subcommands: [ModelsCommand.self, NetworksCommand.self, AttacksCommand.self]),
      CommandGroup(
        name: "Exchange",
        subcommands: [
          SetsCommand.self, PredictCommand.self, GradientsCommand.self, ExportCommand.self,
          ImportCommand.self,
        ]),
      CommandGroup(
        name: "Programs", subcommands: [RunCommand.self, RecordCommand.self, SweepCommand.self]),
      CommandGroup(
        name: "Records",
        subcommands: [
          QueryCommand.self, RunsCommand.self, ServeCommand.self, DBCommand.self, DataCommand.self,
        ]),
    ])
}
