internal import SQLite
public import Tracker

/// Curves of metrics of several runs, compared in one plot for each metric.
public struct MetricFigure: Sendable {
  /// The runs; the first ones are drawn where there are more than a reader can tell apart.
  public let runs: [Run]
  /// The metrics, a plot each.
  public let metrics: [String]
  /// The parameter by which curves are coloured and named; nil: each run has a colour and its name.
  public let parameter: String?
  /// Whether values are drawn by their logarithms.
  public let isLogarithmic: Bool

  /// How many colours and kinds of line a plot has at most.
  static let mostSeries = 14
  /// How many curves a plot has at most.
  static let mostCurves = 60

  /// Describes the figure.
  public init(runs: [Run], metrics: [String], parameter: String? = nil, isLogarithmic: Bool = false)
  {
    self.runs = runs
    self.metrics = metrics
    self.parameter = parameter
    self.isLogarithmic = isLogarithmic
  }

  /// Draws it.
  ///
  /// - Parameters:
  ///   - tracker: The record.
  ///   - isForTerminal: Whether to ask for no more points than a terminal shows.
  /// - Returns: The figure.
  /// - Throws: ``FigureError/nothingToDraw(figure:reason:)`` if no run has a value, or what the
  ///   queries throw.
  public func drawn(in tracker: Tracker, isForTerminal: Bool = false) throws -> DrawnFigure {
    let labels = try labels(in: tracker)
    var series: [String: MetricChart.Series] = [:]
    var places: [String: Int] = [:]
    for (run, label) in zip(runs, labels).prefix(Self.mostCurves) {
      guard let place = places[label] ?? (places.count < Self.mostSeries ? places.count : nil)
      else { continue }
      places[label] = place
      series[run.uuid] = MetricChart.Series(label: label, place: place)
    }
    let drawn = runs.map(\.uuid).filter { series[$0] != nil }
    let list = JSONValue.array(drawn.map(JSONValue.string)).canonical
    let count =
      isForTerminal ? MetricChart.terminalPoints : MetricChart.pointCount(panels: metrics.count)
    var sources: [Page.Source] = []
    let results = try metrics.map { metric in
      let values: [String: SQLValue] = [
        "metric": .text(metric), "runs": .text(list), "points": .integer(Int64(count)),
      ]
      sources.append(Page.Source(.metricCurves, values))
      return (metric: metric, rows: try tracker.query(.metricCurves, values))
    }
    let chart = MetricChart(
      results, series: series, isLogarithmic: isLogarithmic,
      remark: drawn.count < runs.count
        ? "\(drawn.count) of \(runs.count) runs are drawn, the first ones" : nil)
    guard !chart.isEmpty else {
      throw FigureError.nothingToDraw(
        figure: "metrics",
        reason: isLogarithmic
          ? "the runs have no values above 0 of \(metrics.joined(separator: ", "))"
          : "the runs have no values of \(metrics.joined(separator: ", "))")
    }
    let lines =
      drawn.map { "run \($0)" }
      + ["query \(Query.metricCurves.rawValue), SHA-256 \(Query.metricCurves.sha256)"]
    return DrawnFigure(
      sheet: chart.sheet, provenance: lines.joined(separator: "\n"), sources: sources,
      text: { chart.text($0) })
  }

  /// What the legend calls each run: by the parameter, or by its name and, where that does not tell
  /// it from others, its UUID.
  private func labels(in tracker: Tracker) throws -> [String] {
    guard let parameter else {
      let names = runs.map { $0.name ?? "" }
      return zip(runs, names).map { run, name in
        let isAlone = !name.isEmpty && names.count { $0 == name } == 1
        let digits = String(run.uuid.prefix(8))
        return isAlone ? name : name.isEmpty ? digits : "\(name) (\(digits))"
      }
    }
    let list = JSONValue.array(runs.map { .string($0.uuid) }).canonical
    let settings = try tracker.query(
      .runValues, ["runs": .text(list), "section": .text("setting")]
    ).records.filter { $0.text("name") == parameter }
    let values = Dictionary(settings.map { ($0.text("run"), $0["value"]) }) { first, _ in first }
    return runs.map { run in
      let value = values[run.uuid].map { Typesetting.text(of: $0, as: .text) }
      return "\(parameter) \(value ?? "not given")"
    }
  }
}
