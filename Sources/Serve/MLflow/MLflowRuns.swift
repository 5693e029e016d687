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
