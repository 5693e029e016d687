import CStoreLimit
import SQLite
import Tracker

/// Writes rows into the store.
///
/// A plain C loop writes the same rows into the same tables of another file, as many in a
/// transaction, and sets the limit.
enum WritingRows {
  private static let runs = 3

  /// Per-image rows as a measurement writes them: chunks of 400 images.
  static func imageRows() throws -> BenchmarkRow {
    let (chunks, rows) = (250, 400)
    let columns: [ColumnValues] = {
      let images = (0..<chunks * rows).map(Int64.init)
      let digits = images.map { $0 % 10 }
      let reals = images.map { 1 / Double($0 + 6) }
      return [.constant(MeasuredMix.measurement), .integers(images)]
        + Array(repeating: .integers(digits), count: 3)
        + Array(repeating: .reals(reals), count: 7)
        + Array(repeating: .integers(digits), count: 5)
    }()
    let cut = (0..<chunks).map { chunk in
      columns.map { $0.slice(chunk * rows..<(chunk + 1) * rows) }
    }
    var (seconds, limit) = (Double.infinity, Double.infinity)
    for _ in 0..<runs {
      try TemporaryStore.withPath { path in
        _ = try MeasuredMix(path: path)
        limit = min(
          limit,
          try plainLoop {
            store_limit_image_rows(path, MeasuredMix.measurement, Int64(chunks), Int64(rows), $0)
          })
      }
      try TemporaryStore.withPath { path in
        _ = try MeasuredMix(path: path)
        let connection = try Connection(path: path, mode: .create)
        let elapsed = try Stopwatch.seconds {
          for columns in cut {
            try connection.transaction {
              try connection.insertRows(
                """
                INSERT INTO image_uncertainty
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, columns)
            }
          }
        }
        seconds = min(seconds, elapsed)
      }
    }
    return row(
      "per-image rows", count: chunks * rows, seconds: seconds, limit: limit, target: 0.85)
  }

  /// Metric points, one call each; the C loop writes as many in a transaction as wait at most.
  static func metricPoints() throws -> BenchmarkRow {
    let (chunks, rows) = (25, 8192)
    var (seconds, limit) = (Double.infinity, Double.infinity)
    for _ in 0..<runs {
      try TemporaryStore.withPath { path in
        _ = try MeasuredMix(path: path)
        limit = min(
          limit, try plainLoop { store_limit_metrics(path, 5, Int64(chunks), Int64(rows), $0) })
      }
      try TemporaryStore.withPath { path in
        let tracker = try Tracker(writing: path, environment: RunEnvironment(version: "bench"))
        let begun = try tracker.begin(RunDescription(kind: "bench", configuration: .object([:])))
        guard case .active(let run) = begun else { return }
        let elapsed = try Stopwatch.seconds {
          for step in 0..<Int64(chunks * rows) {
            try run.log("loss", step: step, value: 1 / Double(step + 1))
          }
          try run.finish()
        }
        seconds = min(seconds, elapsed)
      }
    }
    return row(
      "metric points, one call each", count: chunks * rows, seconds: seconds, limit: limit,
      target: 0.6)
  }

  private static func row(
    _ workload: String, count: Int, seconds: Double, limit: Double, target: Double
  ) -> BenchmarkRow {
    BenchmarkRow(
      workload: workload, value: Double(count) / seconds, unit: "rows/s",
      limit: Double(count) / limit, target: .ratio(atLeast: target))
  }

  private static func plainLoop(_ body: (UnsafeMutablePointer<Double>) -> Int32) throws -> Double {
    var seconds = 0.0
    let code = body(&seconds)
    guard code == 0 else { throw SQLiteError(.misuse, "the plain C loop failed with code \(code)") }
    return seconds
  }
}

extension ColumnValues {
  /// The values of some rows.
  fileprivate func slice(_ range: Range<Int>) -> ColumnValues {
    switch self {
    case .integers(let values): .integers(Array(values[range]))
    case .reals(let values): .reals(Array(values[range]))
    default: self
    }
  }
}
