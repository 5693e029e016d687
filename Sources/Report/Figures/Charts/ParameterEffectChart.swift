internal import SQLite
internal import Tracker

/// What each parameter of a sweep does to its value, a parameter a panel.
struct ParameterEffectChart {
  private let trials: SweepTrials

  /// Reads the rows of sweep_trials for one objective of one sweep.
  init(_ result: QueryResult, _ names: MeasureNames) {
    trials = SweepTrials(result, names)
  }

  /// The figure.
  var sheet: PanelSheet {
    let columns = min(3, max(1, trials.axes.count))
    let width = 720 / Double(columns)
    return PanelSheet(
      summary: "What each parameter of the sweep \(trials.sweep) does to its \(trials.objective)",
      legend: Legend(entries: [
        (.dot(.series(0)), "trial"),
        (.line(Pen(.series(1), 2)), "mean of trials with like settings"),
      ]).drawings + trials.remark(width: 340),
      panels: trials.axes.map { drawing(of: $0, width: width) }, columns: columns,
      narrowPanels: columns == 1 ? trials.axes.map { drawing(of: $0, width: 360) } : nil)
  }

  private func drawing(of axis: SweepTrials.Axis, width: Double) -> Drawing {
    var drawing = Drawing(
      width: width, height: axis.words.isEmpty ? 206 : 220,
      summary: "What \(axis.name) does to \(trials.objective)")
    let plot = Plot(
      x: 66, y: 30, width: width - 80, height: 150, horizontal: axis.scale,
      vertical: Scale(holding: trials.trials.map(\.value)))
    plot.drawAxes(in: &drawing, horizontal: axis.words.isEmpty ? axis.ticks(4) : .none)
    drawWords(of: axis, plot, in: &drawing)
    plot.drawTitle(plot.shortened(axis.name, beside: ""), in: &drawing)
    plot.drawVerticalTitle(trials.objective, distance: 50, in: &drawing)
    draw(axis, plot, in: &drawing)
    return drawing
  }

  /// Words along the axis, neighbours on two lines in turn, so that each has twice the room.
  private func drawWords(
    of axis: SweepTrials.Axis, _ plot: Plot, in drawing: inout Drawing
  ) {
    guard !axis.words.isEmpty else { return }
    let room = 2 * plot.width / Double(axis.words.count) - 8
    for (index, tick) in Plot.labels(axis.ticks(4, room: room), axis.scale).enumerated() {
      let place = plot.place(x: tick.value)
      let half = FontMetrics.width(of: tick.text, size: 9.5, weight: .regular) / 2
      let isLower = !index.isMultiple(of: 2)
      drawing.line(
        place, plot.y + plot.height, place, plot.y + plot.height + (isLower ? 17 : 4),
        Pen(.muted, 0.8))
      drawing.text(
        tick.text, max(half + 2, min(drawing.width - half - 2, place)),
        plot.y + plot.height + (isLower ? 27 : 14), size: 9.5, ink: .muted, anchor: .middle)
    }
  }

  private func draw(_ axis: SweepTrials.Axis, _ plot: Plot, in drawing: inout Drawing) {
    let points = trials.trials.compactMap { trial in
      axis.value(trial.settings[axis.name] ?? .null).map {
        (x: $0, y: trial.value, number: trial.number)
      }
    }
    for point in points {
      let place = plot.point(point.x, point.y)
      drawing.add(
        .hint(
          "trial \(point.number): \(trials.objective) \(AxisNumber.text(point.y, digits: 5))",
          [
            .shape(
              Shape(path: .circle(place.x, place.y, 3), fill: Ink.series(0).faded(0.55)))
          ]))
    }
    // Means over settings that are alike: the same word, or in the same sixth of the axis.
    let bins = axis.words.isEmpty ? 6 : axis.words.count
    let groups = Dictionary(grouping: points) { point in
      min(bins - 1, max(0, Int(axis.scale.share(point.x) * Double(bins))))
    }
    let means = groups.sorted { $0.key < $1.key }.map { _, members in
      (
        x: members.map { plot.place(x: $0.x) }.reduce(0, +) / Double(members.count),
        y: members.map(\.y).reduce(0, +) / Double(members.count)
      )
    }
    let places = means.map { Point($0.x, plot.place(y: $0.y)) }
    if axis.words.isEmpty { drawing.add(.line(places), stroke: Pen(.series(1), 2)) }
    for place in places {
      let path =
        axis.words.isEmpty
        ? Path.circle(place.x, place.y, 2.4)
        : .line([Point(place.x - 9, place.y), Point(place.x + 9, place.y)])
      drawing.add(
        path, fill: axis.words.isEmpty ? .series(1) : nil, stroke: Pen(.series(1), 2))
    }
  }
}
