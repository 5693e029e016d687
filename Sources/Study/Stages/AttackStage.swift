internal import Attack
internal import NeuralNetwork
internal import SQLite
internal import Tracker

/// Attacks every image of a selection, the held-out half included.
struct AttackStage: Stage {
  static let kind = "attack"
  var title: String { "attack \(kind.name)" }

  let kind: AttackKind
  let values: [String: AttackValue]
  let model: Run
  let selection: Run
  let data: StudyData
  let studySeed: Int64

  var seed: Int64? { studySeed }
  var parents: [String: Run] { ["model": model, "selection": selection] }

  private var parameters: JSONValue {
    get throws { try JSONValue(encoding: AttackConfiguration(try kind.complete(values))) }
  }

  var configuration: JSONValue {
    get throws {
      .object([
        "attack": .string(kind.name), "parameters": try parameters, "seed": .integer(studySeed),
      ])
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let indices = try SelectedImages(of: selection, in: context).indices
    let runner = try makeRunner(in: context)
    var done = run.progressDone
    context.progress.begin(title, done: done, total: indices.count, unit: "images")
    while done < indices.count {
      try stopIfCancelled(context)
      let chunk = indices[done..<min(done + imagesPerChunk, indices.count)]
      let (results, pixels) = runner.run(
        on: data.test, indices: chunk, parallelism: context.parallelism)
      try run.commitChunk(progressDone: chunk.endIndex, total: indices.count) { writer in
        if chunk.startIndex == 0 { try begin(writer, in: context) }
        try record(chunk, results, pixels, writer)
      }
      done = chunk.endIndex
      context.progress.advance(to: done)
    }
    try run.finish(summarise)
  }

  func makeRunner(in context: StudyContext) throws -> AttackRunner {
    AttackRunner(
      attack: try kind.make(values), network: try Model(model, data: data, in: context).network,
      seed: UInt64(bitPattern: studySeed))
  }

  private func begin(_ writer: RunWriter, in context: StudyContext) throws {
    try writer.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), .integer(model.id), .integer(selection.id), .text(kind.name),
        .text(try parameters.canonical),
      ])
  }

  private func record(
    _ chunk: ArraySlice<Int>, _ results: [AdversarialImage], _ pixels: [Float], _ writer: RunWriter
  ) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_image (
        adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations,
        l0, l2, linf
      ) VALUES (?, ?, ?, nullif(?, -1), ?, ?, ?, ?, ?, ?)
      """,
      [
        .constant(writer.runID), .integers(chunk.map(Int64.init)),
        .integers(chunk.map { Int64(data.test.labels[$0]) }),
        .integers(results.map { Int64($0.target ?? -1) }),
        .integers(results.map { Int64($0.prediction) }),
        .integers(results.map { $0.success ? 1 : 0 }),
        .integers(results.map { Int64($0.iterations) }), .integers(results.map { Int64($0.l0) }),
        .reals(results.map(\.l2)), .reals(results.map(\.linf)),
      ])
    try recordPixels(chunk, FloatCoding.bytes(of: pixels), writer)
  }

  func recordPixels(_ chunk: ArraySlice<Int>, _ pixels: [UInt8], _ writer: RunWriter) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_pixels (adversarial_set_id, image_index, pixels) VALUES (?, ?, ?)
      """,
      [
        .constant(writer.runID), .integers(chunk.map(Int64.init)),
        .blobs(pixels, size: 4 * data.test.shape.count),
      ])
  }

  private func summarise(_ writer: RunWriter) throws {
    try writer.execute(
      """
      UPDATE adversarial_set SET
        (image_count, success_count, mean_l0, mean_l2, mean_linf) = (
          SELECT count(*), sum(success), avg(l0), avg(l2), avg(linf)
          FROM adversarial_image WHERE adversarial_set_id = run_id)
      WHERE run_id = ?
      """,
      [.integer(writer.runID)])
  }
}
