internal import Tracker

/// How well measures of uncertainty tell adversarial from clean images, an attack a panel.
struct ROCChart {
  /// One measure's curve.
  struct Curve {
    let measure: String
    let auroc: Double
    let points: [(x: Double, y: Double)]
  }

  let panels: [(attack: String, curves: [Curve])]

  /// Reads the rows of roc, a measure a result, and those of measures for the areas.
  init(curves: [QueryResult], areas: QueryResult) {
    let areas = areas.records
    var panels: [(attack: String, curves: [Curve])] = []
    for (attack, records) in curves.flatMap({ $0.records.grouped(by: "attack") }) {
      let measure = records.first?.text("measure") ?? ""
      let area = areas.first { $0.text("attack") == attack && $0.text("measure") == measure }
      let curve = Curve(
        measure: measure, auroc: area?.number("auroc") ?? .nan,
        points: records.map {
          ($0.number("false_positive_rate"), $0.number("true_positive_rate"))
        })
      if let place = panels.firstIndex(where: { $0.attack == attack }) {
        panels[place].curves.append(curve)
      } else {
        panels.append((attack, [curve]))
      }
    }
    self.panels = panels
  }

  /// The figure.
  var drawing: Drawing {
    let columns = min(2, max(1, panels.count))
    let rows = (panels.count + columns - 1) / columns
    let side = 280.0
    var drawing = Drawing(
      width: 720, height: Double(rows) * (side + 52) + 26,
      summary: "ROC curves of the measures of uncertainty: "
        + panels.map { AttackName.heading($0.attack) }.joined(separator: ", "))
    for (index, panel) in panels.enumerated() {
      let (row, column) = (index / columns, index % columns)
      let plot = Plot(
        x: 64 + Double(column) * (side + 66), y: 30 + Double(row) * (side + 52), width: side,
        height: side, horizontal: Scale(0, 1), vertical: Scale(0, 1))
      plot.drawAxes(
        in: &drawing, horizontal: .percentages(count: 5), vertical: .percentages(count: 5))
      plot.drawTitle(AttackName.heading(panel.attack, size: 11.5, within: side), in: &drawing)
      draw(panel.curves, plot, in: &drawing)
      if column == 0 { plot.drawVerticalTitle("adversarial images detected", in: &drawing) }
      if index + columns >= panels.count {
        plot.drawHorizontalTitle("clean images declared adversarial", in: &drawing)
      }
    }
    return drawing
  }

  private func draw(_ curves: [Curve], _ plot: Plot, in drawing: inout Drawing) {
    drawing.line(
      plot.x, plot.y + plot.height, plot.x + plot.width, plot.y, Pen(.muted, 0.9, dashes: [2, 4]))
    for (index, curve) in curves.enumerated().reversed() {
      drawing.add(
        .hint(
          "\(MeasureName.short(curve.measure)): AUROC \(AxisNumber.text(curve.auroc, digits: 4))",
          [.shape(Shape(path: plot.line(curve.points), fill: nil, stroke: pen(index)))]))
    }
    let top = plot.y + plot.height - 14 * Double(curves.count) - 6
    drawing.add(
      .rectangle(plot.x + plot.width - 190, top - 12, 188, plot.y + plot.height - top + 8),
      fill: Ink.paper.faded(0.85))
    drawing.text("AUROC", plot.x + plot.width - 6, top, size: 9.5, weight: .bold, anchor: .end)
    for (index, curve) in curves.enumerated() {
      let y = top + 14 * Double(index + 1)
      Legend.draw(.line(pen(index)), in: &drawing, x: plot.x + plot.width - 186, y: y)
      drawing.text(MeasureName.short(curve.measure), plot.x + plot.width - 162, y, size: 9.5)
      drawing.text(
        AxisNumber.text(curve.auroc, resolution: 0.0001), plot.x + plot.width - 6, y, size: 9.5,
        anchor: .end)
    }
  }

  /// The study's own measure stands out; dashes help where colours do not.
  private func pen(_ index: Int) -> Pen {
    let dashes: [[Double]] = [[], [], [5, 3], [], [2, 3], [7, 3], [4, 2, 1, 2]]
    return Pen(.series(index), index == 0 ? 2.2 : 1.3, dashes: dashes[index % dashes.count])
  }
}
