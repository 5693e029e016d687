import Dispatch
import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing
import Tracker

@Suite struct MetricTests {
  private func begin(
    _ directory: TemporaryDirectory, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> (Tracker, ActiveRun) {
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"),
      isCancelled: isCancelled)
    let begun = try tracker.begin(RunDescription(kind: "test", configuration: .object([:])))
    guard case .active(let run) = begun else { throw CocoaError(.featureUnsupported) }
    return (tracker, run)
  }

  private func points(_ directory: TemporaryDirectory) throws -> [String] {
    try Tracker(reading: directory.path("assay.db")).read { connection in
      try connection.rows("SELECT name, step, value FROM metrics ORDER BY name, step") {
        "\(try $0.text(0)) \(try $0.int(1)) \($0.value(2).real.map { "\($0)" } ?? "NaN")"
      }
    }
  }

  @Test("the end of a run takes the points that wait with it, the last of equal ones")
  func finish() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    try run.log("loss", step: 1, value: 0.5)
    try run.log("été", step: 1, value: .nan)
    try run.log("loss", step: 2, value: .infinity)
    try run.log("loss", step: 1, value: 0.25)
    try run.finish()
    #expect(try points(directory) == ["loss 1 0.25", "loss 2 inf", "été 1 NaN"])
  }

  @Test("points are there within a second, and at once when many wait")
  func soon() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    for step in 0..<9000 { try run.log("many", step: Int64(step), value: 1) }
    #expect(try points(directory).count >= 8192)
    try waitUntil("the points that waited") { try points(directory).count == 9000 }
    try run.finish()
  }

  @Test("points after the end of a run are refused")
  func ended() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    try run.log("loss", step: 1, value: 0.5)
    try run.interrupt()
    #expect(throws: TrackerError.self) { try run.log("loss", step: 2, value: 0.5) }
    #expect(throws: TrackerError.self) { try run.finish() }
    #expect(try points(directory) == ["loss 1 0.5"])
  }

  @Test("points of a run that another process took over are refused and not written")
  func takenOver() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    try run.log("loss", step: 1, value: 0.5)
    try Connection(path: directory.path("assay.db"), mode: .create).execute(
      "UPDATE run SET token = 'another'")
    // The writer in the background finds out.
    #expect(throws: TrackerError.self) {
      try waitUntil("the refusal") {
        try run.log("loss", step: 2, value: 0.5)
        return false
      }
    }
    #expect(try points(directory) == [])
  }

  @Test("a run that fails to end takes points again")
  func failedEnd() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    try run.log("loss", step: 1, value: 0.5)
    #expect(throws: CocoaError.self) {
      try run.finish { _ in throw CocoaError(.featureUnsupported) }
    }
    try run.log("loss", step: 2, value: 0.5)
    try run.finish()
    #expect(try points(directory) == ["loss 1 0.5", "loss 2 0.5"])
  }

  @Test("the end of a run takes the points that the writer in the background fails to write")
  func endWhileWriting() throws {
    let directory = try TemporaryDirectory()
    // How often waits for the file's lock have asked whether to end, and whether one is to.
    let waits = Mutex((asked: 0, end: false))
    let (tracker, run) = try begin(directory) {
      waits.withLock { waits in
        defer { waits = (asked: waits.asked + 1, end: false) }
        return waits.end
      }
    }
    func waitUntilAsked(_ times: Int) throws {
      let asked = waits.withLock { $0.asked }
      try waitUntil("the lock being waited for") { waits.withLock { $0.asked >= asked + times } }
    }
    let other = try Connection(path: directory.path("assay.db"), mode: .create)
    try other.execute("BEGIN IMMEDIATE")
    try run.log("loss", step: 1, value: 0.5)
    // The writer has taken the point and waits for the lock.
    try waitUntilAsked(1)
    let ended = DispatchGroup()
    DispatchQueue.global().async(group: ended) { try? run.finish() }
    // The end of the run waits for the writer, which gives up, and then for the lock itself.
    try waitUntilAsked(3)
    waits.withLock { $0.end = true }
    try waitUntilAsked(2)
    try other.execute("COMMIT")
    ended.wait()
    #expect(try points(directory) == ["loss 1 0.5"])
    withExtendedLifetime(tracker) {}
  }

  @Test("points of several threads are all there, and the last of one thread's stands")
  func threads() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for step in 0..<6000 {
        try? run.log("t\(thread)", step: Int64(step / 2), value: Double(step % 2))
      }
    }
    try run.finish()
    let found = try points(directory)
    #expect(found.count == 12_000)
    #expect(found.allSatisfy { $0.hasSuffix(" 1.0") })
  }
}
