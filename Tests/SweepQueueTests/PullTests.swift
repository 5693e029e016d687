import Foundation
import SQLite
import Search
import Sweep
import SweepQueue
import TestSupport
import Testing
import Tracker

/// What the record of a queue is in a file.
@Suite struct PullTests {
  /// Runs a sweep of forty trials by one worker and gives what samplers learn of it.
  private func run(_ fixture: QueueFixture, sampler: String) throws -> [[String: JSONValue]] {
    let plan = try SweepFile.parse(
      """
      name: \(fixture.name)
      space: {x: {uniform: [-1, 1]}, y: {log_uniform: [0.001, 1]}, z: [1, 2, 3]}
      sampler: \(sampler)
      objective: {minimise: loss}
      budget: 40
      """, name: "sweep.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/"), kinds: [],
      usual: AskedTrials.self)
    let sweep = try fixture.open(plan.description)
    let taker = try TrialTaker(
      fixture.queue(of: sweep), plan: plan, in: fixture.tracker, isCancelled: { false })
    var proposed: [[String: JSONValue]] = []
    while case .trial(let held) = try taker.next() {
      let trial = try held.opened()
      proposed.append(trial.parameters.mapValues(\.json))
      guard case .real(let x)? = trial.parameters["x"] else {
        try held.fail("x is missing")
        continue
      }
      // Some are pruned, which samplers learn of too.
      if trial.number % 7 == 3 { try held.prune() } else { try held.finish(values: [x * x]) }
    }
    return proposed
  }

  @Test(
    "a sweep has the same trials in either queue, and the pulled record is that of a file",
    arguments: ["halton", "random", "tpe"])
  func same(sampler: String) throws {
    let file = try QueueFixture(.file)
    let queue = try QueueFixture(.postgresql)
    #expect(try run(queue, sampler: sampler) == run(file, sampler: sampler))
    let server = try #require(queue.server)
    let record = try server.record(of: server.sweep(named: queue.name))
    let path = queue.path("all.db")
    let environment = RunEnvironment(version: "test")
    let first = try Tracker.copy(
      record, into: path, environment: environment, isCancelled: { false })
    #expect(first.trials == record.trials.count)
    let again = try Tracker.copy(
      record, into: path, environment: environment, isCancelled: { false })
    #expect(again.trials == 0)
    let copied = try Tracker(reading: path)
    #expect(
      try QueueFixture.states(of: queue.name, in: copied)
        == QueueFixture.states(of: file.name, in: file.tracker))
    #expect(try copied.sweep(named: queue.name).uuid == record.sweep.uuid)
    #expect(try copied.sweep(named: queue.name).counts == file.sweep().counts)
    #expect(
      try copied.bestTrial(of: copied.sweep(named: queue.name))?.number
        == file.tracker.bestTrial(of: file.sweep())?.number)
    let check = try copied.checkDigests()
    #expect(check.damaged.isEmpty)
  }

  @Test("a record is pulled while trials go on, and again when they have ended")
  func twice() throws {
    let fixture = try QueueFixture(.postgresql)
    let server = try #require(fixture.server)
    let sweep = try fixture.open(fixture.describe(trials: 3))
    let path = fixture.path("all.db")
    func pull() throws -> [TrialState] {
      _ = try Tracker.copy(
        server.record(of: server.sweep(named: fixture.name)), into: path,
        environment: RunEnvironment(version: "test"), isCancelled: { false })
      return try QueueFixture.states(of: fixture.name, in: Tracker(reading: path))
    }
    let first = try fixture.claim(sweep)
    _ = try first.report(0.5, step: 1)
    try fixture.claim(sweep).finish([1])
    #expect(try pull().map(\.state) == ["queued", "finished"])
    try first.finish([2])
    try fixture.claim(sweep).fail("x")
    #expect(try pull().map(\.values) == [[2], [1], []])
    #expect(try pull().map(\.state) == ["finished", "finished", "failed"])
  }

  @Test("a pulled trial finds its run, also where the file knows it by another file's")
  func runs() throws {
    let fixture = try QueueFixture(.postgresql)
    let server = try #require(fixture.server)
    let sweep = try fixture.open(fixture.describe(trials: 2))
    let environment = RunEnvironment(version: "test")
    let path = fixture.path("all.db")
    // Two workers compute the same stage, each in its own file.
    var files: [String] = []
    for number in 0..<2 {
      let file = fixture.path("worker\(number).db")
      let tracker = try Tracker(writing: file, environment: environment)
      let active = try QueueFixture.begin(in: tracker)
      try active.finish()
      let trial = try fixture.claim(sweep)
      try trial.use(run: active.uuid, computed: true)
      try trial.finish([1])
      files.append(file)
    }
    func pull() throws -> CopiedSweep {
      try Tracker.copy(
        server.record(of: server.sweep(named: fixture.name)), into: path,
        environment: environment, isCancelled: { false })
    }
    let before = try pull()
    #expect(before.knownRuns == 0)
    #expect(before.missingRuns == 2)
    _ = try Tracker.merge(files, into: path, environment: environment, threads: 1)
    let after = try pull()
    #expect(after.trials == 0)
    #expect(after.knownRuns == 2)
    #expect(after.missingRuns == 0)
    let connected = try Tracker(reading: path).read { connection in
      try connection.query("SELECT count(*), count(DISTINCT run) FROM trial_runs").rows
    }
    #expect(connected == [[.integer(2), .integer(1)]])
  }
}
