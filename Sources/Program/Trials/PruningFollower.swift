internal import SQLite
internal import Sweep
internal import Synchronization
internal import Tracker

/// Stops a trial's command when its metrics are not worth going on.
final class PruningFollower: ProgramFollower {
  private let trial: SweepTrial
  private let failure = Mutex<(any Error)?>(nil)

  init(_ trial: SweepTrial) {
    self.trial = trial
  }

  /// What kept it from judging, such as that another worker has the trial; nil: nothing did.
  var error: (any Error)? { failure.withLock { $0 } }

  func recorded(_ points: [MetricPoint]) -> StopReason? {
    guard let metric = trial.pruningMetric else { return nil }
    do {
      for point in points where point.name == metric {
        if try judge(metric, point.value, step: point.step) { return .pruned }
      }
      return nil
    } catch {
      failure.withLock { $0 = error }
      return .stopped
    }
  }

  /// Judges what earlier attempts have recorded.
  ///
  /// - Returns: Whether the trial is given up.
  /// - Throws: `TrackerError.trialLost` or `SQLiteError`.
  func judge(recordedIn run: String, of tracker: Tracker) throws -> Bool {
    guard let metric = trial.pruningMetric else { return false }
    let points = try tracker.read { connection in
      try connection.rows(
        "SELECT step, value FROM metrics WHERE run = ? AND name = ? ORDER BY step",
        [.text(run), .text(metric)]
      ) { (step: try $0.int64(0), value: $0.value(1).real ?? .nan) }
    }
    return try points.contains { try judge(metric, $0.value, step: $0.step) }
  }

  private func judge(_ metric: String, _ value: Double, step: Int64) throws -> Bool {
    try trial.report(step: Int(step), metrics: [metric: value])
  }
}
