internal import Report
internal import Tracker

extension Router {
  /// Curves of metrics, which plots of run and compare pages show.
  mutating func addCurves() {
    on(.get, "/curves") { visit in try visit.curves() }
    on(.get, "/curves.svg") { visit in try visit.drawnCurves() }
  }
}

extension Visit {
  /// How many curves a plot has at most.
  static let mostCurves = 50
  /// How many points a curve has at most.
  private static let pointsOfCurve = 500

  /// A plot of a metric of some runs, told apart by colour in the order of the runs.
  func curvePlot(of metric: String, runs: [Run]) -> HTML {
    let query: [(String, String?)] =
      [("metric", metric)] + runs.prefix(Self.mostCurves).map { ("run", $0.uuid) }
    let source = site.address(of: database, ["curves"], query)
    let scale: [(String, String?)] = given("log") == nil ? [] : [("log", "1")]
    let drawing = site.address(of: database, ["curves.svg"], query + scale)
    return PlotFigure.html(
      id: "curve-\(PercentCoding.encoded(metric))", title: metric, source: source,
      drawn: """
        <a href="\(drawing)"><img src="\(drawing)" alt="\(metric) by step" loading="lazy" \
        width="720" height="330"></a>
        """)
  }

  private func askedRuns(_ tracker: Tracker) throws -> [Run] {
    try request.values("run").prefix(Self.mostCurves).map { try tracker.run(matching: $0) }
  }

  fileprivate func curves() throws -> HTTPResponse {
    let metric = request.value("metric") ?? ""
    let plot = try read { tracker in
      let runs = try askedRuns(tracker)
      let series = try runs.enumerated().compactMap { place, run -> PlotFigure.Series? in
        let curve = try tracker.curve(of: metric, in: run, points: Self.pointsOfCurve)
        guard !curve.points.isEmpty else { return nil }
        let digits = String(run.uuid.prefix(8))
        let isAlone = runs.count { $0.name == run.name } == 1
        let name = run.name.map { isAlone ? $0 : "\($0) (\(digits))" } ?? digits
        var series = PlotFigure.Series(
          runs.count == 1 ? metric : name, x: curve.points.map { Double($0.step) },
          y: curve.points.map(\.mean))
        if curve.isSummary {
          (series.low, series.high) = (curve.points.map(\.low), curve.points.map(\.high))
        }
        series.color = place
        return series
      }
      return PlotFigure(title: metric, x: .init("step"), y: .init(""), series: series)
    }
    return .json(plot.json)
  }

  /// The same for browsers that run no scripts.
  fileprivate func drawnCurves() throws -> HTTPResponse {
    let metric = request.value("metric") ?? ""
    let svg = try read { tracker in
      do {
        return try MetricFigure(
          runs: try askedRuns(tracker), metrics: [metric], isLogarithmic: given("log") != nil
        ).drawn(in: tracker).svg
      } catch let error as FigureError {
        throw HTTPFailure(.notFound, "\(error)")
      }
    }
    return HTTPResponse(
      headers: [HTTPHeader("Content-Type", "image/svg+xml")], content: .bytes(svg))
  }
}
