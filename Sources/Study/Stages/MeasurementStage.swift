internal import Detection
internal import Classifier
internal import SQLite
internal import Tensor
internal import Tracker

/// Images that are measured.
enum MeasuredImages: Sendable {
  /// The clean images of a selection.
  case clean
  /// The images of an attack's run, whose detectors are judged beside the clean ones.
  case adversarial(set: Run, beside: CleanMeasurement)

  /// The attack's run; nil for clean images.
  var set: Run? {
    guard case .adversarial(let set, _) = self else { return nil }
    return set
  }
}

/// A finished measurement of clean images.
///
/// An adversarial set is measured after the clean images that it was made from, by the same
/// instruments: only measuring them makes one of these.
struct CleanMeasurement: Sendable {
  let run: Run
}

/// Measures the uncertainty and the crop votes of every image of a selection, clean or attacked.
struct MeasurementStage: Stage {
  static let kind = "measure"
  var title: String {
    switch subject {
    case .clean: "measure clean"
    case .adversarial(let set, _): "measure \(set.configuration["attack"]?.string ?? "set")"
    }
  }

  /// What is measured.
  let subject: MeasuredImages
  let model: Run
  let selection: Run
  /// The data set; nil where an adversarial set, its labels and the model are all recorded.
  let data: StudyData?
  /// The passes and crops; nil to record the classes alone, of a model without stochastic passes.
  let measurement: MeasurementSettings?
  let studySeed: Int64

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    var parents = ["model": model, "selection": selection]
    if case .adversarial(let set, let clean) = subject {
      parents["adversarial_set"] = set
      parents["clean_measurement"] = clean.run
    }
    return parents
  }

  var configuration: JSONValue {
    guard let measurement else {
      return .object(["draws": .bool(false), "seed": .integer(studySeed)])
    }
    return .object([
      "passes": .integer(Int64(measurement.passes)),
      "crop_side": .integer(Int64(measurement.cropSide)), "seed": .integer(studySeed),
    ])
  }

  func check(in context: StudyContext) throws {
    guard measurement != nil, let model = try Model.describe(model, in: context.tracker) else {
      return
    }
    do {
      try model.require(.draws, for: "Monte Carlo dropout")
    } catch {
      throw ScoreError.notOfModel(
        problem: error.description, possible: ScoreRequest.measures(possibleFor: model))
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let classifier = try classifier(in: context)
    let shape = classifier.input
    let passes = measurement?.passes ?? 1
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    try MemoryNeed.measuring(
      classifier, passes: passes, images: total,
      threads: context.parallelism.threads
    ).require(for: title)
    let instruments = try measurement.map {
      try Instruments(
        classifier: classifier, measurement: $0, seed: UInt64(bitPattern: studySeed),
        parallelism: context.parallelism)
    }
    if case .adversarial(let set, _) = subject, let data {
      try AttackStage.restorePixels(of: set, data: data, in: context)
    }
    let source = MeasuredImageSource(set: subject.set, data: data, shape: shape)
    let chunkSize = imagesPerChunk(of: classifier) ?? imagesPerChunk(passes: passes)
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: chunkSize)
      let indices = Array(chunk.indices)
      let (pixels, labels) = try source.read(chunk, in: context)
      let rows =
        try instruments.map { try self.rows(indices, labels, $0.read(indices, pixels: pixels)) }
        ?? classRows(indices, labels, pixels, by: classifier, in: context)
      try run.commitChunk(progressDone: chunk.positions.upperBound, total: total) { writer in
        if done == 0 { try begin(writer) }
        try writer.insertRows(rows.sql, [.constant(writer.runID)] + rows.columns)
      }
      done = chunk.positions.upperBound
      context.progress.advance(to: done)
    }
    try run.finish { writer in
      try writer.execute(
        "UPDATE measurement SET image_count = ? WHERE run_id = ?",
        [.integer(Int64(total)), .integer(writer.runID)])
    }
  }

  /// The model, from the data set or the record.
  private func classifier(in context: StudyContext) throws -> any Classifier {
    let model: Model
    if let data {
      model = try Model(self.model, data: data, in: context)
    } else if let recorded = try Model(recordedBy: self.model, in: context) {
      model = recorded
    } else {
      throw StudyError.damagedRecord(run: self.model.uuid, problem: "its weights are missing")
    }
    return try model.finiteClassifier(of: self.model)
  }

  private func begin(_ writer: RunWriter) throws {
    let (set, clean): (SQLValue, SQLValue) =
      switch subject {
      case .clean: (.null, .null)
      case .adversarial(let set, let clean): (.integer(set.id), .integer(clean.run.id))
      }
    try writer.execute(
      """
      INSERT INTO measurement (
        run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, passes, crop_side
      ) VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), .integer(model.id), .integer(selection.id), set, clean,
        measurement.map { .integer(Int64($0.passes)) } ?? .null,
        measurement.map { .integer(Int64($0.cropSide)) } ?? .null,
      ])
  }

  /// Rows of image_uncertainty behind the measurement's number.
  private typealias Rows = (sql: String, columns: [ColumnValues])

  /// The classes of images by a model without stochastic passes.
  private func classRows(
    _ images: [Int], _ labels: [Int64], _ pixels: [Float], by classifier: any Classifier,
    in context: StudyContext
  ) throws -> Rows {
    let size = classifier.input.count
    let classes = try pixels.withUnsafeBufferPointer { pixels in
      try classifier.classes(count: images.count, parallelism: context.parallelism) {
        image, destination in
        guard let base = pixels.baseAddress else { return }
        destination.update(from: base + image * size, count: size)
      }
    }
    if let image = zip(images, classes).first(where: { !$1.probability.isFinite })?.0 {
      throw StudyError.logitsNotFinite(run: model.uuid, image: image)
    }
    return (
      """
      INSERT INTO image_uncertainty (
        measurement_id, image_index, true_label, prediction, deterministic_prediction
      ) VALUES (?1, ?2, ?3, ?4, ?4)
      """,
      [
        .integers(images.map(Int64.init)), .integers(labels),
        .integers(classes.map { Int64($0.prediction) }),
      ]
    )
  }

  private func rows(
    _ images: [Int], _ labels: [Int64], _ readings: [Reading]
  ) throws -> Rows {
    if let image = zip(images, readings).first(where: { !$1.isFinite })?.0 {
      throw StudyError.logitsNotFinite(run: model.uuid, image: image)
    }
    func crops(_ position: Crops.Position) -> ColumnValues {
      .integers(readings.map { Int64($0.crops[position.rawValue]) })
    }
    return (
      """
      INSERT INTO image_uncertainty (
        measurement_id, image_index, true_label, prediction, deterministic_prediction, softmax_std,
        logit_std, predictive_entropy, mutual_information, max_probability, margin,
        deterministic_max_probability, crop_top_left, crop_bottom_left, crop_top_right,
        crop_bottom_right, crop_centre
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integers(images.map(Int64.init)), .integers(labels),
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
      ]
    )
  }
}
