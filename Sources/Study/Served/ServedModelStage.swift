internal import Classifier
internal import ExternalModel
internal import SQLite
internal import Tensor
internal import Tracker

/// Records a model that a program of its own serves, as a training whose course is not known.
struct ServedModelStage: Stage {
  static let kind = TrainingStage.kind
  /// The setting that tells such a model from those that have weights here.
  static let setting = "served"
  /// What the record calls the architecture of all of them.
  static let architecture = "served"
  let title = "served model"
  let parents: [String: Run] = [:]
  let seed: Int64? = nil

  let name: String?
  let data: StudyData
  let model: ExternalModel

  private var shape: [Int] { [model.input.height, model.input.width, model.input.channels] }

  var configuration: JSONValue {
    .object([
      "dataset": .string(data.name), "dataset_sha256": .string(data.digest),
      Self.setting: .object([
        "name": .string(model.name), "digest": .string(model.identity.digest),
        "shape": .array(shape.map { .integer(Int64($0)) }),
      ]),
    ])
  }

  /// Makes sure that the model goes with the data.
  ///
  /// - Throws: ``ServedModelError``.
  func check() throws(ServedModelError) {
    let images = data.test.shape
    guard model.input == images else {
      throw .otherImages(
        model: model.name, takes: shape, dataset: data.name,
        has: [images.height, images.width, images.channels])
    }
    guard model.classCount == data.classes else {
      throw .otherClasses(
        model: model.name, gives: model.classCount, dataset: data.name, has: data.classes)
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let test = data.test
    context.progress.begin(title, done: 0, total: test.count, unit: "images")
    let isDeterministic = try answersAlike()
    if !isDeterministic {
      context.progress.note("the model gives other logits when asked again; that is recorded")
    }
    var correct = 0
    let chunk = imagesPerChunk(of: model) ?? imagesPerChunk
    for first in stride(from: 0, to: test.count, by: chunk) {
      try stopIfCancelled(context)
      let count = min(chunk, test.count - first)
      let classes = try model.classes(count: count, parallelism: context.parallelism) {
        test.copyPixels(of: first + $0, into: $1)
      }
      correct += zip(classes, test.labels[first..<first + count]).count { $0.prediction == Int($1) }
      context.progress.advance(to: first + count)
    }
    try run.finish { writer in
      try DataShape(data).record(by: writer)
      try write(writer, correct: correct, isDeterministic: isDeterministic)
    }
  }

  /// Whether the same images have the same logits when they are asked for twice.
  private func answersAlike() throws -> Bool {
    let count = min(data.test.count, model.batchSize ?? 64)
    let logits = try (0..<2).map { _ in
      try model.logits(count: count, parallelism: Parallelism(threads: 1)) {
        data.test.copyPixels(of: $0, into: $1)
      }
    }
    return logits[0] == logits[1]
  }

  private func write(
    _ writer: RunWriter, correct: Int, isDeterministic: Bool
  ) throws {
    let identity = model.identity
    try writer.execute(
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, dropout_sites, test_images, test_correct
      ) VALUES (?, ?, ?, ?, '', ?, ?)
      """,
      [
        .integer(writer.runID), .text(data.name), .text(data.digest), .text(Self.architecture),
        .integer(Int64(data.test.count)), .integer(Int64(correct)),
      ])
    let layers = JSONValue.object(identity.layers.mapValues { .integer(Int64($0)) })
    try writer.execute(
      """
      INSERT INTO served_model (
        run_id, name, digest, command, directory, protocol_version, image_height, image_width,
        image_channels, layout, capabilities, layers, default_layer, batch_size, framework, device,
        is_deterministic
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), .text(identity.name), .text(identity.digest),
        .text(ServedModelRecord.text(of: model.command)), .text(model.command.directory),
        .integer(Int64(identity.version)), .integer(Int64(model.input.height)),
        .integer(Int64(model.input.width)), .integer(Int64(model.input.channels)),
        .text(identity.layout.rawValue),
        .text(identity.capabilityNames.joined(separator: ",")), .text(layers.canonical),
        .text(identity.defaultLayer), identity.batchSize.map { .integer(Int64($0)) } ?? .null,
        .text(identity.framework), .text(identity.device), .integer(isDeterministic ? 1 : 0),
      ])
  }
}
