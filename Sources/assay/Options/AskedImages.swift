import ArgumentParser
import Tracker

/// Which model is asked about which images.
struct AskedImages: ParsableArguments {
  @Option(
    help: "The training run of the model. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @Option(help: ArgumentHelp("The images: a .npy, .npz or .png file.", valueName: "file"))
  var images: String

  /// The run of the model; nil for the newest.
  func run(in tracker: Tracker) throws -> Run? {
    try model.map { try tracker.run(matching: $0) }
  }
}
