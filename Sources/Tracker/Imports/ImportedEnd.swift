internal import Foundation
internal import SQLite

/// Records what is known of an imported run when all of it has been read.
struct ImportedEnd {
  let writer: ImportWriter
  let id: Int64
  /// The rows of sweeps by their source's id.
  let sweeps: [String: Int64]
  let connection: Connection

  private var run: ImportedRun { writer.run }

  /// Records parameters, lineage, words and the end.
  func record() throws {
    try recordParameters()
    if let parent = run.parent { try recordParent(parent) }
    try recordWords()
    let (started, ended) = try times()
    try recordExecution(started: started, ended: ended)
    try connection.execute(
      "UPDATE run SET state = ?, token = NULL, error = ?, finished_ms = ?, created_ms = ? WHERE id = ?",
      [
        .text(state.rawValue), error.map(SQLValue.text) ?? .null,
        state == .finished ? .integer(ended) : .null, .integer(started), .integer(id),
      ])
    if state == .finished { try RowDigest.record(run: id, in: connection) }
    if let trial = run.trial, let sweep = sweeps[trial.sweep] {
      try record(trial, of: sweep, started: started, ended: ended)
    }
  }

  private var state: RunState {
    switch run.end {
    case .finished: .finished
    case .failed: .failed
    case .interrupted: .interrupted
    }
  }

  private var error: String? {
    guard case .failed(let error) = run.end else { return nil }
    return Self.oneLine(error)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The start and the end, where the source doesn't say by what was recorded.
  private func times() throws -> (started: Int64, ended: Int64) {
    let first =
      try connection.rows(
        "SELECT min(recorded_ms) FROM metric WHERE run_id = ?", [.integer(id)]
      ) { $0.value(0).integer }.first ?? nil
    let started = run.startedMilliseconds ?? first ?? Clock.milliseconds
    let ended = run.endedMilliseconds ?? writer.latestMilliseconds ?? started
    return (started, max(started, ended))
  }

  /// The leaves of a run's parameters as the table has them.
  static func parameters(of run: ImportedRun) -> [(name: String, value: SQLValue)] {
    JSONValue.object(run.parameters).leaves.map { path, value in
      (ImportWriter.recordable(path), SQLValue(value))
    }
  }

  private func recordParameters() throws {
    for (name, value) in Self.parameters(of: run) {
      try connection.execute(
        """
        INSERT INTO parameter (run_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
        """, [.integer(id), .text(name), value])
    }
  }

  private func recordParent(_ source: String) throws {
    try connection.execute(
      """
      INSERT INTO lineage (run_id, role, parent_run_id)
      SELECT ?1, 'parent', run_id FROM imported_run
      WHERE tool = ?2 AND source_id = ?3 AND run_id <> ?1
      ON CONFLICT DO NOTHING
      """, [.integer(id), .text(run.tool), .text(source)])
  }

  /// Records what people say of the run; what they have said of it here stays.
  private func recordWords() throws {
    if let group = run.group, !group.isEmpty {
      try connection.execute(
        "INSERT INTO run_label (run_id, group_name) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [.integer(id), .text(ImportWriter.recordable(group))])
    }
    var notes = run.notes
    for tag in run.tags where !tag.isEmpty {
      guard tag.unicodeScalars.count <= Self.longestTag else {
        notes.append(tag)
        continue
      }
      try connection.execute(
        "INSERT INTO run_tag (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [.integer(id), .text(ImportWriter.recordable(tag))])
    }
    for note in notes where !note.isEmpty {
      try connection.execute(
        """
        INSERT INTO run_note (run_id, number, text, recorded_ms)
        SELECT ?1, (SELECT coalesce(max(number), 0) + 1 FROM run_note WHERE run_id = ?1), ?2, ?3
        WHERE NOT EXISTS (SELECT 1 FROM run_note WHERE run_id = ?1 AND text = ?2)
        """,
        [.integer(id), .text(ImportWriter.recordable(note)), .integer(Clock.milliseconds)])
    }
    if run.isDeleted {
      try connection.execute(
        """
        INSERT INTO hidden_run (run_id, how, since_ms) VALUES (?, 'deleted', ?)
        ON CONFLICT DO NOTHING
        """, [.integer(id), .integer(Clock.milliseconds)])
    }
  }

  private static let longestTag = 200

  /// Records the run's one process, the tool's, whose number is not known.
  private func recordExecution(started: Int64, ended: Int64) throws {
    let origin = run.origin
    let words = JSONValue.array(origin.commandLine.map { .string($0) })
    try connection.execute(
      """
      INSERT INTO execution (
        run_id, number, token, host, boot_id, process_id, process_started, started_ms, heartbeat_ms,
        ended_ms, outcome, git_commit, git_dirty, command_line, operating_system, processor,
        program_version, swift_version, sqlite_version, blas, threads, duration_ms
      ) VALUES (?1, 1, ?2, ?3, '', 0, '', ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, '', '', '', 1, ?13)
      ON CONFLICT DO UPDATE SET
        started_ms = excluded.started_ms, heartbeat_ms = excluded.heartbeat_ms,
        ended_ms = excluded.ended_ms, outcome = excluded.outcome, duration_ms = excluded.duration_ms
      """,
      [
        .integer(id), .text(UUID().uuidString.lowercased()), .text(origin.host),
        .integer(started), .integer(ended), .text(state.rawValue),
        origin.gitCommit.map(SQLValue.text) ?? .null,
        origin.isGitDirty.map { .integer($0 ? 1 : 0) } ?? .null, .text(words.canonical),
        .text(origin.operatingSystem), .text(origin.processor), .text(origin.tool),
        .integer(ended - started),
      ])
  }

  /// Records the run's trial, unless it is there.
  private func record(
    _ trial: ImportedTrial, of sweep: Int64, started: Int64, ended: Int64
  ) throws {
    let (sweep, number) = (SQLValue.integer(sweep), SQLValue.integer(Int64(trial.number)))
    let known = try connection.rows(
      "SELECT 1 FROM trial WHERE sweep_id = ? AND number = ?", [sweep, number]
    ) { _ in true }
    guard known.isEmpty else { return }
    try connection.execute(
      """
      INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        sweep, number, .text(JSONValue.object(run.parameters).canonical),
        .integer(Int64(trial.proposedAfter)), .integer(started),
      ])
    let trialID = connection.lastInsertedRow
    let row = SQLValue.integer(trialID)
    let token = SQLValue.text(UUID().uuidString.lowercased())
    try connection.execute(
      "UPDATE trial SET state = 'running', token = ? WHERE id = ?", [token, row])
    try connection.execute(
      "INSERT INTO trial_run (trial_id, run_id, computed) VALUES (?, ?, 1)", [row, .integer(id)])
    for report in trial.reports {
      try connection.execute(
        """
        INSERT INTO trial_report (sweep_id, step, trial_id, value) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET value = excluded.value
        """, [sweep, .integer(report.step), row, .real(report.value)])
    }
    var (state, error) = ("pruned", SQLValue.null)
    switch trial.end {
    case .pruned: break
    case .failed(let text): (state, error) = ("failed", .text(Self.oneLine(text)))
    case .finished(let values):
      state = "finished"
      for (objective, value) in values.enumerated() {
        try connection.execute(
          "INSERT INTO trial_value (trial_id, objective, sweep_id, value) VALUES (?, ?, ?, ?)",
          [row, .integer(Int64(objective)), sweep, .real(value)])
      }
    }
    try connection.execute(
      """
      UPDATE trial SET state = ?1, token = NULL, error = ?2, ended_ms = ?3,
        judged_number = iif(?1 = 'failed', NULL, (
          SELECT finished_trials + pruned_trials FROM sweep WHERE id = sweep_id))
      WHERE id = ?4
      """, [.text(state), error, .integer(ended), row])
    try connection.execute(
      """
      INSERT INTO trial_attempt (
        trial_id, number, token, host, boot_id, process_id, process_started, started_ms, expires_ms,
        ended_ms, outcome, duration_ms
      ) VALUES (?1, 1, ?2, ?3, '', 0, '', ?4, ?5, ?5, ?6, ?7)
      """,
      [
        row, token, .text(run.origin.host), .integer(started), .integer(ended), .text(state),
        .integer(ended - started),
      ])
    if state != "failed" { try RowDigest.record(trial: trialID, in: connection) }
  }
}
