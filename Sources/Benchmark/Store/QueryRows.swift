import Foundation
import SQLite
import Tracker

/// The time that each named query takes on a large database.
///
/// A query is asked about one study or one of its runs. One about a study is asked about its model as
/// well, and the slower answer counts.
enum QueryRows {
  /// A row for each of the slowest queries.
  static func rows() throws -> [BenchmarkRow] {
    try TemporaryStore.withPath { path in
      try LargeDatabase.make(at: path)
      let tracker = try Tracker(reading: path)
      let timed = try Query.allCases.map { query in
        var values = try values(for: query, in: tracker)
        var seconds = try Stopwatch.seconds { _ = try tracker.query(query, values) }
        if values["study"] != nil {
          values["study"] = .text(LargeDatabase.uuid(ofStage: 0))
          seconds = max(seconds, try Stopwatch.seconds { _ = try tracker.query(query, values) })
        }
        return (query: query, seconds: seconds)
      }
      return timed.sorted { $0.seconds > $1.seconds }.prefix(5).map { query, seconds in
        BenchmarkRow(
          workload: "query \(query.rawValue), \(LargeDatabase.runs) runs, 11 million image rows",
          value: seconds * 1000, unit: "ms", target: .value(below: 1000))
      }
    }
  }

  /// The study's run for a query that asks about a study, and so on.
  private static func values(
    for query: Query, in tracker: Tracker
  ) throws -> [String: SQLValue] {
    let stages = [
      ("measurement", 7), ("study", 15), ("adversarial_set", 3), ("run", 15), ("model", 0),
    ]
    let parameters = try tracker.read { try $0.describe(query.sql).parameters }
    let run = LargeDatabase.uuid(ofStage: 15)
    if parameters.contains("runs") { return ["runs": .text("[\"\(run)\"]")] }
    for (parameter, place) in stages where parameters.contains(parameter) {
      return [parameter: .text(LargeDatabase.uuid(ofStage: place))]
    }
    return [:]
  }
}
