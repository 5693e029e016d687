import ArgumentParser
import Report
import SQLite
import Study
import Tracker

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classifies images and asks the detector about them.",
    discussion: """
      Images are .npy or .npz files, floating point in 0...1 or uint8, or one .png, as the data set's images \
      are (MNIST's: white on black). Algorithm 1 decides by stored thresholds, which 'assay thresholds' chooses. -o writes all \
      numbers to a .npz file, logits among them.

      --detector has a learned detector decide, which reads off the images what it was fitted to.

      Example: assay predict --images digits.npz -o out.npz
      Example: assay predict --images digits.npz --detector joint
      Example: assay predict --model 3f2a --images seven.png --format json
      """)

  @OptionGroup var asked: AskedImages

  @Option(
    help: "The run of the thresholds. (default: the model's newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "thresholds") })
  var thresholds: String?

  @Option(
    help: "A learned detector, which judges instead of Algorithm 1.",
    completion: .custom { words, _, _ in Completions.detectors(words) })
  var detector: String?

  @Option(help: "The number of stochastic passes, N. (default: 50)")
  var passes: Int?

  @Option(
    help: "The side of the crops, in pixels. (default: 6/7 of the images' shorter side, 24 of 28)")
  var cropSide: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The .npz file to write. (default: a table on standard output)", valueName: "file"),
    transform: OutputPath.given)
  var output: String?

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var models: ServedModelOptions

  func validate() throws {
    guard thresholds == nil || detector == nil else {
      throw ValidationError("--thresholds and --detector are two detectors; give one")
    }
  }

  func run() throws {
    var configuration = try study.resolve()
    if let passes { configuration.measurement.passes = passes }
    if let cropSide { configuration.measurement.cropSide = cropSide }
    try work.withContext(models: models, isRecording: false) { context in
      let predictions = try Exchange(configuration, in: context).predict(
        asked.images, model: asked.run(in: context.tracker),
        thresholds: try thresholds.map { try context.tracker.run(matching: $0) },
        learned: detector, layout: study.channels.layout)
      if let note = predictions.detector?.difference(from: predictions.measuredBy) {
        context.progress.note(note)
      }
      guard let output else {
        return try StandardOutput.write(Table(predictions).shown(as: work.format))
      }
      try ResultFile.write(predictions.npz, to: output)
      ResultFile.tell(output, quiet: work.quiet)
    }
  }
}

extension StoredDetector {
  /// What a reader must know where the images are measured in another way than those that the
  /// thresholds were chosen on; nil where they are not.
  fileprivate func difference(from measurement: (passes: Int, cropSide: Int)) -> String? {
    guard (passes, cropSide) != (measurement.passes, measurement.cropSide) else { return nil }
    return "thresholds \(run.prefix(8)) were chosen by \(passes) passes and crops of side "
      + "\(cropSide), not by \(measurement.passes) and \(measurement.cropSide); for verdicts by the "
      + "same: --passes \(passes) --crop-side \(cropSide)"
  }
}

extension Table {
  /// The predictions of images, one a row.
  fileprivate init(_ predictions: Predictions) {
    let detector = predictions.detector
    let learned = predictions.learnedDetector.map { "Verdicts by the learned detector \($0)." }
    let note =
      learned ?? detector.map {
        "Verdicts by thresholds \($0.run.prefix(8)), chosen for \($0.attack) on \($0.measure)."
      } ?? "No verdicts: there are no thresholds for this model; "
      + "assay thresholds\(GivenFiles.database) chooses them."
    self.init(
      title: "", notes: [note],
      columns: [
        .init("image", "image", .text), .init("prediction", "class", .text),
        .init("deterministic_prediction", "without dropout", .text),
        .init("deterministic_probability", "probability", .percent),
        .init("softmax_std", "softmax_std", .real(digits: 4)),
        .init("crops", "crops", .text), .init("agreement", "agreeing", .text),
        .init("verdict", "verdict", .text),
      ],
      rows: predictions.images.map { image in
        // What is no number has no class either: the table leaves it out, and the file has it as it is.
        guard image.isFinite else {
          return [SQLValue.integer(Int64(image.image))] + Array(repeating: SQLValue.null, count: 7)
        }
        return [
          .integer(Int64(image.image)), .integer(Int64(image.prediction)),
          .integer(Int64(image.deterministic.prediction)),
          .real(image.deterministic.probability), .real(image.softmaxStd),
          .text(image.crops.map(String.init).joined(separator: " ")),
          .integer(Int64(image.agreement)),
          image.isDeclaredAdversarial.map { .text($0 ? "adversarial" : "clean") } ?? .null,
        ]
      })
  }
}
