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

  /// What became of a point.
  enum Addition: Sendable {
    /// It waits.
    case waiting
    /// It waits, and so many do that it is time to write.
    case full
    /// It was refused: nothing will be written any more.
    case refused
  }

  private struct State {
    var points: [String: Points] = [:]
    var count = 0
    var isClosed = false
  }

  /// How many points may wait.
  private static let capacity = 8192
  private let state = Mutex(State())

  /// Whether no points wait.
  var isEmpty: Bool { state.withLock { $0.count == 0 } }

  /// Adds a point, unless the buffer is closed.
  func add(_ name: String, step: Int64, value: Double) -> Addition {
    let now = Clock.milliseconds
    return state.withLock { state in
      guard !state.isClosed else { return .refused }
      state.points[name, default: Points()].append(step: step, value: value, time: now)
      state.count += 1
      return state.count >= Self.capacity ? .full : .waiting
    }
  }

  /// Takes out what waits.
  ///
  /// - Parameter closing: Whether these are the last points: later ones are refused.
  /// - Returns: The points by name.
  func take(closing: Bool) -> [String: Points] {
    state.withLock { state in
      defer { state = State(isClosed: closing || state.isClosed) }
      return state.points
    }
  }

  /// Puts back what could not be written, before what has come since, and opens the buffer again.
  func restore(_ points: [String: Points]) {
    state.withLock { state in
      for (name, earlier) in points {
        let later = state.points[name] ?? Points()
        state.points[name] = earlier.followed(by: later)
        state.count += earlier.steps.count
      }
      state.isClosed = false
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
