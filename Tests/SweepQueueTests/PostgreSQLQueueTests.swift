import Foundation
import PostgreSQL
import Sweep
import SweepQueue
import Synchronization
import TestSupport
import Testing
import Tracker

/// What a server far away adds: connections that are lost, leases that run out meanwhile, versions.
@Suite struct PostgreSQLQueueTests {
  private func claim(_ queue: PostgreSQLQueue) throws -> any TrialHold {
    guard case .trial(let trial) = try queue.claim(proposer: Counting()) else {
      throw QueueError.damaged("there is no trial to claim")
    }
    return trial
  }

  @Test("a connection that breaks between two statements is opened again, and nothing is lost")
  func severed() throws {
    let fixture = try QueueFixture(.postgresql)
    let cable = try Cable(to: DatabaseServer.shared.get())
    let sweep = try fixture.open(fixture.describe())
    let queue = try fixture.workerQueue(of: sweep, over: cable.address)
    for number in 0..<3 {
      let trial = try claim(queue)
      try cable.sever()
      try trial.finish([Double(number)])
      try cable.sever()
    }
    #expect(try fixture.states().map(\.values) == [[0], [1], [2]])
    #expect(try fixture.states().map(\.outcomes) == Array(repeating: ["finished"], count: 3))
  }

  @Test("while the server cannot be reached a trial goes on; its reports and its end come later")
  func outage() throws {
    let fixture = try QueueFixture(.postgresql)
    let cable = try Cable(to: DatabaseServer.shared.get())
    let sweep = try fixture.open(fixture.describe())
    let trial = try claim(try fixture.workerQueue(of: sweep, over: cable.address))
    #expect(try trial.report(1, step: 1) == [])
    try cable.cut()
    #expect(try trial.report(2, step: 2) == [])
    #expect(try trial.report(3, step: 3) == [])
    let ended = Mutex<(any Error)??>(nil)
    Thread.detachNewThread {
      do {
        try trial.finish([4])
        ended.withLock { $0 = .some(nil) }
      } catch {
        ended.withLock { $0 = error }
      }
    }
    // The end is tried at least once before the way is there again, or just waits: both must do.
    #expect(ended.withLock { $0 == nil })
    try cable.mend()
    try waitUntil("the end of the trial", within: 60) { ended.withLock { $0 != nil } }
    #expect(ended.withLock { $0 ?? nil } == nil)
    let server = try #require(fixture.server)
    let record = try server.record(of: server.sweep(named: fixture.name))
    #expect(record.trials[0].reports.map(\.step) == [1, 2, 3])
    #expect(record.trials[0].reports.map(\.value) == [1, 2, 3])
    #expect(record.trials[0].values == [4])
  }

  @Test(
    "a lease that runs out while the server cannot be reached costs the result, and that is said")
  func fenced() throws {
    let fixture = try QueueFixture(.postgresql)
    let cable = try Cable(to: DatabaseServer.shared.get())
    let sweep = try fixture.open(fixture.describe(trials: 1))
    let lost = try claim(
      try fixture.workerQueue(of: sweep, over: cable.address, lease: .milliseconds(300)))
    try cable.cut()
    // A process of this host that lives keeps its trial until its lease has run out.
    let other = try fixture.workerQueue(of: sweep)
    var taken: (any TrialHold)?
    try waitUntil("the end of the lease") {
      if case .trial(let trial) = try other.claim(proposer: Counting()) { taken = trial }
      return taken != nil
    }
    let again = try #require(taken)
    #expect(again.attempt == 2)
    try cable.mend()
    // The heartbeat finds out without being asked.
    try waitUntil("the heartbeat") { lost.isLost }
    #expect(throws: TrackerError.trialLost(number: 0)) { _ = try lost.report(1, step: 1) }
    #expect(throws: TrackerError.trialLost(number: 0)) { try lost.finish([666]) }
    try again.finish([1])
    #expect(try fixture.states().map(\.values) == [[1]])
    #expect(try fixture.states().map(\.outcomes) == [["lost", "finished"]])
    let server = try #require(fixture.server)
    let messages = try server.messages(of: sweep, newest: 5).map(\.text)
    #expect(messages.count == 2)
    #expect(messages.first?.hasSuffix("the worker died") == true)
    #expect(messages.last?.contains("was not stored") == true)
  }

  @Test("heartbeats keep a trial beyond its lease, and tell of a stopped sweep")
  func heartbeat() throws {
    let fixture = try QueueFixture(.postgresql)
    let sweep = try fixture.open(fixture.describe(trials: 1))
    // A busy machine may keep a heartbeat waiting for a second.
    let lease = Duration.seconds(3)
    let queue = try fixture.workerQueue(of: sweep, lease: lease)
    let trial = try claim(queue)
    let other = try fixture.workerQueue(of: sweep)
    let start = ContinuousClock.now
    while ContinuousClock.now - start < lease * 2 {
      guard case .wait = try other.claim(proposer: Counting()) else {
        Issue.record("the trial is held")
        return
      }
    }
    #expect(!trial.isLost)
    #expect(!trial.isStopped)
    try fixture.stop(sweep)
    try waitUntil("the news of the stop") { trial.isStopped }
    try trial.release()
  }

  @Test("what may have been done is not done twice where its answer was lost")
  func repetition() throws {
    let link = QueueLink(
      try DatabaseServer.shared.get().address(), isCancelled: { false }, notice: { _ in })
    var repeated: [Bool] = []
    try link.run { _, isRepeated in
      repeated.append(isRepeated)
      if repeated.count < 3 { throw PostgreSQLError.lost }
    }
    #expect(repeated == [false, true, true])
  }

  @Test("clients that come at the same time make the schema once")
  func migration() throws {
    let server = try DatabaseServer.shared.get()
    let address = server.address(database: try server.makeDatabase())
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do {
        let found = try PostgreSQLServer(address, isCancelled: { false }, notice: { _ in }).sweeps()
        if !found.isEmpty { failures.withLock { $0.append("a new queue has sweeps") } }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    let steps = try PostgreSQLConnection(address).run("SELECT version FROM assay.schema_step")
    #expect(steps == [["1"]])
  }

  @Test("a newer schema is refused, and so is one of something else")
  func versions() throws {
    let server = try DatabaseServer.shared.get()
    let address = server.address(database: try server.makeDatabase())
    func ask() throws {
      _ = try PostgreSQLServer(address, isCancelled: { false }, notice: { _ in }).sweeps()
    }
    try PostgreSQLConnection(address).run("CREATE SCHEMA assay")
    #expect(throws: QueueError.foreignSchema) { try ask() }
    try PostgreSQLConnection(address).run("DROP SCHEMA assay")
    try ask()
    try PostgreSQLConnection(address).run("INSERT INTO assay.schema_step VALUES (99)")
    #expect(throws: QueueError.newerSchema(version: 99, known: 1)) { try ask() }
  }

  /// Addresses with a secret, and what is wrong with them.
  static let addresses: [(String, PostgreSQLError)] = [
    ("postgresql://someone:s3cret@127.0.0.1:1/base", .lost),
    ("postgresql://someone:s3cret@127.0.0.1:x/base", .unreadableAddress),
    ("host=127.0.0.1 user=someone password=s3cret what=base", .unreadableAddress),
    ("postgresql://someone:s3cret@/base?host=/nowhere", .lost),
  ]

  @Test("no error tells the address", arguments: addresses)
  func secrets(address: String, error: PostgreSQLError) throws {
    let found = try #require(throws: PostgreSQLError.self) {
      _ = try PostgreSQLServer(address, isCancelled: { false }, notice: { _ in }).sweeps()
    }
    #expect(found == error)
    for word in ["someone", "s3cret", "base"] {
      #expect(!"\(found)".contains(word))
    }
  }

  @Test("a server that refuses is not waited for")
  func refusals() throws {
    let server = try DatabaseServer.shared.get()
    let link = QueueLink(
      server.address(database: "nowhere"), isCancelled: { false }, notice: { _ in })
    #expect(throws: PostgreSQLError.refused(.database)) { try link.run { _, _ in } }
    let other = QueueLink(
      "host=\(server.directory) user=nobody dbname=postgres", isCancelled: { false },
      notice: { _ in })
    #expect(throws: PostgreSQLError.refused(.login)) { try other.run { _, _ in } }
  }

  @Test("waiting for a server ends when the work is cancelled, and is said once")
  func cancellation() throws {
    let isCancelled = Mutex(false)
    let notices = Mutex<[String]>([])
    let link = QueueLink(
      "host=/nowhere", isCancelled: { isCancelled.withLock { $0 } },
      notice: { text in notices.withLock { $0.append(text) } })
    var attempts = 0
    Thread.detachNewThread {
      while notices.withLock({ $0.isEmpty }) { usleep(1000) }
      isCancelled.withLock { $0 = true }
    }
    #expect(throws: PostgreSQLError.cancelled) {
      try link.run { _, _ in attempts += 1 }
    }
    #expect(attempts == 0)
    #expect(notices.withLock { $0.count } == 1)
  }
}
