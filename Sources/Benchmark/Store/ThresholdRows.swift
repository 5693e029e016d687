import Foundation
import SQLite
import Tracker

/// The exact thresholds of 10,000 images.
enum ThresholdRows {
  static func rows() throws -> [BenchmarkRow] {
    let samples = MeasuredMix.samples(10_000)
    let sql = try TemporaryStore.withPath { path in
      try MeasuredMix(path: path).write(samples)
      let tracker = try Tracker(reading: path)
      return try Stopwatch.leastSeconds { _ = try tracker.query(.bestThresholds, [:]) }
    }
    return [
      BenchmarkRow(
        workload: "exact thresholds of 10,000 images", value: sql * 1000, unit: "ms",
        target: .value(below: 200))
    ]
  }
}
