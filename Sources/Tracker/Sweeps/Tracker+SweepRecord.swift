internal import Foundation
internal import SQLite

/// What was copied of a sweep's record.
package struct CopiedSweep: Sendable, Equatable {
  /// Trials that were not there, or have got further since.
  package let trials: Int
  /// Runs of its trials that the file has.
  package let knownRuns: Int
  /// Runs of its trials that are in other files.
  package let missingRuns: Int
}

extension Tracker {
  /// What the record says that trials come from.
  private static let origin = "queue"

  /// Copies the record of a sweep that another store has kept into a file.
  ///
  /// It is merged as another file is: copied again, it brings what is new. Trials are connected with
  /// those of their runs that the file has.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - path: The file; created if it is not there.
  ///   - environment: The program's version.
  ///   - isCancelled: Ends the work.
  ///   - notice: Receives notes for the user.
  /// - Returns: What was copied.
  /// - Throws: ``MergeError`` where the file says something else of the sweep; `SQLiteError`;
  ///   ``TrackerError``.
  package static func copy(
    _ record: SweepRecord, into path: String, environment: RunEnvironment,
    isCancelled: @escaping @Sendable () -> Bool,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> CopiedSweep {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-queue-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "\(origin).db").path
    try Tracker(writing: file, environment: environment).insert(record)
    let merged: [MergedFile]
    do {
      merged = try merge(
        [file], into: path, originNames: [file: origin], environment: environment, threads: 1,
        isCancelled: isCancelled, notice: notice)
    } catch MergeError.conflicts(let conflicts) {
      // The file in between is nothing that a user knows.
      throw MergeError.conflicts(
        conflicts.map { conflict in
          MergeConflict(
            file: "the queue", other: conflict.other, thing: conflict.thing,
            difference: conflict.difference)
        })
    }
    let tracker = try Tracker(
      writing: path, environment: environment, isCancelled: isCancelled, notice: notice)
    let known = try tracker.connect(record)
    return CopiedSweep(
      trials: merged.first?.trials ?? 0, knownRuns: known,
      missingRuns: record.trials.map(\.runs.count).reduce(0, +) - known)
  }

  /// Writes a record into a file that has nothing of the sweep.
  private func insert(_ record: SweepRecord) throws {
    try write { connection in
      // The file's name for itself is the sweep's: copied again, the record comes from the same file.
      try connection.execute(
        "UPDATE database_identity SET uuid = ?", [.text(record.sweep.uuid)])
      let sweep = try Self.insert(
        record.sweep.description, uuid: record.sweep.uuid, created: record.created, in: connection)
      for trial in record.trials { try Self.insert(trial, of: sweep, in: connection) }
      try connection.execute(
        "UPDATE sweep SET state = ? WHERE id = ?",
        [.text(record.sweep.state.rawValue), .integer(sweep)])
    }
  }

  private static func insert(
    _ trial: SweepRecord.Trial, of sweep: Int64, in connection: Connection
  ) throws {
    func optional(_ number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }
    try connection.execute(
      """
      INSERT INTO trial (
        sweep_id, number, parameters, proposed_after, created_ms, attempts_forgiven
      ) VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(sweep), .integer(Int64(trial.number)), .text(trial.parameters),
        .integer(Int64(trial.proposedAfter)), .integer(trial.created),
        .integer(Int64(trial.attemptsForgiven)),
      ])
    let id = connection.lastInsertedRow
    for attempt in trial.attempts {
      try connection.execute(
        """
        INSERT INTO trial_attempt (
          trial_id, number, token, host, boot_id, process_id, process_started, started_ms,
          expires_ms, ended_ms, outcome, pid_namespace
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(id), .integer(Int64(attempt.number)), .text(attempt.token),
          .text(attempt.holder.host), .text(attempt.holder.bootID),
          .integer(attempt.holder.processID), .text(attempt.holder.started),
          .integer(attempt.started), .integer(attempt.expires), optional(attempt.ended),
          .text(attempt.outcome), attempt.holder.namespace.map(SQLValue.text) ?? .null,
        ])
    }
    guard trial.state != "queued" else { return }
    try connection.execute(
      "UPDATE trial SET state = 'running', token = ? WHERE id = ?",
      [.text(trial.attempts.last?.token ?? ""), .integer(id)])
    for report in trial.reports {
      try connection.execute(
        "INSERT INTO trial_report (sweep_id, step, trial_id, value) VALUES (?, ?, ?, ?)",
        [.integer(sweep), .integer(report.step), .integer(id), .real(report.value)])
    }
    for (objective, value) in trial.values.enumerated() {
      try connection.execute(
        "INSERT INTO trial_value (trial_id, objective, sweep_id, value) VALUES (?, ?, ?, ?)",
        [.integer(id), .integer(Int64(objective)), .integer(sweep), .real(value)])
    }
    guard trial.state != "running" else { return }
    try connection.execute(
      """
      UPDATE trial SET state = ?, token = NULL, error = ?, ended_ms = ?, judged_number = ?
      WHERE id = ?
      """,
      [
        .text(trial.state), trial.error.map(SQLValue.text) ?? .null, optional(trial.ended),
        optional(trial.judgedNumber.map(Int64.init)), .integer(id),
      ])
    if ["finished", "pruned"].contains(trial.state) {
      try RowDigest.record(trial: id, in: connection)
    }
  }

  /// Connects the trials of a sweep with the runs of theirs that the file has, also where the file
  /// knows a run under the name of another file's that did the same.
  ///
  /// - Returns: How many there are.
  private func connect(_ record: SweepRecord) throws -> Int {
    try write { connection in
      var known = 0
      for trial in record.trials {
        for run in trial.runs {
          let found = try connection.rows(
            """
            SELECT id FROM run WHERE uuid = ?1
            UNION ALL SELECT run_id FROM merged_run WHERE uuid = ?1
            LIMIT 1
            """, [.text(run.uuid)]
          ) { try $0.int64(0) }
          guard let id = found.first else { continue }
          known += 1
          try connection.execute(
            """
            INSERT INTO trial_run (trial_id, run_id, computed)
            SELECT trial.id, ?, ? FROM trial JOIN sweep ON sweep.id = sweep_id
            WHERE sweep.uuid = ? AND trial.number = ?
            ON CONFLICT DO NOTHING
            """,
            [
              .integer(id), .integer(run.computed ? 1 : 0), .text(record.sweep.uuid),
              .integer(Int64(trial.number)),
            ])
        }
      }
      return known
    }
  }
}
