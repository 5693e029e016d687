import ArgumentParser
import ExternalModel
import Foundation
import Report
import SQLite
import Study
import Tracker

/// The command that serves a model.
struct ServedCommandArguments: ParsableArguments {
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program that serves the model, after --.", valueName: "command"))
  var words: [String] = []

  func validate() throws {
    guard words.first?.isEmpty == false else {
      throw ValidationError(
        "give the program that serves the model after --, as in: -- python serve.py")
    }
  }

  var command: ModelCommand {
    ModelCommand(words: words, directory: FileManager.default.currentDirectoryPath)
  }
}

extension ModelsCommand {
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Adds a model that a program of its own serves.",
      discussion: """
        The program speaks the protocol of docs/model-protocol.md, as assay.serve does in Python. Assay \
        starts it in the current directory whenever the model is attacked or measured. The model's digest \
        is its identity: adding it again finds the same run, and has it started by the new command. \
        Assay classifies all test images, and creates the database if there is none.

        Example: assay models add resnet --dataset cifar-10 -- python serve.py
        Example: assay attack bim-a --model resnet --model-processes 2
        """)

    @Argument(help: "Your own name for the model.")
    var name: String

    @OptionGroup var served: ServedCommandArguments
    @OptionGroup var study: ConfigurationOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var models: ServedModelOptions
    @OptionGroup var full: FullOption

    func validate() throws {
      guard !name.isEmpty else { throw ValidationError("the model's name must not be empty") }
    }

    func run() throws {
      let configuration = try study.resolve()
      try work.withContext(creatingFor: configuration, models: models) { context in
        let run = try ServedModelAddition(served.command, configuration)
          .record(name: name, in: context)
        if let known = run.name, known != name {
          context.progress.note(
            "the model was added before, and keeps its name '\(known)' (run \(run.uuid.prefix(8)))")
        }
        try work.printStage(run, in: context, full: full.isOn)
      }
    }
  }

  struct ServeCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "serve-check",
      abstract: "Checks a program that serves a model.",
      discussion: """
        The program is asked for everything that docs/model-protocol.md has, with images that are made up. \
        Logits are compared with each other in batches of several sizes, gradients with finite \
        differences, and draws with the same draws among other images. Nothing is recorded. A check that \
        fails gives exit code 65.

        Example: assay models serve-check -- python serve.py
        """)

    @OptionGroup var served: ServedCommandArguments
    @OptionGroup var models: ServedModelOptions

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    func run() throws {
      let model = try ExternalModel(
        served.command, limits: models.limits(Interruption.shared.isCancelled))
      let rows = try ModelCheck(model).rows()
      let columns = ["check", "outcome", "detail"].map { Table.Column($0, $0, .text) }
      let values = rows.map { row -> [SQLValue] in
        [.text(row.check), .text(row.outcome.rawValue), .text(row.detail)]
      }
      try StandardOutput.write(
        Table(title: "", columns: columns, rows: values).shown(as: format))
      let failed = rows.count { $0.outcome == .failed }
      guard failed == 0 else { throw ServedModelCheckFailure(failed: failed, checks: rows.count) }
    }
  }
}
