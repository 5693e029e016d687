import ArgumentParser
import Foundation
import Report
import SQLite
import Tracker

/// The curves that `assay report metrics` draws.
struct MetricCurveOptions: ParsableArguments {
  /// What the part is called.
  static let name = "metrics"

  @Option(
    help: ArgumentHelp(
      "metrics: the runs, separated by commas: the first digits of their UUIDs, or their names. "
        + "(default: the newest ten that have the metric)", valueName: "run,..."),
    completion: .custom { words, _, _ in Completions.runs(words) })
  var runs: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "metrics: all runs for which this holds, as in 'assay runs list'.", valueName: "condition"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "metrics: their names, separated by commas, a plot each. (default: the first run's)",
      valueName: "name,..."))
  var metric: String?

  @Option(
    help: ArgumentHelp(
      "metrics: colours and names curves by this parameter. (default: by the runs' names)",
      valueName: "parameter"))
  var by: String?

  @Flag(help: "metrics: draws the logarithms of values.")
  var log = false

  /// The most runs that are drawn of those that nobody named.
  private static let usualCount = 10

  /// Whether any of them was given.
  var areGiven: Bool { runs != nil || condition != nil || metric != nil || by != nil || log }

  /// The formats that there are.
  static let formats: [ReportFormat] = [.text, .svg, .png, .pdf]

  func validate() throws {
    if runs != nil, condition != nil {
      throw ValidationError("--runs names the runs, --where chooses them; give one")
    }
  }

  /// Draws the curves.
  func drawn(in tracker: Tracker, isForTerminal: Bool) throws -> DrawnFigure {
    var metrics = metric.map(Self.parts) ?? []
    let runs = try chosenRuns(having: metrics, in: tracker)
    if metrics.isEmpty, let first = runs.first { metrics = try tracker.metricNames(of: first) }
    return try MetricFigure(runs: runs, metrics: metrics, parameter: by, isLogarithmic: log)
      .drawn(in: tracker, isForTerminal: isForTerminal)
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: ",").map(String.init).filter { !$0.isEmpty }
  }

  /// The runs that are named, or else the newest that are chosen and have one of the metrics.
  private func chosenRuns(having metrics: [String], in tracker: Tracker) throws -> [Run] {
    if let runs { return try tracker.runs(matching: Self.parts(runs)) }
    var selection = RunSelection()
    // Runs of a sweep's trials are meant where a condition chooses.
    (selection.condition, selection.includesTrials) = (condition, condition != nil)
    let found = try selection.rows(in: tracker).rows.compactMap { $0.first?.text }
    let known = try tracker.runs(withMetrics: metrics)
    let limit = condition != nil || by != nil ? Int.max : Self.usualCount
    return try found.filter(known.contains).prefix(limit).map { try tracker.run(uuid: $0) }
  }
}

extension Tracker {
  /// The names of a run's metrics.
  fileprivate func metricNames(of run: Run) throws -> [String] {
    try read { connection in
      try connection.rows(
        "SELECT metric FROM run_metrics WHERE run = ? ORDER BY metric", [.text(run.uuid)]
      ) { try $0.text(0) }
    }
  }

  /// The runs that have one of some metrics, or any metric if none are named.
  fileprivate func runs(withMetrics metrics: [String]) throws -> Set<String> {
    let list = JSONValue.array(metrics.map(JSONValue.string)).canonical
    return try read { connection in
      Set(
        try connection.rows(
          """
          SELECT uuid FROM run
          WHERE EXISTS (
            SELECT 1 FROM json_each(?1)
            JOIN metric ON metric.run_id = run.id AND metric.name = json_each.value)
            OR (?1 = '[]' AND EXISTS (SELECT 1 FROM metric WHERE run_id = run.id))
          """, [.text(list)]
        ) { try $0.text(0) })
    }
  }
}
