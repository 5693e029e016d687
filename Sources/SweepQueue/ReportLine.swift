internal import Foundation
internal import PostgreSQL
internal import Synchronization
internal import Tracker

/// What a worker and the queue say to each other of a trial that the worker holds.
final class ReportLine: Sendable {
  private let row: HeldRow
  private let link: QueueLink
  private let lost = Atomic(false)
  private let stopped = Atomic(false)
  /// Values that were not sent yet, in the order in which they were reported.
  private let unsent = Mutex<[Report]>([])

  private struct Report: Sendable {
    let step: Int
    let value: Double
  }

  init(_ row: HeldRow, link: QueueLink) {
    self.row = row
    self.link = link
  }

  var isLost: Bool { lost.load(ordering: .relaxed) }
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// Renews the lease, and sends what could not be sent before.
  func beat(lease: Duration) throws {
    try link.run(.once) { connection, _ in
      let rows = try connection.run(
        .heartbeat, "\(row.sweep)", "\(row.id)", row.token, lease.secondsText)
      if try rows.first?.integer(0) ?? 0 == 0 { lost.store(true, ordering: .relaxed) }
      if try rows.first?.text(1) == "stopped" { stopped.store(true, ordering: .relaxed) }
      if !isLost { try sendUnsent(connection) }
    }
  }

  func use(run: String, computed: Bool) throws {
    try link.run { connection, _ in
      let rows = try connection.run(
        .useRun, "\(row.id)", row.token, run, computed ? "true" : "false")
      try requireHeld(rows)
    }
  }

  /// Reports a value.
  ///
  /// - Returns: What others have reported at the step; nothing while the queue cannot be reached.
  func report(_ value: Double, step: Int) throws -> [Double] {
    let report = Report(step: step, value: value)
    do {
      return try link.run(.none) { connection, _ in
        try sendUnsent(connection)
        return try send(report, connection)
      }
    } catch PostgreSQLError.lost, PostgreSQLError.cancelled {
      unsent.withLock { $0.append(report) }
      return []
    }
  }

  /// Ends the attempt, once what was reported before is sent.
  ///
  /// - Parameters:
  ///   - outcome: What the attempt has as its outcome then.
  ///   - body: Ends it, and gives a row with how many attempts were ended.
  /// - Throws: `TrackerError.trialLost` if another worker has taken it over; `PostgreSQLError`.
  func end(
    as outcome: String, _ body: (PostgreSQLConnection) throws -> [QueueRow]
  ) throws {
    try link.run { connection, isRepeated in
      if isRepeated,
        try connection.run(.outcome, "\(row.id)", row.token).first?.text(0) == outcome
      {
        return
      }
      try sendUnsent(connection)
      try requireHeld(try body(connection))
    }
  }

  /// Leaves a message, if the queue can be reached.
  func say(_ text: String) {
    _ = try? link.run(.none) { connection, _ in
      try connection.run(.say, "\(row.sweep)", "\(row.id)", text)
    }
  }

  /// Sends in their order what could not be sent before.
  private func sendUnsent(_ connection: PostgreSQLConnection) throws {
    while let next = unsent.withLock(\.first) {
      _ = try send(next, connection)
      // Nobody else takes values away: the connection is this thread's until it gives it back.
      unsent.withLock { _ = $0.removeFirst() }
    }
  }

  private func send(
    _ report: Report, _ connection: PostgreSQLConnection
  ) throws -> [Double] {
    let rows = try connection.run(
      .report, "\(row.sweep)", "\(row.id)", row.token, "\(report.step)", report.value.queueText)
    try requireHeld(rows)
    return try rows.flatMap { try $0.numbers(1) }
  }

  private func requireHeld(_ rows: [QueueRow]) throws {
    guard try rows.first?.integer(0) ?? 0 > 0 else {
      lost.store(true, ordering: .relaxed)
      throw TrackerError.trialLost(number: row.number)
    }
  }
}
