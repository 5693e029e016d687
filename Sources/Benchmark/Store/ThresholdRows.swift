import Detection
import Foundation
import SQLite
import Tracker

/// The exact thresholds of 10,000 images, in Swift and in SQL.
enum ThresholdRows {
  static func rows() throws -> [BenchmarkRow] {
    let samples = MeasuredMix.samples(10_000)
    let swift = Stopwatch.leastSeconds { _ = ThresholdSearch.best(samples) }
    let sql = try TemporaryStore.withPath { path in
      try MeasuredMix(path: path).write(samples)
      let tracker = try Tracker(reading: path)
      return try Stopwatch.leastSeconds { _ = try tracker.query(.bestThresholds, [:]) }
    }
    return [
      BenchmarkRow(
        workload: "exact thresholds of 10,000 images, Swift", value: swift * 1000, unit: "ms",
        target: .value(below: 5)),
      BenchmarkRow(
        workload: "exact thresholds of 10,000 images, SQL", value: sql * 1000, unit: "ms",
        target: .value(below: 200)),
    ]
  }
}
