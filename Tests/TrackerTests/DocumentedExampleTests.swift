import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// The example of the library's documentation, which is the file LineFit.swift.
@Suite struct DocumentedExampleTests {
  @Test("the article shows the file that these tests compile")
  func article() throws {
    let article = try String(
      contentsOf: packageRoot.appending(path: "Sources/Tracker/Tracker.docc/TrackingRuns.md"),
      encoding: .utf8)
    let example = try String(
      contentsOf: packageRoot.appending(path: "Tests/TrackerTests/LineFit.swift"), encoding: .utf8)
    #expect(article.contains("```swift\n\(example)```\n"))
  }

  @Test("the example fits the line, resumes it, and finds the best rate")
  func example() throws {
    let fixture = try TrackerFixture()
    try withExtendedLifetime(fixture) { try checkExample(in: fixture.tracker) }
  }

  private func checkExample(in tracker: Tracker) throws {
    let loss = try fitLine(rate: 0.1, in: tracker)
    // Each step leaves 0.8 of the distance, which is 2 at first.
    #expect(abs(loss - 4 * pow(0.8, 40)) < 1e-12)
    #expect(try fitLine(rate: 0.1, in: tracker) == loss)
    let best = try #require(try searchRate(in: tracker))
    #expect(best.parameters["rate"] == .number(0.5))
    #expect(best.value == 0)
    let runs = try tracker.read { try $0.rows("SELECT count(*) FROM runs") { try $0.int64(0) } }
    #expect(runs == [5], "the first trial reuses the run that was there")
  }

  @Test("an interrupted fit goes on behind its last step, to the same loss")
  func resuming() throws {
    let fixture = try TrackerFixture()
    let description = RunDescription(
      kind: "fit-line", configuration: .object(["rate": .number(0.1), "steps": .integer(20)]))
    let run = try fixture.begin(description)
    try run.commitChunk(progressDone: 1, total: 20) { writer in
      try writer.log("loss", step: 0, value: 1.6 * 1.6)
      try writer.putArtifact("slope", bytes: Array("0.4".utf8), mediaType: "text/plain")
    }
    try run.interrupt()
    let undisturbed = try TrackerFixture()
    let whole = try withExtendedLifetime(undisturbed) {
      try fitLine(rate: 0.1, in: undisturbed.tracker)
    }
    #expect(try fitLine(rate: 0.1, in: fixture.tracker) == whole)
  }
}
