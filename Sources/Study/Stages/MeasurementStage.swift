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
  let measurement: MeasurementConfiguration
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
    get throws {
      .object([
        "passes": .integer(Int64(measurement.passes)),
        "crop_side": .integer(Int64(measurement.cropSide)), "seed": .integer(studySeed),
      ])
    }
  }

  func check(in context: StudyContext) throws {
    try Model.require(.draws, of: model, for: "Monte Carlo dropout", in: context)
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let classifier = try classifier(in: context)
    let shape = classifier.input
    try measurement.checkFits(shape)
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    try MemoryNeed.measuring(
      classifier, passes: measurement.passes, images: total,
      threads: context.parallelism.threads
    ).require(for: title)
    let instruments = try Instruments(
      classifier: classifier, measurement: measurement,
      seed: UInt64(bitPattern: studySeed), parallelism: context.parallelism)
    if case .adversarial(let set, _) = subject, let data {
      try AttackStage.restorePixels(of: set, data: data, in: context)
    }
    let source = MeasuredImageSource(set: subject.set, data: data, shape: shape)
    let chunkSize =
      imagesPerChunk(of: classifier) ?? imagesPerChunk(passes: measurement.passes)
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: chunkSize)
      let indices = Array(chunk.indices)
      let (pixels, labels) = try source.read(chunk, in: context)
      let readings = try instruments.read(indices, pixels: pixels)
      if let image = zip(indices, readings).first(where: { !$1.isFinite })?.0 {
        throw StudyError.logitsNotFinite(run: model.uuid, image: image)
      }
      try run.commitChunk(progressDone: chunk.positions.upperBound, total: total) { writer in
        if done == 0 { try begin(writer) }
        try record(indices, labels, readings, writer)
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
        .integer(Int64(measurement.passes)), .integer(Int64(measurement.cropSide)),
      ])
  }

  private func record(
    _ images: [Int], _ labels: [Int64], _ readings: [Reading], _ writer: RunWriter
  ) throws {
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
        .constant(writer.runID), .integers(images.map(Int64.init)),
        .integers(labels),
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
