internal import Tracker

/// Loss and accuracy of a training, epoch by epoch.
struct TrainingChart {
  let runs: [(run: String, records: [Record])]

  /// Reads the rows of training_curve.
  init(_ curves: QueryResult) {
    runs = curves.records.grouped(by: "run").map { ($0.key, $0.records) }
  }

  /// The figure.
  var drawing: Drawing {
    var drawing = Drawing(
      width: 720, height: 282, summary: "Loss and accuracy of training, epoch by epoch")
    let records = runs.flatMap(\.records)
    let epochs = Scale(holding: records.map { $0.number("epoch") })
    let loss = Plot(
      x: 60, y: 54, width: 286, height: 180, horizontal: epochs,
      vertical: Scale(
        0, (records.map { $0.number("train_loss") }.filter(\.isFinite).max() ?? 1) * 1.05))
    let accuracies = ["train_accuracy", "test_accuracy"].flatMap { name in
      records.map { $0.number(name) }
    }.filter(\.isFinite)
    let accuracy = Plot(
      x: 414, y: 54, width: 286, height: 180, horizontal: epochs,
      vertical: Scale(
        max(
          0, (accuracies.min() ?? 0) - ((accuracies.max() ?? 1) - (accuracies.min() ?? 0)) * 0.08),
        1))
    for plot in [loss, accuracy] {
      plot.drawAxes(
        in: &drawing, horizontal: epochTicks(records),
        vertical: plot.x == loss.x ? .values(count: 5) : .percentages(count: 5))
      plot.drawHorizontalTitle("epoch", in: &drawing)
    }
    loss.drawTitle("Loss", remark: "cross-entropy, nats", in: &drawing)
    accuracy.drawTitle("Accuracy", in: &drawing)
    for (_, records) in runs {
      draw("train_loss", of: records, Pen(.series(1), 1.8), loss, in: &drawing)
      draw("train_accuracy", of: records, Pen(.series(1), 1.8), accuracy, in: &drawing)
      draw("test_accuracy", of: records, Pen(.series(0), 1.8), accuracy, in: &drawing)
    }
    Legend(entries: [
      (.line(Pen(.series(1), 1.8)), "training images, dropout on"),
      (.line(Pen(.series(0), 1.8)), "test images, dropout off"),
    ]).draw(in: &drawing, x: 57, y: 18)
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
