import Foundation
import TestSupport
import Testing

/// What Ctrl-C leaves of an import.
@Suite(.startsPrograms) struct TrackerInterruptionTests {
  /// A source whose runs are many more than one transaction takes.
  struct Source: CustomTestStringConvertible {
    let tool: String
    let fixture: String
    /// Makes the runs, :count of them, each finished and with three values.
    let more: String
    let count: Int

    var testDescription: String { tool }
  }

  private static let sources = [
    Source(
      tool: "mlflow", fixture: "mlflow/mlflow.sql",
      more: """
        DELETE FROM metrics; DELETE FROM params; DELETE FROM tags; DELETE FROM runs;
        INSERT INTO runs (run_uuid, name, source_type, status, start_time, end_time, lifecycle_stage,
          experiment_id)
        SELECT printf('%032d', i), 'more-' || i, 'LOCAL', 'FINISHED', 1795909549837 + i,
          1795909550251 + i, 'active', 1 FROM number;
        INSERT INTO metrics
        SELECT 'loss', 1.0 / i + value, 1795909549837 + i, printf('%032d', i), value, 0
        FROM number, json_each('[0, 1, 2]');
        """, count: 1500),
    Source(
      tool: "optuna", fixture: "optuna/study.sql",
      more: """
        DELETE FROM trial_intermediate_values; DELETE FROM trial_values; DELETE FROM trial_params;
        DELETE FROM trial_user_attributes; DELETE FROM trial_system_attributes; DELETE FROM trials;
        INSERT INTO trials SELECT i, i - 1, 1, 'COMPLETE', '2026-11-28 23:45:50.9',
          '2026-11-28 23:45:51.1' FROM number;
        INSERT INTO trial_values SELECT i, i, 0, 1.0 / i, 'FINITE' FROM number;
        INSERT INTO trial_intermediate_values
        SELECT 2 * i + value, i, value, 2.0 / i, 'FINITE' FROM number, json_each('[0, 1]');
        """, count: 4000),
  ]

  private static let fixtures = packageRoot.appending(path: "Tests/Fixtures/trackers").path

  @Test(
    "Ctrl-C ends an import: what it has is whole, and the same command takes the rest",
    arguments: sources)
  func interrupted(source: Source) throws {
    let assay = try Assay()
    let fixture = try String(contentsOfFile: "\(Self.fixtures)/\(source.fixture)", encoding: .utf8)
    _ = try assay.ask(
      """
      \(fixture)
      CREATE TEMP TABLE number AS
      WITH RECURSIVE number (i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < \(source.count)
      )
      SELECT i FROM number;
      \(source.more)
      """, of: "source.db")
    let importing = try assay.start("import", source.tool, "source.db", "--quiet")
    try waitUntil("the first runs") { try assay.number("SELECT count(*) FROM run") > 0 }
    importing.send(SIGINT)
    let result = try importing.wait()
    #expect(result.status == 130)
    #expect(result.error == "assay: interrupted\n")

    let taken = try whole(assay)
    #expect((1..<source.count).contains(taken), "\(taken) runs were there")
    #expect(try assay.ask("SELECT count(*) FROM sweeps WHERE state = 'running'") == "0\n")

    let again = try assay.run(
      "import", source.tool, "source.db", "--quiet", "--format", "csv")
    #expect(again.status == 0, "\(again.error)")
    let counts = again.output.split(whereSeparator: \.isNewline).last?.split(separator: ",").prefix(
      5)
    #expect(counts?.map(String.init) == ["\(source.count - taken)", "0", "\(taken)", "0", "0"])
    #expect(try whole(assay) == source.count)
  }

  /// How many runs there are, all of which are finished and have their three values.
  private func whole(_ assay: Assay) throws -> Int {
    let answer = try assay.ask(
      """
      SELECT count(*), sum(state = 'finished' AND points = 3) FROM (
        SELECT state, (SELECT count(*) FROM metrics WHERE metrics.run = runs.run) AS points FROM runs
      );
      """)
    let counts = answer.split(whereSeparator: { "|\n".contains($0) }).compactMap { Int($0) }
    try #require(counts.count == 2)
    #expect(counts[0] == counts[1], "not all runs are whole: \(answer)")
    return counts[0]
  }
}
