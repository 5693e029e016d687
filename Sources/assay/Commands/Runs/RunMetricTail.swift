import Foundation
import SQLite
import Tracker

/// The metrics of a run as lines, a step a line.
struct RunMetricTail {
  private let run: Run
  /// The last step of each metric that was shown.
  private var shown: [String: Int64] = [:]

  init(of run: Run) {
    self.run = run
  }

  private struct Value {
    let name: String
    let step: Int64
    let value: Double
  }

  /// The last steps.
  mutating func beginning(steps: Int, in tracker: Tracker) throws -> String {
    let names = try tracker.read { connection in
      try connection.rows(
        "SELECT metric FROM run_metrics WHERE run = ?", [.text(run.uuid)]
      ) { try $0.text(0) }
    }
    let found = try names.flatMap { name in
      try values(of: name, after: nil, limit: steps, in: tracker)
    }
    for name in names where shown[name] == nil {
      shown[name] = try lastStep(of: name, in: tracker)
    }
    let lines = lines(of: found)
    return lines.suffix(steps).joined()
  }

  /// What has come since.
  mutating func news(in tracker: Tracker) throws -> String {
    let names = try tracker.read { connection in
      try connection.rows(
        "SELECT DISTINCT name FROM metric WHERE run_id = ?", [.integer(run.id)]
      ) { try $0.text(0) }
    }
    return lines(
      of: try names.flatMap { try values(of: $0, after: shown[$0], limit: -1, in: tracker) }
    ).joined()
  }

  private func lastStep(of name: String, in tracker: Tracker) throws -> Int64? {
    try tracker.read { connection in
      try connection.rows(
        "SELECT max(step) FROM metric WHERE run_id = ? AND name = ?",
        [.integer(run.id), .text(name)]
      ) { $0.value(0).integer }.first ?? nil
    }
  }

  /// The newest values of a metric behind a step, in the order of steps.
  private func values(
    of name: String, after step: Int64?, limit: Int, in tracker: Tracker
  ) throws -> [Value] {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT step, value FROM metric
        WHERE run_id = ?1 AND name = ?2 AND (?3 IS NULL OR step > ?3)
        ORDER BY step DESC LIMIT ?4
        """,
        [
          .integer(run.id), .text(name), step.map(SQLValue.integer) ?? .null,
          .integer(Int64(limit)),
        ]
      ) { Value(name: name, step: try $0.int64(0), value: $0.value(1).real ?? .nan) }
    }.reversed()
  }

  /// A line for each step, with the values of all metrics that have one there.
  private mutating func lines(of values: [Value]) -> [String] {
    for value in values { shown[value.name] = max(shown[value.name] ?? .min, value.step) }
    let steps = Dictionary(grouping: values, by: \.step)
    return steps.keys.sorted().map { step in
      let parts = (steps[step] ?? []).sorted { $0.name < $1.name }.map {
        "\($0.name) \(String(format: "%.6g", $0.value))"
      }
      return (["step \(step)"] + parts).joined(separator: "  ").terminalText + "\n"
    }
  }
}
