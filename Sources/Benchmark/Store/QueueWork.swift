import Foundation
import Sweep
import SweepQueue
import Tracker

/// The work of one process of those that share a queue: trials are claimed and finished, and do
/// nothing.
///
/// Tests/Cluster/queue_overhead.py starts some at once, and other tools beside them.
enum QueueWork {
  private final class Numbers: TrialProposer {
    var trialCount: Int? { nil }
    var observedCount: Int? { nil }
    func observe(_ trial: JudgedTrial) {}
    func propose(number: Int, running: [JSONValue]) -> JSONValue {
      .object(["x": .number(Double(number) / 1000)])
    }
  }

  /// Waits for a line on standard input, works until the sweep's budget is spent, and prints how
  /// many trials it did and the seconds.
  ///
  /// - Parameters:
  ///   - address: The server.
  ///   - name: The sweep, created if it is not there.
  ///   - trials: Its budget.
  /// - Throws: What keeps the server or the file of runs from being used.
  static func run(_ address: String, sweep name: String, trials: Int) throws {
    let server = PostgreSQLServer(
      address, patience: .untilCancelled, isCancelled: { false }, notice: { print($0) })
    let sweep = try server.open(
      SweepDescription(
        name: name, definition: .object([:]), seed: 0,
        objectives: [SweepObjective("value", .maximise)], budget: SweepBudget(trials: trials)))
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "assay-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let tracker = try Tracker(
      writing: directory.appending(path: "runs.db").path,
      environment: RunEnvironment(version: "bench"))
    let queue = server.queue(of: sweep, in: tracker, isCancelled: { false })
    let proposer = Numbers()
    print("ready")
    fflush(nil)
    _ = readLine()
    var count = 0
    let seconds = try Stopwatch.seconds {
      while case .trial(let trial) = try queue.claim(proposer: proposer) {
        try trial.finish([Double(trial.number % 97)])
        count += 1
      }
    }
    print(count, seconds)
  }
}
