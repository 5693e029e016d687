internal import Foundation
internal import PostgreSQL
package import Sweep
package import Tracker

/// The queue of a sweep in PostgreSQL, which workers of any number of machines share.
///
/// A waiting trial is taken without a lock that others wait for. New trials are proposed under one on
/// the sweep, by samplers without history many at once.
package final class PostgreSQLQueue: TrialQueue {
  private let sweep: Int64
  private let link: QueueLink
  private let tracker: Tracker
  private let lease: Duration
  private let isCancelled: @Sendable () -> Bool
  /// How many claims in a row found nothing to do.
  private var waits = 0

  /// How many trials a sampler without history proposes at once.
  private static let batch = 32

  /// Takes the trials of a sweep.
  ///
  /// - Parameters:
  ///   - sweep: The sweep, as the queue has it.
  ///   - link: The connection to the queue.
  ///   - tracker: Where this worker keeps runs.
  ///   - lease: For how long a worker is waited for that is not heard of.
  ///   - isCancelled: Whether the worker is told to stop.
  package init(
    _ sweep: Sweep, over link: QueueLink, in tracker: Tracker, lease: Duration = .seconds(120),
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.sweep = sweep.id
    self.link = link
    self.tracker = tracker
    self.lease = lease
    self.isCancelled = isCancelled
  }

  package func claim(proposer: any TrialProposer) throws -> TrialClaim {
    pauseAfterWaiting()
    let token = UUID().uuidString.lowercased()
    do {
      let claim = try link.run { connection, isRepeated in
        if isRepeated, let row = try connection.run(.claimed, token).first {
          return try hold(row, token)
        }
        if let row = try take(token, connection) { return try hold(row, token) }
        try numberJudged(connection)
        return try connection.transaction { try propose(proposer, token, connection) }
      }
      if case .wait = claim { waits += 1 } else { waits = 0 }
      return claim
    } catch PostgreSQLError.cancelled {
      // Whoever told the worker to stop sees that next.
      return .wait
    }
  }

  /// Many workers wait at the end of a sweep: they ask less and less often, up to once a second.
  private func pauseAfterWaiting() {
    guard waits > 3 else { return }
    let end = Date(timeIntervalSinceNow: .random(in: 0.5...1) * min(1, 0.1 * Double(waits - 3)))
    while !isCancelled(), end.timeIntervalSinceNow > 0 {
      Thread.sleep(forTimeInterval: min(0.05, max(0, end.timeIntervalSinceNow)))
    }
  }

  private func hold(_ row: QueueRow, _ token: String) throws -> TrialClaim {
    .trial(
      PostgreSQLTrial(
        HeldRow(
          sweep: sweep, id: Int64(try row.integer(0)), token: token, number: try row.integer(1),
          parameters: try JSONValue(parsing: try row.text(2)), attempt: try row.integer(3),
          runs: row.values[4]?.split(separator: " ").map(String.init) ?? []),
        over: link, in: tracker, lease: lease))
  }

  private func take(_ token: String, _ connection: PostgreSQLConnection) throws -> QueueRow? {
    let process = ProcessIdentity.current
    return try connection.run(
      .claim, "\(sweep)", token, process.host, process.bootID, process.namespace,
      "\(process.processID)", process.started, lease.secondsText
    ).first
  }

  /// Gives trials that have ended their places in what samplers learn.
  ///
  /// It is done for good before a sampler learns of them: one that had seen another order could not be
  /// put right.
  private func numberJudged(_ connection: PostgreSQLConnection) throws {
    try connection.transaction {
      try connection.run(.lockSweep, "\(sweep)")
      try connection.run(.numberJudged, "\(sweep)")
    }
  }

  /// Looks for a trial while no other worker proposes: ends dead leases, and proposes new ones.
  private func propose(
    _ proposer: any TrialProposer, _ token: String, _ connection: PostgreSQLConnection
  ) throws -> TrialClaim {
    let id = "\(sweep)"
    guard let row = try connection.run(.lockSweep, id).first else {
      throw QueueError.damaged("the sweep has been deleted")
    }
    let (state, budget) = (try row.text(0), try row.integer(1))
    let (limit, created) = (try row.integer(2), try row.integer(3))
    guard state != "stopped" else { return .stopped }
    try connection.run(
      .endLeases, id, try deadTokens(connection), "the worker died", "true")
    if let row = try take(token, connection) { return try hold(row, token) }
    guard let counts = try connection.run(.openTrials, id).first else {
      throw QueueError.damaged("the sweep has been deleted")
    }
    let (running, queued) = (try counts.integer(0), try counts.integer(1))
    let (finished, judged) = (try counts.integer(2), try counts.integer(3))
    let room = min(
      budget - finished - running - queued, limit - created,
      (proposer.trialCount ?? .max) - created)
    if room > 0 {
      let count = proposer.observedCount == nil ? min(room, Self.batch) : 1
      try insert(created..<created + count, judged: judged, proposer, connection)
      if let row = try take(token, connection) { return try hold(row, token) }
    }
    // A trial may wait that another worker is about to take.
    guard running == 0, queued == 0, room <= 0 else { return .wait }
    try connection.run(.finishSweep, id)
    return .finished
  }

  /// The tokens of workers on this host whose processes are seen to be gone.
  private func deadTokens(_ connection: PostgreSQLConnection) throws -> String {
    let rows = try connection.run(.holders, "\(sweep)", ProcessIdentity.current.host)
    let dead = try rows.filter { row in
      let holder = ProcessIdentity(
        host: try row.text(1), bootID: try row.text(2), namespace: row.values[3],
        processID: Int64(try row.integer(4)), started: try row.text(5))
      return holder.isAlive == false
    }
    return "{" + (try dead.map { try $0.text(0) }).joined(separator: ",") + "}"
  }

  private func insert(
    _ numbers: Range<Int>, judged: Int, _ proposer: any TrialProposer,
    _ connection: PostgreSQLConnection
  ) throws {
    var running: [JSONValue] = []
    if let observed = proposer.observedCount {
      for row in try connection.run(.judged, "\(sweep)", "\(observed)") {
        try proposer.observe(
          JudgedTrial(
            parameters: try JSONValue(parsing: try row.text(0)), values: try row.numbers(1)))
      }
      running = try connection.run(.running, "\(sweep)").map {
        try JSONValue(parsing: try $0.text(0))
      }
    }
    let proposed = try numbers.map { number in
      JSONValue.string(try proposer.propose(number: number, running: running).canonical)
    }
    try connection.run(
      .propose, "\(sweep)", "\(numbers.lowerBound)", "\(judged)",
      JSONValue.array(proposed).canonical)
  }
}

extension Duration {
  var secondsText: String { "\(self / .seconds(1))" }
}
