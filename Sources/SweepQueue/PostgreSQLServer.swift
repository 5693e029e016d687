internal import Bytes
internal import Foundation
internal import PostgreSQL
package import Sweep
package import Tracker

/// The queues of sweeps in a PostgreSQL database.
package final class PostgreSQLServer: SweepServer {
  private let link: QueueLink
  private let patience: QueueLink.Patience

  /// Prepares to ask a server.
  ///
  /// - Parameters:
  ///   - address: A URI or a list of `keyword=value`, as libpq takes them.
  ///   - patience: What happens when the server cannot be reached, but for queues: they wait.
  ///   - isCancelled: Returns true to stop waiting; called often.
  ///   - notice: Receives, on any thread, what the user should know.
  package init(
    _ address: String, patience: QueueLink.Patience = .once,
    isCancelled: @escaping @Sendable () -> Bool, notice: @escaping @Sendable (String) -> Void
  ) {
    link = QueueLink(address, isCancelled: isCancelled, notice: notice)
    self.patience = patience
  }

  private func ask(
    _ statement: QueueStatement, _ values: String?...
  ) throws -> [QueueRow] {
    try link.run(patience) { connection, _ in
      try connection.run(kept: statement.rawValue, statement.sql, values)
        .map { QueueRow(values: $0) }
    }
  }

  private init(_ link: QueueLink, patience: QueueLink.Patience) {
    self.link = link
    self.patience = patience
  }

  package func waiting() -> any SweepServer {
    PostgreSQLServer(link, patience: .untilCancelled)
  }

  package func connect() throws {
    try link.run(patience) { _, _ in }
  }

  package func open(_ description: SweepDescription) throws -> Sweep {
    try RecordName.check(description.name, of: "sweep")
    let definition = description.definition.canonical
    let budget = description.budget
    let objectives = JSONValue.array(
      description.objectives.map { objective in
        .object(["name": .string(objective.name), "goal": .string(objective.goal.rawValue)])
      })
    let opened = try ask(
      .openSweep, UUID().uuidString.lowercased(), description.name, definition,
      ContentDigest.sha256(Array(definition.utf8)),
      description.definition["sampler"]?["name"]?.string ?? "tpe", "\(description.seed)",
      objectives.canonical, "\(budget.trials)", "\(budget.trialLimit)", "\(budget.attemptLimit)",
      description.retention.pixels.rawValue, description.retention.models.rawValue)
    let sweep = try sweep(named: description.name)
    if opened.isEmpty {
      try sweep.description.requireSame(as: description)
      throw TrackerError.differentSweep(
        name: description.name, differences: ["its objectives are others"])
    }
    return sweep
  }

  package func sweep(named name: String) throws -> Sweep {
    guard let row = try ask(.sweeps, name).first else { throw TrackerError.unknownSweep(name) }
    return try Sweep(row)
  }

  package func sweeps() throws -> [Sweep] {
    try ask(.sweeps, nil).map { try Sweep($0) }
  }

  package func stop(_ sweep: Sweep) throws {
    _ = try ask(.stopSweep, "\(sweep.id)")
  }

  package func retryFailedTrials(of sweep: Sweep) throws -> Int {
    try ask(.retryFailed, "\(sweep.id)").first?.integer(0) ?? 0
  }

  package func bestTrial(of sweep: Sweep) throws -> BestTrial? {
    let isMinimised = sweep.description.objectives.first?.goal == .minimise
    return try ask(.bestTrial, "\(sweep.id)", isMinimised ? "true" : "false").first.map { row in
      BestTrial(
        number: try row.integer(0), parameters: try JSONValue(parsing: try row.text(1)),
        value: try row.numbers(2).first ?? .nan)
    }
  }

  package func messages(
    of sweep: Sweep, newest count: Int
  ) throws -> [(time: String, text: String)] {
    try ask(.messages, "\(sweep.id)", "\(count)").map { (try $0.text(0), try $0.text(1)) }
  }

  package func record(of sweep: Sweep) throws -> SweepRecord {
    try link.run(patience) { connection, _ in
      try connection.transaction {
        // All that is read is of one moment.
        try connection.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return try PulledSweep(connection).record(of: sweep)
      }
    }
  }

  package func queue(
    of sweep: Sweep, in tracker: Tracker, isCancelled: @escaping @Sendable () -> Bool
  ) -> any TrialQueue {
    PostgreSQLQueue(sweep, over: link, in: tracker, isCancelled: isCancelled)
  }
}

extension Sweep {
  /// Reads a row of sweeps.sql.
  init(_ row: QueueRow) throws {
    func known<Value: RawRepresentable<String>>(_ column: Int, _ type: Value.Type) throws -> Value {
      let text = try row.text(column)
      guard let value = Value(rawValue: text) else {
        throw QueueError.damaged("a sweep has the unknown value '\(text)'")
      }
      return value
    }
    guard case .array(let objectives) = try JSONValue(parsing: try row.text(6)) else {
      throw QueueError.damaged("a sweep has no objectives")
    }
    self.init(
      id: Int64(try row.integer(0)), uuid: try row.text(1), state: try known(2, SweepState.self),
      description: SweepDescription(
        name: try row.text(3), definition: try JSONValue(parsing: try row.text(4)),
        seed: Int64(try row.integer(5)),
        objectives: objectives.map { objective in
          SweepObjective(
            objective["name"]?.string ?? "",
            objective["goal"]?.string == "minimise" ? .minimise : .maximise)
        },
        budget: SweepBudget(
          trials: try row.integer(7), trialLimit: try row.integer(8),
          attemptLimit: try row.integer(9)),
        retention: SweepRetention(
          pixels: try known(10, SweepRetention.Extent.self),
          models: try known(11, SweepRetention.Extent.self))),
      counts: TrialCounts(
        queued: try row.integer(12), running: try row.integer(13), finished: try row.integer(14),
        failed: try row.integer(15), pruned: try row.integer(16)))
  }
}
