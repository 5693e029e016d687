internal import SQLite
internal import Tracker

/// Drops what a sweep's policy does not keep of its trials.
///
/// Only what trials of this sweep computed themselves is dropped, and nothing that a trial under way
/// uses or that a command outside of sweeps asked for. What is dropped is recorded by its SHA-256 and
/// can be computed again.
struct Retention {
  let sweep: Sweep
  let tracker: Tracker

  /// Runs that trials of the sweep computed alone, and that neither a trial that goes on, nor another
  /// sweep, nor, if `best` says so, a best trial uses.
  private static func candidates(sparing best: Bool) -> String {
    """
    SELECT DISTINCT trial_run.run_id FROM trial_run
    JOIN trial ON trial.id = trial_run.trial_id
    WHERE trial.sweep_id = :sweep AND trial_run.computed = 1
      AND NOT EXISTS (SELECT 1 FROM own_runs WHERE record_number = trial_run.run_id)
      AND NOT EXISTS (
        SELECT 1 FROM trial_run AS use
        JOIN trial AS user ON user.id = use.trial_id
        WHERE use.run_id = trial_run.run_id
          AND (user.sweep_id <> :sweep OR user.state IN ('queued', 'running', 'failed')\
    \(best ? " OR user.number IN (SELECT value FROM json_each(:best))" : "")))
    """
  }

  /// Drops what is not kept; what a crash left is dropped the next time.
  ///
  /// - Throws: `SQLiteError`.
  func apply() throws {
    let kept = sweep.description.retention
    guard kept.pixels != .all || kept.models != .all else { return }
    let numbers = try tracker.bestTrials(of: sweep)
    let best = JSONValue.array(numbers.map { .integer(Int64($0)) }).canonical
    if kept.models != .all { try dropModels(best: kept.models == .best ? best : nil) }
    if kept.pixels != .all { try dropPixels(best: kept.pixels == .best ? best : nil) }
  }

  private func runs(_ sql: String, best: String?) throws -> [Run] {
    var values: [String: SQLValue] = ["sweep": .integer(sweep.id)]
    values["best"] = best.map(SQLValue.text)
    let uuids = try tracker.read { connection in
      try connection.query(
        "SELECT uuid FROM run WHERE id IN (\(Self.candidates(sparing: best != nil))) AND \(sql)",
        values)
    }.rows.compactMap { $0[0].text }
    return try uuids.map { try tracker.run(uuid: $0) }
  }

  private func dropModels(best: String?) throws {
    let finished =
      "EXISTS (SELECT 1 FROM artifact WHERE run_id = run.id AND name = 'weights')"
    for run in try runs(finished, best: best) {
      try tracker.amend(run) { try $0.dropArtifact("weights") }
    }
    // A training that was given up goes on from its first step should anyone want it again.
    let unfinished = "state IN ('interrupted', 'failed') AND kind = 'train'"
    for run in try runs(unfinished, best: best) {
      try tracker.amend(run) { writer in
        try writer.execute(
          "DELETE FROM run WHERE id = ? AND state IN ('interrupted', 'failed')",
          [.integer(writer.runID)])
      }
    }
  }

  private func dropPixels(best: String?) throws {
    let finished =
      """
      state = 'finished' AND EXISTS (
        SELECT 1 FROM adversarial_pixels WHERE adversarial_set_id = run.id)
      """
    for run in try runs(finished, best: best) {
      let pixels = try tracker.read { connection in
        try connection.rows(
          "SELECT pixels FROM adversarial_pixels WHERE adversarial_set_id = ? ORDER BY image_index",
          [.integer(run.id)]
        ) { try $0.blob(0) }
      }
      let digest = Digest.sha256(Array(pixels.joined()))
      try tracker.amend(run) { writer in
        try writer.execute(
          """
          INSERT INTO dropped_pixels (adversarial_set_id, sha256, dropped_ms)
          VALUES (?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
          ON CONFLICT DO NOTHING
          """, [.integer(writer.runID), .text(digest)])
        try writer.execute(
          "DELETE FROM adversarial_pixels WHERE adversarial_set_id = ?", [.integer(writer.runID)])
      }
    }
  }
}
