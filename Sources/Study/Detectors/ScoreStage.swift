internal import Detection
internal import Foundation
internal import Classifier
internal import SQLite
internal import Tensor
internal import Tracker

/// Reads measures and votes off every image of a measurement.
///
/// One pass over the images gives everything that is asked for.
struct ScoreStage: Stage {
  static let kind = "score"
  var title: String { "score \(measurement.title)" }

  let measurement: Measurement
  /// What the measurement does not have yet.
  let request: ScoreRequest
  let preparation: ScorePreparation

  var seed: Int64? { measurement.run.seed }
  var parents: [String: Run] { ["measurement": measurement.run] }

  var configuration: JSONValue {
    func list(_ names: [String]) -> JSONValue { .array(names.sorted().map(JSONValue.string)) }
    var members: [String: JSONValue] = [
      "measures": list(request.measures.map(\.description.name)),
      "voters": list(request.voters.map(\.name)),
      "seed": .integer(measurement.run.seed ?? 0),
    ]
    if request.measures.contains(where: { $0.dependencies.passes }) {
      members["passes"] = .integer(Int64(measurement.passes ?? 0))
    }
    return .object(members)
  }

  /// The number of images between two commits.
  private static let chunkSize = 1000

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    do {
      try score(run, in: context)
    } catch DetectionError.cancelled {
      throw StudyError.interrupted
    }
  }

  private func score(_ run: ActiveRun, in context: StudyContext) throws {
    let selected = try SelectedImages(of: measurement.selection, in: context)
    let total = selected.indices.count
    context.progress.begin(title, done: run.progressDone, total: total, unit: "images")
    let classifier = try preparation.classifier()
    let needsData = measurement.set == nil
    if let set = measurement.set, try AttackStage.lacksPixels(set, in: context) {
      try AttackStage.restorePixels(of: set, data: preparation.data.get(), in: context)
    }
    let source = MeasuredImageSource(
      set: measurement.set, data: needsData ? try preparation.data.get() : nil,
      shape: classifier.input)
    try MemoryNeed.measuring(
      classifier, passes: measurement.passes ?? 1, images: Self.chunkSize,
      threads: context.parallelism.threads
    ).require(for: title)
    let measures = try request.measures.map { try preparation.prepared($0) }
    let records = try ScoreRecords(
      ScoreRecords.Names(request), of: measurement.run, by: run, in: context)
    var done = run.progressDone
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: Self.chunkSize)
      let indices = Array(chunk.indices)
      let (pixels, _) = try source.read(chunk, in: context)
      let batch = ImageBatch(
        indices: indices, pixels: pixels, material: try preparation.material())
      let values = try measures.map { try $0.values(of: batch) }
      try check(values, of: indices)
      let votes = try request.voters.map { try batch.classes(after: $0) }
      try run.commitChunk(progressDone: chunk.positions.upperBound, total: total) { writer in
        if done == 0 { try records.begin(writer) }
        try records.write(indices, values: values, votes: votes, writer)
      }
      done = chunk.positions.upperBound
      context.progress.advance(to: done)
    }
    try run.finish { writer in try records.finish(fitted: measures.map(\.fitted), writer) }
  }

  /// Makes sure that everything that will be recorded is a number.
  private func check(_ values: [[Double]], of indices: [Int]) throws {
    for (measure, numbers) in zip(request.measures, values) {
      if let place = numbers.firstIndex(where: { !$0.isFinite }) {
        throw ScoreError.notFinite(measure: measure.description.name, image: indices[place])
      }
    }
  }
}
