internal import Foundation
internal import SQLite
internal import Tracker

/// Runs as clients begin, end and read them.
extension MLflowStore {
  static let statuses: [(name: String, state: RunState)] = [
    ("RUNNING", .running), ("SCHEDULED", .queued), ("FINISHED", .finished), ("FAILED", .failed),
    ("KILLED", .interrupted),
  ]

  /// Begins a run.
  func createRun(
    experiment number: String, name: String?, user: String?, started: Int64,
    tags: [(String, String)]
  ) throws -> Run {
    let experiment = try experiment(number)
    guard !experiment.isDeleted else {
      throw HTTPFailure.invalid(
        "The experiment \(number) must be in the 'active' state. Current state is deleted.")
    }
    let uuid = UUID().uuidString.lowercased()
    let tagged = tags.last { $0.0 == "mlflow.runName" }?.1
    if let name, !name.isEmpty, let tagged, tagged != name {
      throw HTTPFailure.invalid(
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
          + "(run_name='\(name)', mlflow.runName='\(tagged)').")
    }
    let name = [name, tagged].compactMap { $0 }.first { !$0.isEmpty } ?? "run-\(uuid.prefix(8))"
    let token = UUID().uuidString.lowercased()
    try connection.execute(
      """
      INSERT INTO run (uuid, kind, name, state, configuration, created_ms, token)
      VALUES (?, 'external', ?, 'running', '{}', ?, ?)
      """, [.text(uuid), .text(name), .integer(started), .text(token)])
    let run = Run(
      id: connection.lastInsertedRow, uuid: uuid, state: .running, isDeleted: false, isClients: true
    )
    try recordExecution(of: run, token: token, started: started)
    try connection.execute(
      "INSERT INTO run_label (run_id, group_name) VALUES (?, ?)",
      [.integer(run.id), experiment.group.map(SQLValue.text) ?? .null])
    for (key, value) in tags { try set(tag: key, value, in: run) }
    try set(tag: "mlflow.runName", name, in: run)
    if let user, !user.isEmpty, !tags.contains(where: { $0.0 == "mlflow.user" }) {
      try set(tag: "mlflow.user", user, in: run)
    }
    return run
  }

  /// Records a process of the client's, of which nothing is known.
  private func recordExecution(of run: Run, token: String, started: Int64) throws {
    try connection.execute(
      """
      INSERT INTO execution (
        run_id, number, token, host, boot_id, process_id, process_started, started_ms, heartbeat_ms,
        command_line, operating_system, processor, program_version, swift_version, sqlite_version,
        blas, threads)
      VALUES (
        ?1, (SELECT coalesce(max(number), 0) + 1 FROM execution WHERE run_id = ?1),
        ?2, '', '', 0, '', ?3, ?4, '[]', '', '', ?5, '', '', '', 1)
      """,
      [.integer(run.id), .text(token), .integer(started), .integer(Self.now), .text(Self.program)])
  }

  /// Takes over how a run goes, as its client says.
  ///
  /// The end of a run that Assay began is Assay's to record.
  func setStatus(_ status: String, ended: Int64?, of run: Run) throws {
    guard let target = Self.statuses.first(where: { $0.name == status })?.state else {
      throw HTTPFailure.invalidValue(JSONValue.string(status).canonical, of: "status")
    }
    guard run.isClients, target != run.state, target != .queued else { return }
    guard run.state != .finished else {
      throw HTTPFailure.invalid(
        "The run \(run.uuid) is finished, and a finished run never changes: begin another one, such as "
          + "a nested run.")
    }
    if run.state != .running {
      let token = UUID().uuidString.lowercased()
      try connection.execute(
        "UPDATE run SET state = 'running', token = ?, error = NULL WHERE id = ?",
        [.text(token), .integer(run.id)])
      try recordExecution(of: run, token: token, started: Self.now)
    }
    guard target != .running else { return }
    let end = SQLValue.integer(ended ?? Self.now)
    try connection.execute(
      """
      UPDATE execution SET
        outcome = ?2, ended_ms = max(?3, started_ms), heartbeat_ms = max(?3, started_ms),
        duration_ms = max(?3 - started_ms, 0)
      WHERE run_id = ?1 AND outcome = 'running'
      """, [.integer(run.id), .text(target.rawValue), end])
    try connection.execute(
      "UPDATE run SET state = ?, token = NULL, error = ?, finished_ms = ? WHERE id = ?",
      [
        .text(target.rawValue),
        target == .failed ? .text("its client said that it failed") : .null,
        target == .finished ? end : .null, .integer(run.id),
      ])
    if target == .finished { try Tracker.seal(run: run.id, in: connection) }
  }

  /// Deletes a run, so that it can be restored until `db vacuum`.
  func delete(_ run: Run) throws {
    try connection.execute(
      """
      INSERT INTO hidden_run (run_id, how, since_ms) VALUES (?, 'deleted', ?)
      ON CONFLICT DO UPDATE SET how = 'deleted', since_ms = excluded.since_ms
      """, [.integer(run.id), .integer(Self.now)])
  }

  func restore(_ run: Run) throws {
    try connection.execute(
      "DELETE FROM hidden_run WHERE run_id = ? AND how = 'deleted'", [.integer(run.id)])
  }

  /// Writes a run with its latest metrics, parameters and tags.
  func write(_ run: Int64, numbers: [String: String], to json: inout JSONText) throws {
    let tags = try tags(of: run)
    try json.object { object in
      try object.member("info") { json in try writeInfo(run, tags, numbers, to: &json) }
      try object.member("data") { json in
        try json.object { data in
          try data.member("metrics") { try writeMetrics(of: run, to: &$0) }
          try data.member("params") { try writeParameters(of: run, to: &$0) }
          data.member("tags") { $0.pairs(tags) }
        }
      }
      try object.member("inputs") { json in
        try json.object { inputs in
          try inputs.member("dataset_inputs") { json in
            json.list(try attributes("dataset", of: run)) { $0.raw($1.1) }
          }
        }
      }
      try object.member("outputs") { json in
        try json.object { outputs in
          try outputs.member("model_outputs") { json in
            json.list(try attributes("model", of: run)) { json, model in
              json.object { object in
                object.string("model_id", model.0)
                object.integer("step", 0)
              }
            }
          }
        }
      }
    }
  }

  func attributes(_ kind: String, of run: Int64) throws -> [(String, String)] {
    try connection.rows(
      "SELECT name, value FROM run_attribute WHERE run_id = ? AND kind = ? ORDER BY name",
      [.integer(run), .text(kind)]
    ) { (try $0.text(0), try $0.text(1)) }
  }

  /// What clients and people said of a run, by names.
  private func tags(of run: Int64) throws -> [(String, String)] {
    var tags = try attributes("tag", of: run)
    let names = Set(tags.map(\.0))
    let known = Set(tags.map { Self.word($0.0, $0.1) })
    let words = try connection.rows(
      "SELECT tag FROM run_tag WHERE run_id = ? ORDER BY tag", [.integer(run)]
    ) { try $0.text(0) }
    for word in words where !known.contains(word) {
      let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(halves[0])
      if !names.contains(name) { tags.append((name, halves.count > 1 ? String(halves[1]) : "")) }
    }
    return tags
  }

  func writeInfo(
    _ run: Int64, _ tags: [(String, String)], _ numbers: [String: String], to json: inout JSONText
  ) throws {
    let rows = try connection.rows(
      """
      SELECT
        uuid, coalesce(run_label.name, run.name), state, created_ms, finished_ms, group_name,
        (SELECT how FROM hidden_run WHERE run_id = run.id),
        (SELECT max(ended_ms) FROM execution WHERE run_id = run.id)
      FROM run LEFT JOIN run_label ON run_label.run_id = run.id WHERE run.id = ?
      """, [.integer(run)]
    ) { row in (0..<8).map { row.value($0) } }
    guard let row = rows.first, let uuid = row[0].text else { return }
    let state = RunState(rawValue: row[2].text ?? "") ?? .failed
    let number =
      row[5].text.map { numbers[$0] ?? MLflowExperiment.number(ofGroup: $0) }
      ?? MLflowExperiment.defaultNumber
    let isOver = state != .running && state != .queued
    json.object { object in
      object.string("run_id", uuid)
      object.string("run_uuid", uuid)
      object.string("run_name", row[1].text ?? "")
      object.string("experiment_id", number)
      object.string("user_id", tags.first { $0.0 == "mlflow.user" }?.1 ?? "")
      object.string("status", Self.statuses.first { $0.state == state }?.name)
      object.integer("start_time", row[3].integer)
      if isOver { object.integer("end_time", row[4].integer ?? row[7].integer) }
      object.string("artifact_uri", "mlflow-artifacts:/\(number)/\(uuid)/artifacts")
      object.string("lifecycle_stage", row[6].text == "deleted" ? "deleted" : "active")
    }
  }

  /// The last value of each metric.
  private func writeMetrics(of run: Int64, to json: inout JSONText) throws {
    let metrics = try connection.rows(
      """
      WITH RECURSIVE names (name) AS (
        SELECT min(name) FROM metric WHERE run_id = ?1
        UNION ALL
        SELECT (SELECT min(name) FROM metric WHERE run_id = ?1 AND name > names.name)
        FROM names WHERE names.name IS NOT NULL)
      SELECT metric.name, step, value, recorded_ms
      FROM names
      JOIN metric ON run_id = ?1 AND metric.name = names.name
        AND step = (SELECT max(step) FROM metric WHERE run_id = ?1 AND name = names.name)
      """, [.integer(run)]
    ) { row in
      Point(
        name: try row.text(0), step: try row.int64(1), value: row.value(2).real ?? .nan,
        time: try row.int64(3))
    }
    json.list(metrics) { $0.point($1) }
  }

  private func writeParameters(of run: Int64, to json: inout JSONText) throws {
    json.pairs(
      try connection.rows(
        "SELECT name, value FROM parameter WHERE run_id = ? ORDER BY name", [.integer(run)]
      ) { (try $0.text(0), MLflowValue.text($0.value(1))) })
  }

  /// The values of a metric, by time, a page at a time.
  func history(
    of name: String, in run: Run, limit: Int64, offset: Int64
  ) throws -> (points: [Point], hasMore: Bool) {
    let points = try connection.rows(
      """
      SELECT step, value, recorded_ms FROM metric WHERE run_id = ?1 AND name = ?2
      UNION ALL
      SELECT step, value, recorded_ms FROM earlier_metric WHERE run_id = ?1 AND name = ?2
      ORDER BY recorded_ms, step, value LIMIT ?3 OFFSET ?4
      """, [.integer(run.id), .text(name), .integer(limit + 1), .integer(offset)]
    ) { row in
      Point(
        name: name, step: try row.int64(0), value: row.value(1).real ?? .nan,
        time: try row.int64(2))
    }
    return (Array(points.prefix(Int(limit))), points.count > limit)
  }
}

extension JSONText {
  mutating func point(_ point: MLflowStore.Point) {
    object { object in
      object.string("key", point.name)
      object.member("value") { $0.number(point.value) }
      object.integer("timestamp", point.time)
      object.integer("step", point.step)
    }
  }
}
