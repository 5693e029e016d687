import Foundation
import Sweep
import Synchronization
import TestSupport
import Testing
import Tracker

/// What all queues promise, asked of each.
@Suite struct QueueConformanceTests {
  @Test(
    "trials are proposed in order with what was judged before, until the budget is spent",
    arguments: QueueKind.allCases)
  func budget(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 2))
    let proposer = Counting()
    let first = try fixture.claim(sweep, proposer)
    let second = try fixture.claim(sweep, proposer)
    #expect(first.number == 0)
    #expect(second.number == 1)
    #expect(proposer.running == [.object(["x": .integer(0)])])
    guard case .wait = try fixture.queue(of: sweep).claim(proposer: proposer) else {
      Issue.record("a third trial has no room while two run")
      return
    }
    try second.prune()
    let third = try fixture.claim(sweep, proposer)
    #expect(third.number == 2)
    #expect(proposer.observed == [JudgedTrial(parameters: .object(["x": .integer(1)]), values: [])])
    try first.finish([0.5])
    try third.finish([.infinity])
    guard case .finished = try fixture.queue(of: sweep).claim(proposer: proposer) else {
      Issue.record("the budget is spent")
      return
    }
    #expect(try fixture.sweep().state == .finished)
    #expect(try fixture.states().map(\.state) == ["finished", "pruned", "finished"])
    #expect(try fixture.states().map(\.values) == [[0.5], [], [.infinity]])
    let larger = try fixture.open(fixture.describe(trials: 3))
    #expect(larger.state == .open)
    #expect(try fixture.claim(larger, proposer).number == 3)
    #expect(proposer.observed.map(\.values) == [[], [0.5], [.infinity]])
  }

  @Test("values come back to the bit", arguments: QueueKind.allCases)
  func values(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe())
    let values = [0.1 + 0.2, -Double.leastNonzeroMagnitude, 1e308, .nan, -.infinity]
    for value in values { try fixture.claim(sweep).finish([value]) }
    let proposer = Counting()
    _ = try fixture.open(fixture.describe(trials: 6))
    _ = try fixture.claim(sweep, proposer)
    for found in [try fixture.states().prefix(5).map(\.values), proposer.observed.map(\.values)] {
      #expect(found.map { $0.count } == [1, 1, 1, 1, 1])
      for (value, found) in zip(values, found.flatMap { $0 }) {
        #expect(found == value || found.isNaN && value.isNaN)
      }
    }
  }

  @Test(
    "a dead worker's trial is taken over, and the dead worker writes nothing any more",
    arguments: QueueKind.allCases)
  func takeover(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 1))
    let lost = try fixture.claim(sweep)
    try fixture.killHolders()
    let again = try fixture.claim(sweep)
    #expect(again.number == lost.number)
    #expect(again.parameters == lost.parameters)
    #expect(lost.attempt == 1)
    #expect(again.attempt == 2)
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.finish([1]) }
    #expect(throws: TrackerError.trialLost(number: 0)) { _ = try lost.report(1, step: 1) }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.prune() }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.fail("x") }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.lose("x") }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.release() }
    try again.finish([0.25])
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.finish([1]) }
    #expect(
      try fixture.states() == [
        TrialState(
          number: 0, state: "finished", error: nil, outcomes: ["lost", "finished"], values: [0.25])
      ])
  }

  @Test(
    "a holder on another host keeps its trial until the lease runs out",
    arguments: QueueKind.allCases)
  func otherHost(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 1))
    _ = try fixture.claim(sweep)
    try fixture.moveHolders()
    guard case .wait = try fixture.queue(of: sweep).claim(proposer: Counting()) else {
      Issue.record("the lease has not run out")
      return
    }
    try fixture.ageLeases()
    let next = try fixture.claim(sweep)
    #expect(next.number == 0)
    #expect(next.attempt == 2)
  }

  @Test(
    "a trial on which too many workers die has failed, and can be retried",
    arguments: QueueKind.allCases)
  func attempts(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 1, attempts: 2))
    for _ in 0..<2 {
      #expect(try fixture.claim(sweep).number == 0)
      try fixture.killHolders()
    }
    let next = try fixture.claim(sweep)
    #expect(next.number == 1)
    #expect(
      try fixture.states()[0].error == "given up: the worker died in each of 2 attempts")
    try next.finish([1])
    #expect(try fixture.retryFailed(sweep) == 1)
    try fixture.claim(sweep).release()
    let retried = try fixture.claim(sweep)
    #expect(retried.number == 0)
    try fixture.killHolders()
    #expect(try fixture.claim(sweep).number == 0)
  }

  @Test("a killed command counts as a lost attempt, an error fails", arguments: QueueKind.allCases)
  func ends(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe())
    try fixture.claim(sweep).lose("the command was killed")
    let again = try fixture.claim(sweep)
    #expect(again.number == 0)
    try again.fail("two\nlines")
    let states = try fixture.states()
    #expect(states[0].outcomes == ["lost", "failed"])
    #expect(states[0].error == "two lines")
  }

  @Test("a sweep whose trials all fail ends at its limit", arguments: QueueKind.allCases)
  func limit(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 2, limit: 4))
    for _ in 0..<4 {
      try fixture.claim(sweep, Counting(usesHistory: false)).fail("x")
    }
    guard case .finished = try fixture.queue(of: sweep).claim(proposer: Counting()) else {
      Issue.record("there are as many trials as there may be")
      return
    }
    #expect(try fixture.states().map(\.number) == [0, 1, 2, 3])
  }

  @Test("a proposer's last trial is the sweep's", arguments: QueueKind.allCases)
  func grid(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 50))
    let proposer = Counting(trialCount: 3, usesHistory: false)
    for _ in 0..<3 { try fixture.claim(sweep, proposer).finish([1]) }
    guard case .finished = try fixture.queue(of: sweep).claim(proposer: proposer) else {
      Issue.record("the grid has three points")
      return
    }
    #expect(try fixture.states().count == 3)
  }

  @Test("a stopped sweep gives no trials until it is run again", arguments: QueueKind.allCases)
  func stopping(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe())
    // Some wait already.
    try fixture.claim(sweep, Counting(usesHistory: false)).release()
    try fixture.stop(sweep)
    guard case .stopped = try fixture.queue(of: sweep).claim(proposer: Counting()) else {
      Issue.record("the sweep is stopped")
      return
    }
    #expect(try fixture.claim(try fixture.open(fixture.describe())).number == 0)
  }

  @Test("reports show what others reported at the same step", arguments: QueueKind.allCases)
  func reports(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe())
    let (first, second) = (try fixture.claim(sweep), try fixture.claim(sweep))
    #expect(try first.report(0.5, step: 1) == [])
    #expect(try second.report(0.75, step: 1) == [0.5])
    #expect(try second.report(0.8, step: 2) == [])
    #expect(try first.report(0.6, step: 1) == [0.75])
    #expect(try second.report(.nan, step: 1) == [0.6])
    #expect(try first.report(1, step: 1).first?.isNaN == true)
  }

  @Test("a run is found by the next attempt, where its file has it", arguments: QueueKind.allCases)
  func runs(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe())
    let run = try QueueFixture.begin(in: fixture.tracker).uuid
    let first = try fixture.claim(sweep)
    try first.use(run: run, computed: true)
    try first.use(run: run, computed: true)
    #expect(try first.runs().map(\.uuid) == [run])
    try first.release()
    #expect(try fixture.claim(sweep).runs().map(\.uuid) == [run])
  }

  @Test(
    "another definition under the same name is refused with what differs",
    arguments: QueueKind.allCases)
  func definition(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    func definition(_ high: Int64) -> JSONValue {
      .object([
        "space": .array([.object(["name": .string("training.epochs"), "high": .integer(high)])])
      ])
    }
    _ = try fixture.open(fixture.describe(trials: 7, definition: definition(5)))
    let error = try #require(throws: TrackerError.self) {
      _ = try fixture.open(fixture.describe(definition: definition(9)))
    }
    #expect("\(error)".contains("space.training.epochs.high is 9, was 5"))
    #expect(try fixture.sweep().description.budget.trials == 7)
  }

  @Test("workers at the same time get every trial once", arguments: QueueKind.allCases)
  func workers(kind: QueueKind) throws {
    let fixture = try QueueFixture(kind)
    let sweep = try fixture.open(fixture.describe(trials: 60))
    let failures = Mutex<[String]>([])
    let taken = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      do {
        // Each has a connection of its own, as a process has.
        let queue = try kind == .file ? fixture.queue(of: sweep) : fixture.workerQueue(of: sweep)
        let proposer = Counting(usesHistory: worker % 2 == 0)
        while case .trial(let trial) = try queue.claim(proposer: proposer) {
          taken.withLock { $0.append(trial.number) }
          try trial.finish([Double(trial.number)])
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(taken.withLock { $0.sorted() } == Array(0..<60))
    let states = try fixture.states()
    #expect(states.map(\.outcomes) == Array(repeating: ["finished"], count: 60))
    #expect(states.map(\.values) == (0..<60).map { [Double($0)] })
  }
}
