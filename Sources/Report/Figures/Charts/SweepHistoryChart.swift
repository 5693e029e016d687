internal import Tracker

/// The value of each trial of a sweep, and the best one so far.
struct SweepHistoryChart {
  let records: [Record]

  /// Reads the rows of sweep_history for one objective of one sweep.
  init(_ history: QueryResult) {
    records = history.records
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: summary,
      legend: Legend(entries: [
        (.dot(.series(0)), "trial"), (.dot(.series(1)), "better than all before"),
        (.line(Pen(.series(1), 2)), "best so far"),
      ]).drawings,
      panels: [drawing(width: 720)], columns: 1, narrowPanels: [drawing(width: 360)])
  }

  private var summary: String {
    "The best \(records.first?.text("objective") ?? "") so far in the sweep "
      + (records.first?.text("sweep") ?? "")
  }

  private func drawing(width: Double) -> Drawing {
    let objective = records.first?.text("objective") ?? ""
    let sweep = records.first?.text("sweep") ?? ""
    var drawing = Drawing(width: width, height: 290, summary: summary)
    let plot = Plot(
      x: 72, y: 30, width: width - 86, height: 212,
      horizontal: Scale(0, Double(records.count) + 1),
      vertical: Scale(holding: records.map { $0.number("value") }))
    plot.drawAxes(in: &drawing)
    let remark = "\(records.first?.text("goal") ?? "") \(objective)"
    plot.drawTitle(plot.shortened(sweep, beside: remark), remark: remark, in: &drawing)
    plot.drawHorizontalTitle("judged trials", in: &drawing)
    plot.drawVerticalTitle(objective, distance: 54, in: &drawing)
    drawing.add(bestLine(plot), stroke: Pen(.series(1), 2))
    for record in records where record.number("value").isFinite {
      let place = plot.point(record.number("position"), record.number("value"))
      let isBest = record.integer("is_best") == 1
      drawing.add(
        .hint(
          "trial \(record.integer("number")): \(AxisNumber.text(record.number("value"), digits: 5))",
          [
            .shape(
              Shape(
                path: .circle(place.x, place.y, isBest ? 4 : 3),
                fill: isBest ? .series(1) : Ink.series(0).faded(0.6)))
          ]))
    }
    return drawing
  }

  private func bestLine(_ plot: Plot) -> Path {
    let known = records.filter { $0.number("best_value").isFinite }
    let steps = zip(known, known.dropFirst()).flatMap { before, after in
      [before, after].map {
        plot.point(after.number("position"), $0.number("best_value"))
      }
    }
    let start = known.first.map { plot.point($0.number("position"), $0.number("best_value")) }
    return .line((start.map { [$0] } ?? []) + steps)
  }
}
