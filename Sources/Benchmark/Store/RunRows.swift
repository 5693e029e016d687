import Foundation
import SQLite
import Tracker

/// The cost of recording a run, and the time that a list of many runs takes.
enum RunRows {
  private static let sample = 300
  private static let listed = 10_000
  private static let deep = 100_000

  static func rows() throws -> [BenchmarkRow] {
    try TemporaryStore.withPath { path in
      let tracker = try Tracker(writing: path, environment: RunEnvironment(version: "bench"))
      var number = 0
      func milliseconds(_ count: Int) throws -> Double {
        let seconds = try Stopwatch.seconds {
          for _ in 0..<count {
            try doRun(number, tracker)
            number += 1
          }
        }
        return seconds * 1000 / Double(count)
      }
      _ = try milliseconds(20)
      var rows = [
        BenchmarkRow(
          workload: "run created, filled and finished, the first ones",
          value: try milliseconds(sample), unit: "ms", target: .value(below: 1))
      ]
      _ = try milliseconds(listed - number)
      rows.append(
        BenchmarkRow(
          workload: "assay runs list, 10,000 runs, cold start", value: try list(path) * 1000,
          unit: "ms", target: .value(below: 50)))
      _ = try milliseconds(deep - number)
      rows.append(
        BenchmarkRow(
          workload: "run created, filled and finished, after 100,000",
          value: try milliseconds(sample), unit: "ms", target: .value(below: 1)))
      return rows
    }
  }

  /// A run as trackers see them: a few parameters, ten points of a metric.
  private static func doRun(_ number: Int, _ tracker: Tracker) throws {
    let description = RunDescription(
      kind: "bench",
      configuration: .object(["number": .integer(Int64(number)), "rate": .number(0.5)]),
      seed: 1)
    guard case .active(let run) = try tracker.begin(description) else { return }
    for step in 0..<10 { try run.log("loss", step: Int64(step), value: 1) }
    try run.finish()
  }

  /// The seconds that the command takes, from the start of its process.
  private static func list(_ path: String) throws -> Double {
    try AssayProcess.seconds(["runs", "list", "--db", path], times: 21)
  }
}
