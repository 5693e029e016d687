internal import SQLite
internal import Synchronization

/// Metric points that wait to be written together.
final class MetricBuffer: Sendable {
  /// Points of one name, in the order in which they came.
  struct Points: Sendable {
    var steps: [Int64] = []
    var values: [Double] = []
    var times: [Int64] = []
  }

  private struct State {
    var points: [String: Points] = [:]
    var count = 0
  }

  /// How many points may wait.
  private static let capacity = 8192
  private let state = Mutex(State())

  /// Adds a point; returns whether it is time to write.
  func add(_ name: String, step: Int64, value: Double) -> Bool {
    let now = Clock.milliseconds
    return state.withLock { state in
      state.points[name, default: Points()].append(step: step, value: value, time: now)
      state.count += 1
      return state.count >= Self.capacity
    }
  }

  /// Takes out what waits.
  func take() -> [String: Points] {
    state.withLock { state in
      defer { state = State() }
      return state.points
    }
  }

  /// Puts back what could not be written, before what has come since.
  func restore(_ points: [String: Points]) {
    state.withLock { state in
      for (name, earlier) in points {
        let later = state.points[name] ?? Points()
        state.points[name] = earlier.followed(by: later)
        state.count += earlier.steps.count
      }
    }
  }

  /// Writes points of a run.
  static func write(
    _ points: [String: Points], of run: Int64, to connection: Connection
  ) throws(SQLiteError) {
    for (name, points) in points.sorted(by: { $0.key < $1.key }) {
      try connection.insertRows(
        """
        INSERT INTO metric (run_id, name, step, value, recorded_ms) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET value = excluded.value, recorded_ms = excluded.recorded_ms
        """,
        [
          .constant(run), .text(name), .integers(points.steps), .reals(points.values),
          .integers(points.times),
        ])
    }
  }
}

extension MetricBuffer.Points {
  mutating func append(step: Int64, value: Double, time: Int64) {
    steps.append(step)
    values.append(value)
    times.append(time)
  }

  func followed(by later: MetricBuffer.Points) -> MetricBuffer.Points {
    MetricBuffer.Points(
      steps: steps + later.steps, values: values + later.values, times: times + later.times)
  }
}
