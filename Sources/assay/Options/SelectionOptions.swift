import ArgumentParser
import Study
import Tracker

/// Which test images are attacked or measured.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The run of the selection. (default: the model's study's, else the configuration's)",
      valueName: "run"),
    completion: .custom { words, _, _ in Completions.runs(words, kind: "select") })
  var selection: String?

  /// The images that the option or the configuration's file names, or else the model's.
  func choice(
    _ study: ConfigurationOptions, in tracker: Tracker
  ) throws -> SingleStages.SelectionChoice {
    if let selection { return .run(try tracker.run(matching: selection)) }
    let isConfigured = try study.file.map { try ConfigurationFile.gives("selection", in: $0) }
    return isConfigured == true ? .configured : .ofModel
  }
}
