internal import Bytes
internal import Detection
internal import NeuralNetwork
internal import SQLite
internal import Tracker

/// Measures the uncertainty and the crop votes of every image of a selection, clean or attacked.
struct MeasurementStage: Stage {
  static let kind = "measure"
  var title: String { "measure \(attack ?? "clean")" }

  /// The attack whose images are measured; nil for the clean ones.
  let attack: String?
  /// The attack's run and the clean images' measurement; nil for the clean images.
  let adversarial: (set: Run, cleanMeasurement: Run)?
  let model: Run
  let selection: Run
  let data: StudyData
  let measurement: MeasurementConfiguration
  let studySeed: Int64

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    var parents = ["model": model, "selection": selection]
    parents["adversarial_set"] = adversarial?.set
    parents["clean_measurement"] = adversarial?.cleanMeasurement
    return parents
  }

  var configuration: JSONValue {
    get throws {
      .object([
        "passes": .integer(Int64(measurement.passes)),
        "crop_side": .integer(Int64(measurement.cropSide)), "seed": .integer(studySeed),
      ])
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let shape = data.test.shape
    try measurement.checkFits(shape)
    let indices = try SelectedImages(of: selection, in: context).indices
    let instruments = Instruments(
      network: try Model(model, data: data, in: context).network, shape: shape,
      measurement: measurement,
      seed: UInt64(bitPattern: studySeed), parallelism: context.parallelism)
    if let adversarial {
      try AttackStage.restorePixels(of: adversarial.set, data: data, in: context)
    }
    var done = run.progressDone
    context.progress.begin(title, done: done, total: indices.count, unit: "images")
    while done < indices.count {
      try stopIfCancelled(context)
      let chunk = Array(indices[done..<min(done + imagesPerChunk, indices.count)])
      let readings = instruments.read(chunk, pixels: try pixels(of: chunk, in: context))
      try run.commitChunk(progressDone: done + chunk.count, total: indices.count) { writer in
        if done == 0 { try begin(writer) }
        try record(chunk, readings, writer)
      }
      done += chunk.count
      context.progress.advance(to: done)
    }
    try run.finish { writer in
      try writer.execute(
        "UPDATE measurement SET image_count = ? WHERE run_id = ?",
        [.integer(Int64(indices.count)), .integer(writer.runID)])
    }
  }

  /// The images of a chunk, [images, size], clean from the data set or adversarial from the record.
  private func pixels(of chunk: [Int], in context: StudyContext) throws -> [Float] {
    let size = data.test.shape.count
    guard let adversarial, let first = chunk.first, let last = chunk.last else {
      return [Float](unsafeUninitializedCapacity: chunk.count * size) { pixels, initialized in
        guard let base = pixels.baseAddress else { return }
        for (row, index) in chunk.enumerated() {
          data.test.copyPixels(of: index, into: base + row * size)
        }
        initialized = chunk.count * size
      }
    }
    let blobs = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT pixels FROM adversarial_pixels
        WHERE adversarial_set_id = ? AND image_index BETWEEN ? AND ?
        ORDER BY image_index
        """,
        [.integer(adversarial.set.id), .integer(Int64(first)), .integer(Int64(last))]
      ) { try $0.blob(0) }
    }
    let pixels = blobs.flatMap { FloatCoding.floats(from: $0[...]) ?? [] }
    guard blobs.count == chunk.count, pixels.count == chunk.count * size else {
      throw StudyError.damagedRecord(
        run: adversarial.set.uuid, problem: "its adversarial images are not all there")
    }
    return pixels
  }

  private func begin(_ writer: RunWriter) throws {
    try writer.execute(
      """
      INSERT INTO measurement (
        run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, passes, crop_side
      ) VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), .integer(model.id), .integer(selection.id),
        adversarial.map { .integer($0.set.id) } ?? .null,
        adversarial.map { .integer($0.cleanMeasurement.id) } ?? .null,
        .integer(Int64(measurement.passes)), .integer(Int64(measurement.cropSide)),
      ])
  }

  private func record(_ chunk: [Int], _ readings: [Reading], _ writer: RunWriter) throws {
    func crops(_ position: Crops.Position) -> ColumnValues {
      .integers(readings.map { Int64($0.crops[position.rawValue]) })
    }
    try writer.insertRows(
      """
      INSERT INTO image_uncertainty (
        measurement_id, image_index, true_label, prediction, deterministic_prediction, softmax_std,
        logit_std, predictive_entropy, mutual_information, max_probability, margin,
        deterministic_max_probability, crop_top_left, crop_bottom_left, crop_top_right,
        crop_bottom_right, crop_centre
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .constant(writer.runID), .integers(chunk.map(Int64.init)),
        .integers(chunk.map { Int64(data.test.labels[$0]) }),
        .integers(readings.map { Int64($0.uncertainty.prediction) }),
        .integers(readings.map { Int64($0.deterministic.prediction) }),
        .reals(readings.map(\.uncertainty.softmaxStd)),
        .reals(readings.map(\.uncertainty.logitStd)),
        .reals(readings.map(\.uncertainty.predictiveEntropy)),
        .reals(readings.map(\.uncertainty.mutualInformation)),
        .reals(readings.map(\.uncertainty.maxProbability)),
        .reals(readings.map(\.uncertainty.margin)),
        .reals(readings.map(\.deterministic.probability)),
        crops(.topLeft), crops(.bottomLeft), crops(.topRight), crops(.bottomRight), crops(.centre),
      ])
  }
}
