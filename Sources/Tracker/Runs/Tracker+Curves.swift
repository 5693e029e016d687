internal import SQLite

/// A metric of a run, as far as it has come.
public struct LastMetric: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// The largest step.
  public let step: Int64
  /// The value there; nil: is not a number (NaN).
  public let value: Double?
}

/// A metric of a run over its steps, neighbouring ones taken together where they are many.
public struct MetricCurve: Sendable, Equatable {
  /// Neighbouring steps.
  public struct Point: Sendable, Equatable {
    /// The last of the steps.
    public let step: Int64
    /// The mean of their values; nil: none is a number.
    public let mean: Double?
    /// The smallest value; nil: none is a number.
    public let low: Double?
    /// The largest value; nil: none is a number.
    public let high: Double?
  }

  /// The points, in the order of their steps.
  public let points: [Point]
  /// Whether points stand for several steps.
  public let isSummary: Bool
}

extension Tracker {
  /// A run's metrics with their last values, by name.
  ///
  /// Each is found by two steps in an index, whatever number of values it has.
  ///
  /// - Throws: `SQLiteError`.
  public func lastMetrics(of run: Run) throws -> [LastMetric] {
    try read { connection in
      try connection.rows(
        """
        WITH RECURSIVE known (name) AS (
          SELECT min(name) FROM metric WHERE run_id = ?1
          UNION ALL
          SELECT (
            SELECT min(metric.name) FROM metric
            WHERE run_id = ?1 AND metric.name > known.name)
          FROM known WHERE known.name IS NOT NULL)
        SELECT
          known.name,
          (SELECT step FROM metric WHERE run_id = ?1 AND metric.name = known.name
           ORDER BY step DESC LIMIT 1),
          (SELECT value FROM metric WHERE run_id = ?1 AND metric.name = known.name
           ORDER BY step DESC LIMIT 1)
        FROM known WHERE known.name IS NOT NULL
        """, [.integer(run.id)]
      ) { row in
        LastMetric(name: try row.text(0), step: try row.int64(1), value: row.value(2).real)
      }
    }
  }

  /// A metric of a run.
  ///
  /// - Parameters:
  ///   - metric: Its name.
  ///   - run: The run.
  ///   - points: So many points at most, each of a range of steps that are equally many.
  /// - Returns: The curve; without points if the run has no such metric.
  /// - Throws: `SQLiteError`.
  public func curve(of metric: String, in run: Run, points: Int) throws -> MetricCurve {
    try read { connection in
      let ends = try connection.rows(
        """
        SELECT
          (SELECT step FROM metric WHERE run_id = ?1 AND name = ?2 ORDER BY step LIMIT 1),
          (SELECT step FROM metric WHERE run_id = ?1 AND name = ?2 ORDER BY step DESC LIMIT 1)
        """, [.integer(run.id), .text(metric)]
      ) { ($0.value(0).integer, $0.value(1).integer) }.first
      guard let first = ends?.0, let last = ends?.1 else {
        return MetricCurve(points: [], isSummary: false)
      }
      let length = Double(last) - Double(first) + 1
      let isSummary = length > Double(points)
      let found = try connection.rows(
        isSummary
          ? """
          SELECT max(step), avg(value), min(value), max(value) FROM metric
          WHERE run_id = ?1 AND name = ?2
          GROUP BY CAST((step - ?3) * 1.0 * ?4 / ?5 AS INTEGER) ORDER BY 1
          """
          : """
          SELECT step, value, value, value FROM metric
          WHERE run_id = ?1 AND name = ?2 AND ?3 <= step AND ?4 > 0 AND ?5 > 0 ORDER BY step
          """,
        [
          .integer(run.id), .text(metric), .integer(first), .integer(Int64(points)), .real(length),
        ]
      ) { row in
        MetricCurve.Point(
          step: try row.int64(0), mean: row.value(1).real, low: row.value(2).real,
          high: row.value(3).real)
      }
      return MetricCurve(
        points: found, isSummary: isSummary && found.contains { $0.low != $0.high })
    }
  }
}
