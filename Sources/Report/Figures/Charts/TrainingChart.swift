internal import Tracker

/// Loss and accuracy of a training, epoch by epoch.
struct TrainingChart {
  let runs: [(run: String, records: [Record])]

  /// Reads the rows of training_curve.
  init(_ curves: QueryResult) {
    runs = curves.records.grouped(by: "run").map { ($0.key, $0.records) }
  }

  /// The figure.
  var sheet: PanelSheet {
    let records = runs.flatMap(\.records)
    let greatest = records.map { $0.number("train_loss") }.filter(\.isFinite).max() ?? 1
    let accuracies = ["train_accuracy", "test_accuracy"].flatMap { name in
      records.map { $0.number(name) }
    }.filter(\.isFinite)
    let (lowest, highest) = (accuracies.min() ?? 0, accuracies.max() ?? 1)
    return PanelSheet(
      summary: "Loss and accuracy of training, epoch by epoch",
      legend: Legend(entries: [
        (.line(Pen(.series(1), 1.8)), "training images, dropout on"),
        (.line(Pen(.series(0), 1.8)), "test images, dropout off"),
      ]).drawings,
      panels: [
        panel(
          "Loss", remark: "cross-entropy, nats", Scale(0, greatest * 1.05),
          ticks: .values(count: 5), [("train_loss", .series(1))]),
        panel(
          "Accuracy", remark: "", Scale(max(0, lowest - (highest - lowest) * 0.08), 1),
          ticks: .percentages(count: 5),
          [("train_accuracy", .series(1)), ("test_accuracy", .series(0))]),
      ], columns: 2)
  }

  /// A panel with some columns of the query as lines over the epochs.
  private func panel(
    _ title: String, remark: String, _ vertical: Scale, ticks: Plot.Ticks,
    _ columns: [(name: String, ink: Ink)]
  ) -> Drawing {
    let records = runs.flatMap(\.records)
    var drawing = Drawing(
      width: 360, height: 254, summary: "\(title) of training, epoch by epoch")
    let plot = Plot(
      x: 58, y: 30, width: 288, height: 180,
      horizontal: Scale(holding: records.map { $0.number("epoch") }), vertical: vertical)
    plot.drawAxes(in: &drawing, horizontal: epochTicks(records), vertical: ticks)
    plot.drawHorizontalTitle("epoch", in: &drawing)
    plot.drawTitle(title, remark: remark, in: &drawing)
    for (_, records) in runs {
      for (name, ink) in columns { draw(name, of: records, Pen(ink, 1.8), plot, in: &drawing) }
    }
    return drawing
  }

  /// Epochs are whole.
  private func epochTicks(_ records: [Record]) -> Plot.Ticks {
    let last = records.map { $0.integer("epoch") }.max() ?? 1
    let step = max(1, (last + 4) / 5)
    let values = [1] + Array(stride(from: step, through: last, by: step)).filter { $0 > 1 }
    return .words(values.map { (Double($0), String($0)) })
  }

  private func draw(
    _ column: String, of records: [Record], _ pen: Pen, _ plot: Plot, in drawing: inout Drawing
  ) {
    let points = records.map { (x: $0.number("epoch"), y: $0.number(column)) }
      .filter { $0.y.isFinite }
    drawing.add(plot.line(points), stroke: pen)
    for point in points {
      let place = plot.point(point.x, point.y)
      drawing.add(
        .hint(
          "epoch \(Int(point.x)): \(column.replacing("_", with: " ")) "
            + AxisNumber.text(point.y, digits: 4),
          [.shape(Shape(path: .circle(place.x, place.y, 2.6), fill: pen.ink, stroke: nil))]))
    }
  }
}
