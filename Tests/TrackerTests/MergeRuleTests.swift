import TestSupport
import Testing
import Tracker

/// What merging knows of the schema.
@Suite struct MergeRuleTests {
  @Test("every table of the schema says what becomes of its rows when files are merged")
  func tables() throws {
    let directory = try TemporaryDirectory()
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    #expect(try tracker.tablesWithoutMergeRule == [])
  }
}
