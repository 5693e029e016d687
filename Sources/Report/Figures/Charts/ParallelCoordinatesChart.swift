internal import SQLite
internal import Tracker

/// The trials of a sweep as lines across its parameters' axes, ending at their value.
struct ParallelCoordinatesChart {
  private let trials: SweepTrials

  /// Reads the rows of sweep_trials for one objective of one sweep.
  init(_ result: QueryResult) {
    trials = SweepTrials(result)
  }

  /// The figure.
  var drawing: Drawing {
    let values = SweepTrials.Axis(
      name: trials.objective, scale: Scale(holding: trials.trials.map(\.value)), words: [])
    let axes = trials.axes + [values]
    let width = max(720, 120 + 110 * Double(axes.count))
    var drawing = Drawing(
      width: width, height: 340,
      summary: "The trials of the sweep \(trials.sweep) across its parameters, and their "
        + trials.objective)
    let (top, height) = (70.0, 230.0)
    let pitch = (width - 140) / Double(max(1, axes.count - 1))
    let plots = axes.enumerated().map { index, axis in
      Plot(
        x: 70 + Double(index) * pitch, y: top, width: 1, height: height, horizontal: Scale(0, 1),
        vertical: axis.scale)
    }
    for trial in trials.ascending {
      let settings = trials.axes.map { $0.value(trial.settings[$0.name] ?? .null) }
      let points = zip(plots, settings + [trial.value]).compactMap { plot, value in
        value.map { Point(plot.x, plot.place(y: $0)) }
      }
      let merit = trials.merit(of: trial.value)
      let ink = Ink(.value(ColorMap.color(0.1 + 0.75 * merit)), opacity: 0.35 + 0.6 * merit)
      let words = trials.axes.map { axis in
        "\(axis.name) = \(SweepTrials.word(trial.settings[axis.name] ?? .null))"
      }
      drawing.add(
        .hint(
          "trial \(trial.number): \(trials.objective) \(AxisNumber.text(trial.value, digits: 5)); "
            + words.joined(separator: ", "),
          [.shape(Shape(path: .line(points), fill: nil, stroke: Pen(ink, 1 + merit)))]))
    }
    for (index, (axis, plot)) in zip(axes, plots).enumerated() {
      drawing.line(plot.x, top, plot.x, top + height, Pen(.text, 1.1))
      // Names of the outer axes stay within the figure.
      let half = FontMetrics.width(of: axis.name, size: 10, weight: .bold) / 2
      let place = max(half + 4, min(width - half - 4, plot.x))
      drawing.text(
        axis.name, place, index.isMultiple(of: 2) ? top - 12 : top + height + 22, size: 10,
        weight: .bold, anchor: .middle)
      drawLabels(axis, plot, in: &drawing)
    }
    drawing.text(trials.sweep, 20, 18, size: 11.5, weight: .bold)
    drawing.text(
      "bright lines are the better trials (\(trials.goal) \(trials.objective))", width - 20, 18,
      ink: .muted, anchor: .end)
    return drawing
  }

  private func drawLabels(_ axis: SweepTrials.Axis, _ plot: Plot, in drawing: inout Drawing) {
    var labels: [(value: Double, text: String)] = []
    if case .words(let words) = axis.ticks(5) {
      labels = words
    } else {
      let values = axis.scale.ticks(5)
      labels = values.map { ($0, axis.scale.label(of: $0, among: values)) }
    }
    for (value, text) in labels {
      let place = plot.place(y: value)
      let length = FontMetrics.width(of: text, size: 9, weight: .regular)
      // Lines pass behind the words.
      drawing.add(
        .rectangle(plot.x + 3, place - 6, length + 4, 12), fill: Ink.paper.faded(0.75))
      drawing.line(plot.x - 2, place, plot.x + 2, place, Pen(.text, 1))
      drawing.text(text, plot.x + 5, place + 3.2, size: 9)
    }
  }
}
