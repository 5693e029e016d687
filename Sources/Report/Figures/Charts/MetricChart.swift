internal import SQLite
internal import Tracker

/// Metrics of several runs over their steps, a metric a panel.
struct MetricChart {
  /// A line of the legend: one run, or all runs with the same value of a parameter.
  struct Series: Equatable {
    let label: String
    /// Counts the series from 0; it says how their curves are drawn.
    let place: Int

    /// The colour, which the dashes of ``pen`` tell from an earlier one's.
    var ink: Ink { .series(place) }

    /// How a curve is drawn.
    var pen: Pen {
      let dashes: [[Double]] = [[], [5, 3], [1.5, 2.5]]
      return Pen(ink, 1.6, dashes: dashes[place / Ink.palette.count % dashes.count])
    }
  }

  /// Neighbouring steps as one point: their place, and the range of their values.
  struct Point: Equatable {
    let step: Double
    let low: Double
    let high: Double
  }

  /// A run's values of a metric.
  struct Curve {
    let series: Series
    /// The points without gaps between them; at a NaN or an infinity a piece ends.
    let pieces: [[Point]]
    /// The value at the last step; nil if that is not a number.
    let last: Double?
  }

  /// A metric's curves.
  struct Panel {
    let metric: String
    let curves: [Curve]
    /// How many values a logarithmic scale has no place for.
    let omitted: Int
    let steps: Scale
    let values: Scale
  }

  let panels: [Panel]
  let series: [Series]
  /// What a reader must know, such as that runs are left out; nil: nothing.
  let remark: String?

  /// Reads the rows of metric_curves.
  ///
  /// - Parameters:
  ///   - results: The rows of each metric, in the order of the panels.
  ///   - series: The series of each run that is drawn, by its UUID.
  ///   - isLogarithmic: Whether values are drawn by their logarithms.
  ///   - remark: What else a reader must know.
  init(
    _ results: [(metric: String, rows: QueryResult)], series: [String: Series],
    isLogarithmic: Bool, remark: String?
  ) {
    let panels = results.map { metric, rows in
      let runs = rows.records.grouped(by: "run")
      let curves = runs.compactMap { run, records in
        series[run].map { Curve(series: $0, records, isLogarithmic: isLogarithmic) }
      }.sorted { $0.series.place < $1.series.place }
      let omitted =
        isLogarithmic
        ? runs.flatMap(\.records).count { $0.number("high") <= 0 } : 0
      return Panel(
        metric: metric, curves: curves, omitted: omitted,
        steps: rows.records.flatMap { [$0.number("step"), $0.number("last_step")] },
        isLogarithmic: isLogarithmic)
    }
    self.panels = panels
    self.series = Set(panels.flatMap(\.curves).map(\.series.place)).sorted().compactMap { place in
      series.values.first { $0.place == place }
    }
    let isOmitting = panels.contains { $0.omitted > 0 }
    let parts = [remark, isOmitting ? "values of 0 or less have no place" : nil].compactMap { $0 }
    self.remark = parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// Whether there is nothing to draw.
  var isEmpty: Bool { panels.allSatisfy { $0.curves.allSatisfy(\.pieces.isEmpty) } }
}

extension MetricChart.Curve {
  fileprivate init(series: MetricChart.Series, _ records: [Record], isLogarithmic: Bool) {
    var pieces: [[MetricChart.Point]] = [[]]
    for record in records {
      var (low, high) = (record.number("low"), record.number("high"))
      if isLogarithmic, high > 0, low <= 0 { low = high }
      guard low.isFinite, high.isFinite, !isLogarithmic || low > 0 else {
        pieces.append([])
        continue
      }
      if low > high { swap(&low, &high) }
      pieces[pieces.count - 1].append(
        MetricChart.Point(
          step: (record.number("step") + record.number("last_step")) / 2, low: low, high: high))
      // Somewhere among its steps there is no number.
      if record.integer("missing") > 0 { pieces.append([]) }
    }
    self.series = series
    self.pieces = pieces.filter { !$0.isEmpty }
    last = records.last?["last"].real
  }
}

extension MetricChart.Panel {
  fileprivate init(
    metric: String, curves: [MetricChart.Curve], omitted: Int, steps: [Double],
    isLogarithmic: Bool
  ) {
    let points = curves.flatMap { $0.pieces.joined() }
    let lowest = points.map(\.low).min() ?? 0
    let highest = points.map(\.high).max() ?? 1
    self.metric = metric
    self.curves = curves
    self.omitted = omitted
    self.steps = Scale(steps.min() ?? 0, steps.max() ?? 1)
    if isLogarithmic {
      // A tenth of a decade at least.
      let room = max(1.06, (highest / lowest).squareRoot().squareRoot().squareRoot())
      values = Scale(lowest / room, highest * room, .logarithmic)
    } else {
      let room = highest > lowest ? (highest - lowest) * 0.06 : max(abs(highest) * 0.05, 0.5)
      values = Scale(lowest - room, highest + room)
    }
  }
}

extension MetricChart {
  /// How many points a curve has at most in a figure with so many panels: as many as its plot is
  /// wide.
  static func pointCount(panels: Int) -> Int { panels == 1 ? 640 : 288 }

  /// The figure.
  var sheet: PanelSheet {
    let names = panels.map(\.metric).joined(separator: ", ")
    var legend = Legend(
      entries: series.map { series in
        (
          .line(series.pen),
          FontMetrics.shortened(series.label, size: 10, weight: .regular, within: 300)
        )
      }
    ).drawings
    if let remark {
      let width = FontMetrics.width(of: remark, size: 10, weight: .regular)
      var drawing = Drawing(width: width + 24, height: 20, summary: remark)
      drawing.text(remark, 0, 14, ink: .muted)
      legend.append(drawing)
    }
    return PanelSheet(
      summary: "\(names) by step", legend: legend, panels: panels.map(drawing),
      columns: panels.count == 1 ? 1 : 2)
  }

  private func drawing(of panel: Panel) -> Drawing {
    let isAlone = panels.count == 1
    let (width, height) = isAlone ? (720.0, 330.0) : (360, 254)
    var drawing = Drawing(width: width, height: height, summary: "\(panel.metric) by step")
    let plot = Plot(
      x: 66, y: 30, width: width - 80, height: height - 74, horizontal: panel.steps,
      vertical: panel.values)
    plot.drawAxes(
      in: &drawing, horizontal: .wholeValues(count: isAlone ? 8 : 4), vertical: .values(count: 5))
    plot.drawHorizontalTitle("step", in: &drawing)
    plot.drawTitle(plot.shortened(panel.metric, beside: ""), in: &drawing)
    for curve in panel.curves {
      let last = curve.last.map { ", last \(AxisNumber.text($0, digits: 5))" } ?? ""
      drawing.add(
        .hint(
          "\(panel.metric), \(curve.series.label)\(last)",
          curve.pieces.map { element(of: $0, curve.series, plot) }))
    }
    return drawing
  }

  /// A line through neighbouring points; a dot where there is one alone.
  private func element(of piece: [Point], _ series: Series, _ plot: Plot) -> Drawing.Element {
    let places = Self.outline(of: piece).map { plot.point($0.x, $0.y) }
    guard places.count > 1 else {
      let place = places.first ?? .init(plot.x, plot.y)
      return .shape(Shape(path: .circle(place.x, place.y, 2), fill: series.ink))
    }
    return .shape(Shape(path: .line(places), stroke: series.pen))
  }

  /// The corners of a line that reaches the smallest and the largest value at each point, the nearer
  /// one first.
  static func outline(of piece: [Point]) -> [(x: Double, y: Double)] {
    var corners: [(x: Double, y: Double)] = []
    for point in piece {
      guard point.low < point.high else {
        corners.append((point.step, point.low))
        continue
      }
      let before = corners.last?.y ?? point.low
      let isLowNearer = abs(before - point.low) <= abs(before - point.high)
      corners.append((point.step, isLowNearer ? point.low : point.high))
      corners.append((point.step, isLowNearer ? point.high : point.low))
    }
    return corners
  }
}
