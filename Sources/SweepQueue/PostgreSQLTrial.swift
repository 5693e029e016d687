internal import Foundation
internal import PostgreSQL
internal import Sweep
internal import Synchronization
internal import Tracker

/// A trial's row as it was taken.
struct HeldRow: Sendable {
  let sweep: Int64
  let id: Int64
  let token: String
  let number: Int
  let parameters: JSONValue
  let attempt: Int
  /// The UUIDs of the runs that earlier attempts used, the oldest first.
  let runs: [String]
}

/// A trial that this process holds in a queue in PostgreSQL.
///
/// While the server cannot be reached the trial goes on: reports are kept and sent later, and its end
/// waits. Whether the trial is still this worker's is decided then, by its token.
final class PostgreSQLTrial: TrialHold {
  private let row: HeldRow
  private let line: ReportLine
  private let tracker: Tracker
  private let heartbeat: Heartbeat
  private let ownRuns = Mutex<[String]>([])

  /// The longest time between two heartbeats, in milliseconds.
  private static let longestBeat = 5000

  init(_ row: HeldRow, over link: QueueLink, in tracker: Tracker, lease: Duration) {
    let line = ReportLine(row, link: link)
    self.row = row
    self.line = line
    self.tracker = tracker
    let beat = min(Self.longestBeat, Int(lease / .milliseconds(6)))
    heartbeat = Heartbeat(milliseconds: max(beat, 20)) {
      // One that fails is made up for by the next one: only a lease that is really lost ends a trial.
      try? line.beat(lease: lease)
    }
  }

  deinit {
    heartbeat.stop()
  }

  var number: Int { row.number }
  var parameters: JSONValue { row.parameters }
  var attempt: Int { row.attempt }
  var isLost: Bool { line.isLost }
  var isStopped: Bool { line.isStopped }

  func use(run: String, computed: Bool) throws {
    try line.use(run: run, computed: computed)
    ownRuns.withLock { own in
      if !row.runs.contains(run), !own.contains(run) { own.append(run) }
    }
  }

  func runs() throws -> [Run] {
    // Those of earlier attempts may be in another worker's file.
    try (row.runs + ownRuns.withLock { $0 }).compactMap { try tracker.findRun(uuid: $0) }
  }

  func report(_ value: Double, step: Int) throws -> [Double] {
    try line.report(value, step: step)
  }

  func finish(_ values: [Double]) throws {
    try end("finished", "finished", values: values)
  }

  func prune() throws { try end("pruned", "pruned") }

  func fail(_ error: String) throws {
    try end("failed", "failed", error: error.split(separator: "\n").joined(separator: " "))
  }

  func release() throws { try end("queued", "released") }

  func lose(_ reason: String) throws {
    try line.end(as: "lost") { connection in
      try connection.run(.endLeases, "\(row.sweep)", "{\(row.token)}", reason, "false")
    }
    heartbeat.stop()
  }

  private func end(
    _ state: String, _ outcome: String, error: String? = nil, values: [Double] = []
  ) throws {
    let list = "{" + values.map(\.queueText).joined(separator: ",") + "}"
    // A text that PostgreSQL cannot hold would keep the trial from ending.
    let error = error?.replacing("\0", with: "")
    do {
      try line.end(as: outcome) { connection in
        try connection.run(
          .endTrial, "\(row.id)", row.token, state, outcome, error, list)
      }
    } catch let lost as TrackerError where outcome == "finished" {
      line.say("trial \(number): a result came after its lease had run out, and was not stored")
      throw lost
    }
    heartbeat.stop()
  }
}
