import SQLite
import TestSupport
import Testing
import Tracker

/// Proposes the trial's number as its only parameter, and remembers what it was shown.
private final class Counting: TrialProposer {
  var trialCount: Int?
  var observed: [JudgedTrial] = []
  var running: [JSONValue] = []

  init(trialCount: Int? = nil) {
    self.trialCount = trialCount
  }

  var observedCount: Int? { observed.count }
  func observe(_ trial: JudgedTrial) { observed.append(trial) }

  func propose(number: Int, running: [JSONValue]) -> JSONValue {
    self.running = running
    return .object(["x": .integer(Int64(number))])
  }
}

@Suite struct SweepTests {
  let fixture: TrackerFixture
  var tracker: Tracker { fixture.tracker }

  init() throws {
    fixture = try TrackerFixture()
  }

  func describe(
    trials: Int = 5, attempts: Int = 3, definition: JSONValue = .object(["a": .integer(1)]),
    objectives: [SweepObjective] = [SweepObjective("accuracy", .maximise)]
  ) -> SweepDescription {
    SweepDescription(
      name: "s", definition: definition, seed: 1, objectives: objectives,
      budget: SweepBudget(trials: trials, attemptLimit: attempts))
  }

  private func claim(_ sweep: Sweep, _ proposer: Counting = Counting()) throws -> ActiveTrial {
    guard case .trial(let trial) = try tracker.claimTrial(of: sweep, proposer: proposer) else {
      throw TrackerError.damagedRecord("there is no trial to claim")
    }
    return trial
  }

  /// Makes the holder of every running trial a process that is gone.
  func killHolders() throws {
    try fixture.execute(
      "UPDATE trial_attempt SET process_started = 'long ago' WHERE outcome = 'running'")
  }

  func column(_ sql: String) throws -> [SQLValue] {
    try tracker.read { try $0.query(sql).rows.map { $0[0] } }
  }

  @Test("numbers that a merged file lacks are proposed first, and then those behind the last")
  func gaps() throws {
    let sweep = try tracker.openSweep(describe(trials: 6))
    let parts = [4, 1].map { number in
      ProposedTrial(number: number, parameters: .object(["x": .integer(Int64(number))]))
    }
    try tracker.addTrials(parts, to: sweep)
    try tracker.addTrials(parts, to: sweep)
    #expect(try (0..<6).map { _ in try claim(sweep) }.map(\.number) == [1, 4, 0, 2, 3, 5])
    #expect(throws: TrackerError.self) {
      try tracker.addTrials(
        [ProposedTrial(number: 1, parameters: .object(["x": .integer(2)]))], to: sweep)
    }
  }

  @Test("a batch is proposed as far as the budget goes, knowing of the trials that wait")
  func batches() throws {
    let sweep = try tracker.openSweep(describe(trials: 5))
    let proposer = Counting()
    let first = try tracker.proposeTrials(upTo: 3, of: sweep, proposer: proposer)
    #expect(first.map(\.number) == [0, 1, 2])
    #expect(proposer.running == [0, 1].map { .object(["x": .integer($0)]) })
    #expect(try tracker.proposeTrials(upTo: 3, of: sweep, proposer: proposer) == first)
    try claim(sweep).finish([1])
    let second = try tracker.proposeTrials(upTo: 9, of: sweep, proposer: proposer)
    #expect(second.map(\.number) == [1, 2, 3, 4])
    #expect(second.map(\.proposedAfter) == [0, 0, 1, 1])
  }

  @Test("trials are proposed in order with what was judged before, until the budget is spent")
  func budget() throws {
    let sweep = try tracker.openSweep(describe(trials: 2))
    let proposer = Counting()
    let first = try claim(sweep, proposer)
    let second = try claim(sweep, proposer)
    #expect(proposer.running == [.object(["x": .integer(0)])])
    guard case .wait = try tracker.claimTrial(of: sweep, proposer: proposer) else {
      Issue.record("a third trial has no room while two run")
      return
    }
    try second.prune()
    let third = try claim(sweep, proposer)
    #expect(proposer.observed == [JudgedTrial(parameters: .object(["x": .integer(1)]), values: [])])
    try first.finish([0.5])
    try third.finish([.nan])
    guard case .finished = try tracker.claimTrial(of: sweep, proposer: proposer) else {
      Issue.record("the budget is spent")
      return
    }
    #expect(try tracker.sweep(named: "s").state == .finished)
    #expect(try column("SELECT value FROM trial_values ORDER BY number") == [.real(0.5), .null])
    #expect(
      try column("SELECT proposed_after FROM trials ORDER BY number")
        == [0, 0, 1].map { .integer($0) })
    #expect(try tracker.bestTrial(of: sweep)?.number == 0)
    let larger = try tracker.openSweep(describe(trials: 3))
    #expect(larger.state == .open)
    #expect(try claim(larger, proposer).number == 3)
  }

  @Test("the rate is that of the time in which trials were worked on, whatever lay between")
  func rate() throws {
    let sweep = try tracker.openSweep(describe())
    for _ in 0..<4 { try claim(sweep).finish([0.5]) }
    for case .text(let trigger) in try column(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    {
      try fixture.execute("DROP TRIGGER \(trigger)")
    }
    // Each took ten seconds; an hour lay between the second and the third.
    for (number, end) in [10, 20, 3630, 3640].enumerated() {
      let (started, ended) = (4_000_000_000_000 + (end - 10) * 1000, 4_000_000_000_000 + end * 1000)
      try fixture.execute("UPDATE trial SET ended_ms = \(ended) WHERE number = \(number)")
      try fixture.execute(
        """
        UPDATE trial_attempt SET started_ms = \(started), ended_ms = \(ended)
        WHERE trial_id = (SELECT id FROM trial WHERE number = \(number))
        """)
    }
    #expect(try tracker.trialRate(of: sweep) == 0.1)
  }

  @Test("a dead worker's trial is taken over, and the dead worker writes nothing any more")
  func takeover() throws {
    let sweep = try tracker.openSweep(describe())
    let lost = try claim(sweep)
    try killHolders()
    let again = try claim(sweep)
    #expect(again.number == lost.number)
    #expect(again.parameters == lost.parameters)
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.finish([1]) }
    #expect(throws: TrackerError.trialLost(number: 0)) { _ = try lost.report(1, step: 1) }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.release() }
    try again.finish([0.25])
    #expect(
      try column("SELECT outcome FROM trial_attempts ORDER BY attempt")
        == [.text("lost"), .text("finished")])
    #expect(try column("SELECT value FROM trial_values") == [.real(0.25)])
  }

  @Test("a holder on another host keeps its trial until the lease expires")
  func otherHost() throws {
    let sweep = try tracker.openSweep(describe(trials: 1))
    let held = try claim(sweep)
    try fixture.execute("UPDATE trial_attempt SET host = 'elsewhere'")
    guard case .wait = try tracker.claimTrial(of: sweep, proposer: Counting()) else {
      Issue.record("the lease has not expired")
      return
    }
    try fixture.execute(
      "UPDATE trial_attempt SET expires_uptime_ms = NULL, expires_ms = started_ms")
    #expect(try claim(sweep).number == held.number)
  }

  @Test("a trial on which too many workers die has failed, and can be retried")
  func attempts() throws {
    let sweep = try tracker.openSweep(describe(trials: 1, attempts: 2))
    for _ in 0..<2 {
      #expect(try claim(sweep).number == 0)
      try killHolders()
    }
    let next = try claim(sweep)
    #expect(next.number == 1)
    let errors = try column("SELECT error FROM trials WHERE state = 'failed'")
    #expect(errors == [.text("given up: the worker died in each of 2 attempts")])
    try next.finish([1])
    #expect(try tracker.retryFailedTrials(of: sweep, fromScratch: false) == 1)
    try claim(sweep).release()
    let retried = try claim(sweep)
    #expect(retried.number == 0)
    try killHolders()
    #expect(try claim(sweep).number == 0)
  }

  @Test("restarting failed trials from scratch drops their unfinished runs alone")
  func restart() throws {
    let sweep = try tracker.openSweep(describe())
    let trial = try claim(sweep)
    let finished = try fixture.begin(fixture.description(1))
    try finished.finish()
    let failed = try fixture.begin(fixture.description(2))
    try trial.use(run: finished.uuid, computed: true)
    try trial.use(run: failed.uuid, computed: true)
    try failed.fail("x")
    try trial.fail("two\nlines")
    #expect(try column("SELECT error FROM trials") == [.text("two lines")])
    _ = try tracker.retryFailedTrials(of: sweep, fromScratch: true)
    #expect(try column("SELECT run FROM runs") == [.text(finished.uuid)])
  }

  @Test("another definition under the same name is refused with what differs")
  func definition() throws {
    func definition(_ high: Int64) -> JSONValue {
      .object([
        "space": .array([.object(["name": .string("training.epochs"), "high": .integer(high)])])
      ])
    }
    _ = try tracker.openSweep(describe(definition: definition(5)))
    let error = try #require(throws: TrackerError.self) {
      _ = try tracker.openSweep(describe(definition: definition(9)))
    }
    #expect("\(error)".contains("space.training.epochs.high is 9, was 5"))
  }

  @Test("a stopped sweep gives no trials until it is run again")
  func stopping() throws {
    let sweep = try tracker.openSweep(describe())
    try tracker.stop(sweep)
    guard case .stopped = try tracker.claimTrial(of: sweep, proposer: Counting()) else {
      Issue.record("the sweep is stopped")
      return
    }
    #expect(try claim(try tracker.openSweep(describe())).number == 0)
  }

  @Test("reports show what others reported at the same step")
  func reports() throws {
    let sweep = try tracker.openSweep(describe())
    let (first, second) = (try claim(sweep), try claim(sweep))
    #expect(try first.report(0.5, step: 1) == [])
    #expect(try second.report(0.75, step: 1) == [0.5])
    #expect(try second.report(0.8, step: 2) == [])
    #expect(try first.report(0.6, step: 1) == [0.75])
  }

  @Test("the Pareto front is what brute force says")
  func front() throws {
    let objectives = [SweepObjective("a", .maximise), SweepObjective("b", .minimise)]
    let sweep = try tracker.openSweep(describe(trials: 40, objectives: objectives))
    var random = SeededGenerator.ofTests("values of a Pareto front")
    var values: [[Double]] = []
    for _ in 0..<40 {
      let pair = (0..<2).map { _ in Double(Int.random(in: 0..<12, using: &random)) }
      try claim(sweep).finish(pair)
      values.append(pair)
    }
    let expected = values.indices.filter { index in
      !values.contains { other in
        other != values[index] && other[0] >= values[index][0] && other[1] <= values[index][1]
      }
    }
    #expect(try tracker.bestTrials(of: sweep) == expected)
  }
}
