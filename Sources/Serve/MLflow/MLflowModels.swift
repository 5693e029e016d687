internal import Foundation
internal import SQLite
internal import Tracker

/// Models that clients log: an object of JSON with a run, which holds its files as artifacts.
extension MLflowStore {
  /// A logged model.
  struct Model {
    let id: String
    /// The run that holds it.
    let run: String
    let runRow: Int64
    var value: JSONValue
  }

  func model(_ id: String) throws -> Model {
    let found = try connection.rows(
      """
      SELECT run.uuid, run.id, value FROM run_attribute JOIN run ON run.id = run_id
      WHERE run_attribute.kind = 'model' AND run_attribute.name = ?
      """, [.text(id)]
    ) { row in
      Model(
        id: id, run: try row.text(0), runRow: try row.int64(1),
        value: try JSONValue(parsing: try row.text(2)))
    }
    guard let model = found.first else {
      throw HTTPFailure.unknown("Logged model with ID '\(id)' not found.")
    }
    return model
  }

  func write(_ model: Model) throws {
    try connection.execute(
      """
      INSERT INTO run_attribute (run_id, kind, name, value) VALUES (?, 'model', ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value
      """, [.integer(model.runRow), .text(model.id), .text(model.value.canonical)])
  }

  func createModel(_ fields: MLflowFields) throws -> Model {
    let experiment = try fields.required("experiment_id")
    let id = "m-\(UUID().uuidString.lowercased().filter { $0 != "-" })"
    let name = try fields.text("name") ?? "model"
    let source = try fields.text("source_run_id") ?? ""
    // A model belongs to a run here; one that was logged without any gets its own.
    let run =
      source.isEmpty
      ? try createRun(
        experiment: experiment, name: name, user: nil, started: Self.now, tags: [])
      : try openRun(source)
    let now = JSONValue.integer(Self.now)
    let info: [String: JSONValue] = [
      "model_id": .string(id), "experiment_id": .string(experiment), "name": .string(name),
      "creation_timestamp_ms": now, "last_updated_timestamp_ms": now,
      "artifact_uri": .string("mlflow-artifacts:/\(experiment)/models/\(id)/artifacts"),
      "status": .string("LOGGED_MODEL_PENDING"),
      "model_type": .string(try fields.text("model_type") ?? ""),
      "source_run_id": .string(source.isEmpty ? "" : run.uuid),
      "tags": .array(try fields.objects("tags").map(\.json)),
    ]
    let data: [String: JSONValue] = [
      "params": .array(try fields.objects("params").map(\.json)), "metrics": .array([]),
    ]
    let model = Model(
      id: id, run: run.uuid, runRow: run.id,
      value: .object(["info": .object(info), "data": .object(data)]))
    try write(model)
    return model
  }

  /// The models of some experiments.
  func models(in experiments: [String]) throws -> [Model] {
    let all = try connection.rows(
      """
      SELECT run_attribute.name, run.uuid, run.id, value
      FROM run_attribute JOIN run ON run.id = run_id WHERE run_attribute.kind = 'model'
      ORDER BY run.id DESC, run_attribute.name
      """
    ) { row in
      Model(
        id: try row.text(0), run: try row.text(1), runRow: try row.int64(2),
        value: try JSONValue(parsing: try row.text(3)))
    }
    return all.filter { experiments.contains($0.value["info"]?["experiment_id"]?.string ?? "") }
  }

  /// Sets members of a model's info.
  func change(_ id: String, _ body: (inout JSONValue) throws -> Void) throws -> Model {
    var model = try model(id)
    var info = model.value["info"] ?? .object([:])
    try body(&info)
    info["last_updated_timestamp_ms"] = .integer(Self.now)
    model.value["info"] = info
    try write(model)
    return model
  }
}

extension Visit {
  private static func answer(_ model: MLflowStore.Model) -> HTTPResponse {
    .json(.object(["model": model.value]))
  }

  func createModel(_ fields: MLflowFields) throws -> HTTPResponse {
    Self.answer(try recorder().recordMLflow { try $0.createModel(fields) })
  }

  func getModel() throws -> HTTPResponse {
    let id = request.parameter("model")
    return Self.answer(try read { try $0.readMLflow { try $0.model(id) } })
  }

  func finaliseModel(_ fields: MLflowFields) throws -> HTTPResponse {
    let (id, status) = (request.parameter("model"), try fields.required("status"))
    return Self.answer(
      try recorder().recordMLflow { store in
        try store.change(id) { $0["status"] = .string(status) }
      })
  }

  func tagModel(_ fields: MLflowFields) throws -> HTTPResponse {
    let id = request.parameter("model")
    let tags = try fields.objects("tags").map { (key: try $0.required("key"), json: $0.json) }
    return Self.answer(
      try recorder().recordMLflow { store in
        try store.change(id) { info in
          guard case .array(var held) = info["tags"] ?? .array([]) else { return }
          held.removeAll { tag in tags.contains { $0.key == tag["key"]?.string } }
          info["tags"] = .array(held + tags.map(\.json))
        }
      })
  }

  func untagModel() throws -> HTTPResponse {
    let (id, key) = (request.parameter("model"), request.parameter("key"))
    return Self.answer(
      try recorder().recordMLflow { store in
        try store.change(id) { info in
          guard case .array(var held) = info["tags"] ?? .array([]) else { return }
          held.removeAll { $0["key"]?.string == key }
          info["tags"] = .array(held)
        }
      })
  }

  func searchModels(_ fields: MLflowFields) throws -> HTTPResponse {
    let experiments = try fields.texts("experiment_ids")
    let models = try read { try $0.readMLflow { try $0.models(in: experiments) } }
    return .json(.object(["models": .array(models.map(\.value))]))
  }
}
