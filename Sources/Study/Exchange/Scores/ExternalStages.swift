internal import SQLite
internal import Tracker

/// Records a model that is only known by its name.
struct ExternalModelStage: Stage {
  static let kind = TrainingStage.kind
  /// The setting that tells such a model from one with weights.
  static let setting = "external"
  let title = "external model"
  let parents: [String: Run] = [:]
  let seed: Int64? = nil

  let modelName: String
  let dataset: (name: String, digest: String)

  var name: String? { modelName }

  var configuration: JSONValue {
    .object([
      Self.setting: .string(modelName), "dataset": .string(dataset.name),
      "dataset_sha256": .string(dataset.digest),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO training_run (run_id, dataset, dataset_sha256, architecture, dropout_sites)
        VALUES (?, ?, ?, 'external', '')
        """, [.integer(writer.runID), .text(dataset.name), .text(dataset.digest)])
    }
  }

  /// The model of a name: one that is recorded, or a new one that is known by its name alone.
  ///
  /// - Throws: ``StudyError/wrongKind(run:kind:needed:)`` if the name is that of another run, and
  ///   the errors of the tracker.
  static func model(
    named name: String, dataset: (name: String, digest: String), in context: StudyContext
  ) throws -> Run {
    do {
      let run = try context.tracker.run(matching: name)
      // A short name may happen to begin a UUID.
      if run.name == name || name.count >= 8 {
        try Model.checkKind(run)
        return run
      }
    } catch TrackerError.unknownRun, TrackerError.deletedRun {
    } catch TrackerError.ambiguousRun where name.count < 8 {}
    return try ExternalModelStage(modelName: name, dataset: dataset).perform(in: context)
  }
}

/// Records an adversarial set whose images are elsewhere.
struct ExternalSetStage: Stage {
  static let kind = AttackStage.kind
  var title: String { "set \(attack)" }
  let seed: Int64? = nil

  let attack: String
  let rows: ExternalRows
  let model: Run
  let selection: Run

  var name: String? { attack }
  var parents: [String: Run] { ["model": model, "selection": selection] }

  var configuration: JSONValue {
    .object([
      "attack": .string(attack), "parameters": .object([:]),
      "imported": .object(["scores_sha256": .string(rows.digest)]),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO adversarial_set (
          run_id, model_id, selection_id, attack, parameters, image_count, success_count
        ) VALUES (?, ?, ?, ?, '{}', ?, ?)
        """,
        [
          .integer(writer.runID), .integer(model.id), .integer(selection.id), .text(attack),
          .integer(Int64(rows.indices.count)), .integer(Int64(rows.errorCount)),
        ])
    }
  }
}

/// Records the classes of images that another program scored.
struct ExternalMeasurementStage: Stage {
  static let kind = MeasurementStage.kind
  var title: String { self.set == nil ? "clean images" : "adversarial images" }
  let seed: Int64? = nil

  let rows: ExternalRows
  let model: Run
  let selection: Run
  /// The adversarial set; nil for clean images.
  let set: Run?
  /// The measurement of the clean images; nil in that itself.
  let clean: Run?
  let isPaired: Bool

  var parents: [String: Run] {
    var parents = ["model": model, "selection": selection]
    parents["adversarial_set"] = set
    parents["clean_measurement"] = clean
    return parents
  }

  var configuration: JSONValue {
    .object(["imported": .object(["scores_sha256": .string(rows.digest)])])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO measurement (
          run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, image_count,
          is_paired
        ) VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(writer.runID), .integer(model.id), .integer(selection.id),
          set.map { .integer($0.id) } ?? .null, clean.map { .integer($0.id) } ?? .null,
          .integer(Int64(rows.indices.count)), .integer(isPaired ? 1 : 0),
        ])
      try writer.insertRows(
        """
        INSERT INTO image_uncertainty (
          measurement_id, image_index, true_label, prediction, deterministic_prediction
        ) VALUES (?1, ?2, ?3, ?4, ?4)
        """,
        [
          .constant(writer.runID), .integers(rows.indices.map(Int64.init)),
          .integers(rows.labels.map(Int64.init)), .integers(rows.predictions.map(Int64.init)),
        ])
    }
  }
}
