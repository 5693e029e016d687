import SQLite
import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

@Suite struct MetricTests {
  private func begin(_ directory: TemporaryDirectory) throws -> (Tracker, ActiveRun) {
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
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

  @Test("points of a run that another process took over are refused")
  func lost() throws {
    let directory = try TemporaryDirectory()
    let (_, run) = try begin(directory)
    try run.log("loss", step: 1, value: 0.5)
    try run.interrupt()
    try run.log("loss", step: 2, value: 0.5)
    #expect(throws: TrackerError.self) { try run.finish() }
    #expect(try points(directory) == ["loss 1 0.5"])
  }
}
