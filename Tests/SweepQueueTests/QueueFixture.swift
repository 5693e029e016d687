import Foundation
import PostgreSQL
import SQLite
import Sweep
import SweepQueue
import TestSupport
import Tracker

/// The queues that there are.
enum QueueKind: String, CaseIterable, Sendable {
  case file, postgresql
}

/// Proposes the trial's number as its only parameter, and remembers what it was shown.
final class Counting: TrialProposer {
  let trialCount: Int?
  private let usesHistory: Bool
  private(set) var observed: [JudgedTrial] = []
  private(set) var running: [JSONValue] = []

  init(trialCount: Int? = nil, usesHistory: Bool = true) {
    self.trialCount = trialCount
    self.usesHistory = usesHistory
  }

  var observedCount: Int? { usesHistory ? observed.count : nil }
  func observe(_ trial: JudgedTrial) { observed.append(trial) }

  func propose(number: Int, running: [JSONValue]) -> JSONValue {
    self.running = running
    return .object(["x": .integer(Int64(number))])
  }
}

/// What a queue has of a trial.
struct TrialState: Equatable, Sendable {
  var number: Int
  var state: String
  var error: String?
  var outcomes: [String]
  var values: [Double]
}

/// A sweep in a queue of either kind, with workers' files beside it.
struct QueueFixture: Sendable {
  let kind: QueueKind
  let tracker: Tracker
  let server: PostgreSQLServer?
  let name = "s-\(UUID().uuidString)"
  private let directory: TemporaryDirectory

  init(_ kind: QueueKind, over cable: Cable? = nil) throws {
    self.kind = kind
    directory = try TemporaryDirectory()
    tracker = try Tracker(
      writing: directory.path("worker.db"), environment: RunEnvironment(version: "test"))
    server =
      kind == .file
      ? nil
      : PostgreSQLServer(
        try cable?.address ?? DatabaseServer.shared.get().address(), isCancelled: { false },
        notice: { _ in })
  }

  /// Begins the run that every worker of a sweep needs.
  static func begin(in tracker: Tracker) throws -> ActiveRun {
    let description = RunDescription(
      kind: "train", configuration: .object(["epochs": .integer(1)]), seed: 3, parents: [:])
    guard case .active(let run) = try tracker.begin(description) else {
      throw QueueError.damaged("the run is finished already")
    }
    return run
  }

  func path(_ name: String) -> String { directory.path(name) }

  func describe(
    trials: Int = 5, limit: Int? = nil, attempts: Int = 3,
    definition: JSONValue = .object(["a": .integer(1)])
  ) -> SweepDescription {
    SweepDescription(
      name: name, definition: definition, seed: 1,
      objectives: [SweepObjective("accuracy", .maximise)],
      budget: SweepBudget(trials: trials, trialLimit: limit, attemptLimit: attempts))
  }

  func open(_ description: SweepDescription) throws -> Sweep {
    try server?.open(description) ?? tracker.openSweep(description)
  }

  func sweep() throws -> Sweep {
    try server?.sweep(named: name) ?? tracker.sweep(named: name)
  }

  /// The queue as another worker has it.
  func queue(of sweep: Sweep) -> any TrialQueue {
    server?.queue(of: sweep, in: tracker, isCancelled: { false })
      ?? FileQueue(sweep, in: tracker)
  }

  func claim(_ sweep: Sweep, _ proposer: Counting = Counting()) throws -> any TrialHold {
    guard case .trial(let trial) = try queue(of: sweep).claim(proposer: proposer) else {
      throw QueueError.damaged("there is no trial to claim")
    }
    return trial
  }

  func stop(_ sweep: Sweep) throws {
    if let server { try server.stop(sweep) } else { try tracker.stop(sweep) }
  }

  func retryFailed(_ sweep: Sweep) throws -> Int {
    try server?.retryFailedTrials(of: sweep)
      ?? tracker.retryFailedTrials(of: sweep, fromScratch: false)
  }

  /// Changes the columns of the attempts that hold trials of the sweep.
  private func changeHolders(file: String, server change: String) throws {
    guard kind == .postgresql else {
      try Connection(path: path("worker.db"), mode: .create).execute(
        "UPDATE trial_attempt SET \(file) WHERE outcome = 'running'")
      return
    }
    try PostgreSQLConnection(DatabaseServer.shared.get().address()).run(
      """
      UPDATE assay.attempt SET \(change) FROM assay.trial, assay.sweep
      WHERE trial.id = trial_id AND sweep.id = sweep_id AND sweep.name = $1 AND outcome = 'running'
      """, [name])
  }

  /// Makes the holder of every running trial a process that is gone.
  func killHolders() throws {
    try changeHolders(
      file: "process_started = 'long ago'", server: "process_started = 'long ago'")
  }

  /// Makes the holders processes of another host, which nobody here can see.
  func moveHolders() throws {
    try changeHolders(file: "host = 'elsewhere'", server: "host = 'elsewhere'")
  }

  /// Makes the leases of the holders run out.
  func ageLeases() throws {
    try changeHolders(
      file: "expires_uptime_ms = NULL, expires_ms = started_ms",
      server: "expires_at = started_at - interval '1 s'")
  }

  /// What the queue has of the sweep's trials, by number.
  func states() throws -> [TrialState] {
    if let server {
      return try server.record(of: server.sweep(named: name)).trials.map { trial in
        TrialState(
          number: trial.number, state: trial.state, error: trial.error,
          outcomes: trial.attempts.map(\.outcome), values: trial.values)
      }
    }
    return try Self.states(of: name, in: tracker)
  }

  /// What a file has of a sweep's trials.
  static func states(of sweep: String, in tracker: Tracker) throws -> [TrialState] {
    try tracker.read { connection in
      func rows(_ columns: String, _ view: String, _ order: String) throws -> [[SQLValue]] {
        try connection.query(
          """
          SELECT trial, \(columns) FROM \(view) WHERE sweep_name = :sweep ORDER BY trial, \(order)
          """, ["sweep": .text(sweep)]
        ).rows
      }
      let values = try rows("value", "trial_values", "objective_number")
      let attempts = try rows("outcome", "trial_attempts", "attempt")
      return try rows("trial_state, error", "trials", "trial").map { row in
        TrialState(
          number: Int(row[0].integer ?? -1), state: row[1].text ?? "", error: row[2].text,
          outcomes: attempts.filter { $0[0] == row[0] }.compactMap { $0[1].text },
          values: values.filter { $0[0] == row[0] }.map { $0[1].real ?? .nan })
      }
    }
  }
}

extension QueueFixture {
  /// A queue in PostgreSQL over a connection of its own.
  func workerQueue(
    of sweep: Sweep, over address: String? = nil, lease: Duration = .seconds(120)
  ) throws -> PostgreSQLQueue {
    let link = QueueLink(
      try address ?? DatabaseServer.shared.get().address(), isCancelled: { false }, notice: { _ in }
    )
    return PostgreSQLQueue(sweep, over: link, in: tracker, lease: lease, isCancelled: { false })
  }
}
