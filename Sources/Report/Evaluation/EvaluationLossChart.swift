internal import SQLite
internal import Tracker

/// How the attacks of an evaluation fare step by step at its main budget: what each climbs, a line.
struct EvaluationLossChart {
  /// One attack's means by step.
  private struct Curve {
    let attack: String
    let points: [(x: Double, y: Double)]
    /// The share of images that it misleads in the end.
    let misled: Double
  }

  private let panels: [(title: String, curves: [Curve])]

  /// Reads the rows of evaluation_losses.
  init(_ result: QueryResult) {
    let attacks = result.records.filter {
      $0.text("part_role") == "attack" && $0.integer("is_main") == 1
    }.grouped(by: "attack").map(\.records)
    func curves(_ column: String, _ isShown: (Record) -> Bool) -> [Curve] {
      attacks.filter { $0.first.map(isShown) ?? false }.compactMap { rows in
        let points = rows.map { (x: $0.number("attack_step"), y: $0.number(column)) }
          .filter { $0.y.isFinite }
        guard let last = rows.last, points.count > 1 else { return nil }
        return Curve(
          attack: last.text("attack"), points: points, misled: last.number("misled_share"))
      }
    }
    panels = [
      ("loss, knows the network", curves("mean_loss") { $0.integer("is_adaptive") == 0 }),
      ("loss, knows the detector", curves("mean_loss") { $0.integer("is_adaptive") == 1 }),
      ("the detector's score", curves("mean_score") { $0.integer("is_adaptive") == 1 }),
    ].filter { !$0.curves.isEmpty }
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "What attacks reach step by step: "
        + panels.flatMap(\.curves).map(\.attack).reduce(into: [String]()) { names, name in
          if !names.contains(name) { names.append(name) }
        }.joined(separator: ", "),
      panels: panels.map { drawing($0.title, $0.curves) }, columns: max(1, panels.count))
  }

  private static let lineHeight = 14.0

  private func drawing(_ title: String, _ curves: [Curve]) -> Drawing {
    let most = panels.map(\.curves.count).max() ?? 0
    var drawing = Drawing(
      width: 240, height: 262 + Self.lineHeight * Double(most + 1), summary: title)
    let points = curves.flatMap(\.points)
    let plot = Plot(
      x: 46, y: 30, width: 180, height: 180,
      horizontal: Scale(0, points.map(\.x).max() ?? 1), vertical: vertical(of: points.map(\.y)))
    plot.drawAxes(
      in: &drawing, horizontal: .wholeValues(count: 4), vertical: .values(count: 5))
    plot.drawTitle(title, in: &drawing)
    plot.drawHorizontalTitle("steps", in: &drawing)
    for (index, curve) in curves.enumerated() {
      let shape = Shape(path: plot.line(curve.points), fill: nil, stroke: pen(index))
      drawing.add(
        .hint(
          "\(curve.attack): \(AxisNumber.text(curve.points.last?.y ?? .nan, digits: 3)) in the end",
          [.shape(shape)]))
    }
    drawTable(of: curves, y: plot.y + plot.height + 50, in: &drawing)
    return drawing
  }

  /// Losses begin at 0; their large values are drawn closer together.
  private func vertical(of values: [Double]) -> Scale {
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 1)
    return lowest >= 0 ? Scale(0, highest, .squareRoot) : Scale(holding: values)
  }

  private func pen(_ index: Int) -> Pen {
    let dashes: [[Double]] = [[], [5, 3], [2, 3], [7, 3], [4, 2, 1, 2]]
    return Pen(.series(index), 1.6, dashes: dashes[index % dashes.count])
  }

  private func drawTable(of curves: [Curve], y: Double, in drawing: inout Drawing) {
    let places = [170.0, 226]
    for (place, head) in zip(places, ["at the end", "misled"]) {
      drawing.text(head, place, y, size: 9.5, weight: .bold, anchor: .end)
    }
    for (index, curve) in curves.enumerated() {
      let y = y + Self.lineHeight * Double(index + 1)
      Legend.draw(.line(pen(index)), in: &drawing, x: 14, y: y)
      drawing.text(
        FontMetrics.shortened(curve.attack, size: 9.5, weight: .regular, within: 80), 38, y,
        size: 9.5)
      let numbers = [
        AxisNumber.text(curve.points.last?.y ?? .nan, digits: 3), Typesetting.percent(curve.misled),
      ]
      for (place, number) in zip(places, numbers) {
        drawing.text(number, place, y, size: 9.5, anchor: .end)
      }
    }
  }
}

extension EvaluationLossChart {
  /// The curves of each panel over each other, with their ends below.
  func text(_ style: TerminalStyle) -> String {
    let blocks = panels.map { panel -> TextBlock in
      let points = panel.curves.flatMap(\.points)
      let horizontal = Scale(0, points.map(\.x).max() ?? 1)
      let vertical = vertical(of: points.map(\.y))
      let layers = panel.curves.enumerated().reversed().map { index, curve in
        var canvas = BrailleCanvas(columns: 36, rows: 9)
        canvas.line(curve.points.map { (horizontal.share($0.x), vertical.share($0.y)) })
        return (canvas: canvas, ink: Ink.series(index))
      }
      let block = BrailleCanvas.block(
        title: "\(panel.title), up to \(AxisNumber.text(vertical.upper, digits: 3))", left: "0",
        right: "\(AxisNumber.text(horizontal.upper, digits: 4)) steps", layers: layers, style: style
      )
      return panel.curves.reduce(block) { block, curve in
        block.followed(
          by: TextBlock.padded(curve.attack, 15)
            + " \(AxisNumber.text(curve.points.last?.y ?? .nan, digits: 3)), "
            + "\(Typesetting.percent(curve.misled)) misled")
      }
    }
    return TextBlock.arranged(blocks, width: style.width)
  }
}
