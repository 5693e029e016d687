internal import SQLite
internal import Tracker

extension SweepGoal {
  /// The objective's number.
  ///
  /// - Parameters:
  ///   - results: What the trial gave.
  ///   - sweep: The sweep's name.
  ///   - trial: The trial's number.
  ///   - tracker: Where its runs are recorded.
  /// - Returns: The number; NaN if a metric has none there.
  /// - Throws: ``SweepError/noNumber(objective:problem:)``, `SQLiteError`.
  func value(
    of results: TrialResults, sweep: String, trial: Int, in tracker: Tracker
  ) throws -> Double {
    switch source {
    case .metric(let name, let summary):
      if let number = results.numbers[name] { return number }
      let values = try values(of: name, run: results.run, summary: summary, in: tracker)
      guard let number = number(values, summary) else {
        throw SweepError.noNumber(objective: objective.name, problem: "was never recorded")
      }
      return number
    case .query(let sql, var values, let column):
      let declared = try tracker.read { try $0.describe(sql) }.parameters
      let given = results.values.merging([
        "sweep": .text(sweep), "trial": .integer(Int64(trial)),
      ]) { own, _ in own }
      values.merge(given.filter { declared.contains($0.key) }) { own, _ in own }
      let (columns, rows) = try tracker.read { try $0.query(sql, values) }
      let index = column.flatMap(columns.firstIndex) ?? 0
      guard rows.count == 1 else {
        throw SweepError.noNumber(
          objective: objective.name, problem: "gave \(rows.count) rows instead of one")
      }
      guard let number = rows[0][index].real else {
        throw SweepError.noNumber(objective: objective.name, problem: "gave no number")
      }
      return number
    }
  }

  /// The values that a summary needs, those of the largest steps first.
  private func values(
    of metric: String, run: String?, summary: MetricSummary, in tracker: Tracker
  ) throws -> [Double] {
    let limit: Int64 =
      switch summary {
      case .last: 1
      case .mean(let count?): Int64(count)
      case .best, .mean(nil): -1
      }
    return try tracker.read { connection in
      try connection.rows(
        "SELECT value FROM metrics WHERE run = ? AND name = ? ORDER BY step DESC LIMIT ?",
        [run.map(SQLValue.text) ?? .null, .text(metric), .integer(limit)]
      ) { $0.value(0).real ?? .nan }
    }
  }

  private func number(_ values: [Double], _ summary: MetricSummary) -> Double? {
    guard let first = values.first else { return nil }
    switch summary {
    case .last: return first
    case .best: return values.min { objective.loss(of: $0) < objective.loss(of: $1) }
    case .mean: return values.reduce(0, +) / Double(values.count)
    }
  }
}
