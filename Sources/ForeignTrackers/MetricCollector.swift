internal import Tracker

/// Collects values of many metrics, as files interleave them, and hands them over in chunks.
struct MetricCollector {
  private struct Points {
    var steps: [Int64] = []
    var values: [Double] = []
    var times: [Int64] = []
  }

  private var points: [String: Points] = [:]
  private var count = 0
  private let writer: ImportWriter

  private static let most = 1 << 16

  init(_ writer: ImportWriter) {
    self.writer = writer
  }

  /// Adds a value; the time is in milliseconds since 1970.
  ///
  /// - Throws: `SQLiteError`.
  mutating func add(_ name: String, step: Int64, value: Double, time: Int64) throws {
    points[name, default: Points()].steps.append(step)
    points[name, default: Points()].values.append(value)
    points[name, default: Points()].times.append(time)
    count += 1
    if count >= Self.most { try flush() }
  }

  /// Hands over all that was added.
  ///
  /// - Throws: `SQLiteError`.
  mutating func flush() throws {
    for (name, points) in points.sorted(by: { $0.key < $1.key }) {
      try writer.add(name, steps: points.steps, values: points.values, times: points.times)
    }
    points.removeAll(keepingCapacity: true)
    count = 0
  }
}
