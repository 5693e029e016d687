internal import SQLite
internal import Tracker

/// The trials of a sweep as lines across its parameters' axes, ending at their value.
struct ParallelCoordinatesChart {
  private let trials: SweepTrials

  /// Reads the rows of sweep_trials for one objective of one sweep.
  init(_ result: QueryResult, _ names: MeasureNames) {
    trials = SweepTrials(result, names)
  }

  /// The figure: as many rows of axes as it takes for words to stand beside each, the objective at
  /// the end of all.
  var sheet: PanelSheet {
    PanelSheet(
      summary: summary, panels: drawings(width: 720, parameters: 5), columns: 1,
      narrowPanels: drawings(width: 360, parameters: 2))
  }

  private var summary: String {
    "The trials of the sweep \(trials.sweep) across its parameters, and their \(trials.objective)"
  }

  /// Rows of at most this many parameters, even in length, below a line that says what they show.
  private func drawings(width: Double, parameters count: Int) -> [Drawing] {
    let axes = trials.axes
    let rows = max(1, (axes.count + count - 1) / count)
    return [heading(width: width)]
      + (0..<rows).map { row in
        let range = row * axes.count / rows..<(row + 1) * axes.count / rows
        return drawing(of: Array(axes[range]), width: width)
      } + trials.remark(width: width)
  }

  private func heading(width: Double) -> Drawing {
    var drawing = Drawing(width: width, height: 44, summary: summary)
    drawing.text(
      FontMetrics.shortened(trials.sweep, size: 11.5, weight: .bold, within: width - 40), 20, 18,
      size: 11.5, weight: .bold)
    drawing.text(
      FontMetrics.shortened(
        "bright lines are the better trials (\(trials.goal) \(trials.objective))", size: 10,
        weight: .regular, within: width - 40), 20, 34, ink: .muted)
    return drawing
  }

  private func drawing(of parameters: [SweepTrials.Axis], width: Double) -> Drawing {
    let values = SweepTrials.Axis(
      name: trials.objective, scale: Scale(holding: trials.trials.map(\.value)), words: [])
    let axes = parameters + [values]
    let (top, height) = (32.0, 200.0)
    var drawing = Drawing(
      width: width, height: top + height + 32,
      summary: "\(summary): \(parameters.map(\.name).joined(separator: ", "))")
    let (left, right) = (40.0, 70.0)
    let pitch = (width - left - right) / Double(max(1, axes.count - 1))
    let plots = axes.enumerated().map { index, axis in
      Plot(
        x: left + Double(index) * pitch, y: top, width: 1, height: height,
        horizontal: Scale(0, 1), vertical: axis.scale)
    }
    for trial in trials.ascending {
      let settings = parameters.map { $0.value(trial.settings[$0.name] ?? .null) }
      let points = zip(plots, settings + [trial.value]).compactMap { plot, value in
        value.map { Point(plot.x, plot.place(y: $0)) }
      }
      let merit = trials.merit(of: trial.value)
      // Neither end of the colours is lost on white or on dark paper.
      let ink = Ink(.value(ColorMap.color(0.3 + 0.55 * merit)), opacity: 0.4 + 0.55 * merit)
      let words = trials.axes.map { axis in
        "\(axis.name) = \(trials.label(SweepTrials.word(trial.settings[axis.name] ?? .null)))"
      }
      drawing.add(
        .hint(
          "trial \(trial.number): \(trials.objective) \(AxisNumber.text(trial.value, digits: 5)); "
            + words.joined(separator: ", "),
          [.shape(Shape(path: .line(points), fill: nil, stroke: Pen(ink, 1 + merit)))]))
    }
    for (index, (axis, plot)) in zip(axes, plots).enumerated() {
      drawing.line(plot.x, top, plot.x, top + height, Pen(.text, 1.1))
      // Neighbours' names stand above and below in turn; those of the outer axes stay within.
      let name = FontMetrics.shortened(
        axis.name, size: 10, weight: .bold, within: min(width - 8, 2 * pitch - 12))
      let half = FontMetrics.width(of: name, size: 10, weight: .bold) / 2
      let place = max(half + 4, min(width - half - 4, plot.x))
      drawing.text(
        name, place, index.isMultiple(of: 2) ? top - 12 : top + height + 20, size: 10,
        weight: .bold, anchor: .middle)
      drawLabels(axis, plot, room: index < axes.count - 1 ? pitch - 14 : right - 8, in: &drawing)
    }
    return drawing
  }

  private func drawLabels(
    _ axis: SweepTrials.Axis, _ plot: Plot, room: Double, in drawing: inout Drawing
  ) {
    for (value, text) in Plot.labels(axis.ticks(5, room: room), axis.scale) {
      let place = plot.place(y: value)
      let length = FontMetrics.width(of: text, size: 9.5, weight: .regular)
      // Lines pass behind the words.
      drawing.add(
        .rectangle(plot.x + 3, place - 6, length + 4, 12), fill: Ink.paper.faded(0.75))
      drawing.line(plot.x - 2, place, plot.x + 2, place, Pen(.text, 1))
      drawing.text(text, plot.x + 5, place + 3.2, size: 9.5)
    }
  }
}
