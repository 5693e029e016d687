import Foundation
import SQLite
import Tracker

/// The cost of recording a sweep: its trials are claimed and finished, and do no work.
enum SweepOverhead {
  /// How many trials the file has where the cost of one is measured.
  static let depths = [10, 1000, 100_000]
  static let sample = 500

  private final class Numbers: TrialProposer {
    var trialCount: Int? { nil }
    var observedCount: Int? { nil }
    func observe(_ trial: JudgedTrial) {}
    func propose(number: Int, running: [JSONValue]) -> JSONValue {
      .object(["x": .integer(Int64(number))])
    }
  }

  /// A row for each depth, and one for the time that the status of the largest sweep takes.
  static func rows() throws -> [BenchmarkRow] {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "assay-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let tracker = try Tracker(
      writing: directory.appending(path: "bench.db").path,
      environment: RunEnvironment(version: "bench"))
    let sweep = try tracker.openSweep(
      SweepDescription(
        name: "bench", definition: .object([:]), seed: 0,
        objectives: [SweepObjective("value", .maximise)], budget: SweepBudget(trials: 1_000_000)))
    let proposer = Numbers()
    var rows: [BenchmarkRow] = []
    var done = 0
    for depth in depths {
      while done < depth {
        try doTrial(of: sweep, proposer, tracker)
        done += 1
      }
      let seconds = try Stopwatch.seconds {
        for _ in 0..<sample { try doTrial(of: sweep, proposer, tracker) }
      }
      done += sample
      rows.append(
        BenchmarkRow(
          workload: "trial claimed and finished, at trial \(depth)",
          value: seconds * 1000 / Double(sample), unit: "ms", target: .value(below: 1)))
    }
    let seconds = try Stopwatch.seconds {
      let current = try tracker.sweep(named: sweep.name)
      _ = try tracker.bestTrial(of: current)
      _ = try tracker.trialRate(of: current)
    }
    rows.append(
      BenchmarkRow(
        workload: "status of a sweep of \(done) trials", value: seconds * 1000, unit: "ms",
        target: .value(below: 100)))
    return rows
  }

  private static func doTrial(
    of sweep: Sweep, _ proposer: Numbers, _ tracker: Tracker
  ) throws {
    guard case .trial(let trial) = try tracker.claimTrial(of: sweep, proposer: proposer) else {
      return
    }
    try trial.finish([Double(trial.number % 97)])
  }
}
