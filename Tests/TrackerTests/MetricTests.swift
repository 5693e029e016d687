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
    let deadline = Date(timeIntervalSinceNow: 20)
    while try points(directory).count < 9000, Date() < deadline { usleep(50_000) }
    #expect(try points(directory).count == 9000)
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
    let deadline = Date(timeIntervalSinceNow: 20)
    // The writer in the background finds out.
    #expect(throws: TrackerError.self) {
      while Date() < deadline {
        try run.log("loss", step: 2, value: 0.5)
        usleep(20_000)
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
    // Ends one wait for the file's lock when it is set.
    let isCancelled = Mutex(false)
    let (tracker, run) = try begin(directory) {
      isCancelled.withLock { isCancelled in
        defer { isCancelled = false }
        return isCancelled
      }
    }
    let other = try Connection(path: directory.path("assay.db"), mode: .create)
    try other.execute("BEGIN IMMEDIATE")
    try run.log("loss", step: 1, value: 0.5)
    // By now the writer has taken the point and waits for the lock.
    usleep(800_000)
    let ended = DispatchGroup()
    DispatchQueue.global().async(group: ended) { try? run.finish() }
    usleep(200_000)
    isCancelled.withLock { $0 = true }
    usleep(200_000)
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
