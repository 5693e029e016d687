internal import SQLite
internal import Tracker

/// Attack success against the budget: the worst cases of an evaluation, and each attack.
struct EvaluationCurveChart {
  /// One line.
  struct Curve {
    let series: String
    let label: String
    /// Whether its attack knows the detector.
    let isAdaptive: Bool
    let points: [(epsilon: Double, rate: Double, low: Double, high: Double)]

    var isWorstCase: Bool { series != "attack" }
  }

  let curves: [Curve]
  /// What the budget is of.
  let norm: String
  /// Whether success is against a detector, too.
  let hasDetector: Bool
  /// The evaluation's own budget.
  let mainEpsilon: Double

  /// Reads the rows of evaluation_curve, and that of evaluations.
  init(_ result: QueryResult, about evaluations: QueryResult) {
    let evaluation = evaluations.records.first
    hasDetector = evaluation?["detector"].text != nil
    mainEpsilon = evaluation?.number("epsilon") ?? .nan
    norm =
      ["linf": "L-infinity", "l2": "L2"][evaluation?.text("norm") ?? ""]
      ?? evaluation?.text("norm") ?? ""
    var groups: [(key: String, rows: [Record])] = []
    for row in result.records {
      let key = [row.text("series"), row.text("attack"), "\(row.integer("is_adaptive"))"]
        .joined(separator: " ")
      if groups.last?.key == key {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append((key, [row]))
      }
    }
    let hasDetector = hasDetector
    curves = groups.compactMap { _, rows in
      guard let first = rows.first else { return nil }
      let series = first.text("series")
      let names = [
        "adaptive": "worst case, knows the detector",
        "unaware": hasDetector ? "worst case, knows no detector" : "worst case",
        "network": "the network alone", "baseline": "the baseline",
      ]
      return Curve(
        series: series, label: names[series] ?? first.text("attack"),
        isAdaptive: first.integer("is_adaptive") == 1,
        points: rows.map {
          (
            $0.number("epsilon"), $0.number("success_rate"), $0.number("success_rate_low"),
            $0.number("success_rate_high")
          )
        })
    }
  }

  /// The figure.
  var sheet: PanelSheet {
    let singles = curves.filter { !$0.isWorstCase }
    var entries: [(sample: Legend.Sample, text: String)] = curves.filter(\.isWorstCase).map {
      (.line(pen($0)), $0.label)
    }
    for isAdaptive in [true, false] {
      guard let one = singles.first(where: { $0.isAdaptive == isAdaptive }) else { continue }
      entries.append(
        (.line(pen(one)), "one attack\(isAdaptive ? " that knows the detector" : "")"))
    }
    return PanelSheet(
      summary: summary, legend: Legend(entries: entries).drawings, panels: [drawing(width: 720)],
      columns: 1, narrowPanels: [drawing(width: 350)])
  }

  private var summary: String {
    "Attack success by budget: "
      + curves.filter(\.isWorstCase).compactMap { curve in
        curve.points.last.map {
          "\(curve.label) \(Typesetting.percent($0.rate)) at "
            + AxisNumber.text($0.epsilon, digits: 3)
        }
      }.joined(separator: ", ")
  }

  /// How a curve is drawn: thick in a worst case, thin of one attack.
  private func pen(_ curve: Curve) -> Pen {
    switch curve.series {
    case "adaptive": Pen(.series(1), 2.6)
    case "unaware": Pen(.series(0), 2.6)
    case "network": Pen(.muted, 1.8, dashes: [5, 3])
    case "baseline": Pen(.series(2), 2.2, dashes: [7, 3])
    default: Pen(Ink.series(curve.isAdaptive ? 1 : 0).faded(0.7), 0.9)
    }
  }

  var scale: Scale { Scale(0, curves.flatMap(\.points).map(\.epsilon).max() ?? 1) }

  private func drawing(width: Double) -> Drawing {
    let isNarrow = width < 400
    var drawing = Drawing(width: width, height: 340, summary: summary)
    let plot = Plot(
      x: 58, y: 20, width: width - (isNarrow ? 76 : 158), height: 268, horizontal: scale,
      vertical: Scale(0, 1))
    plot.drawAxes(
      in: &drawing, horizontal: .values(count: isNarrow ? 5 : 8), vertical: .percentages(count: 5))
    plot.drawVerticalTitle(
      hasDetector ? "misclassified and declared clean" : "misclassified", in: &drawing)
    plot.drawHorizontalTitle("budget (\(norm))", in: &drawing)
    let place = plot.place(x: mainEpsilon)
    drawing.line(place, plot.y, place, plot.y + plot.height, Pen(.muted, 0.8, dashes: [1, 3]))
    for curve in curves where ["adaptive", "unaware"].contains(curve.series) {
      let band =
        curve.points.map { plot.point($0.epsilon, $0.low) }
        + curve.points.reversed().map { plot.point($0.epsilon, $0.high) }
      drawing.add(.line(band, isClosed: true), fill: pen(curve).ink.faded(0.12))
    }
    for curve in curves.reversed() { draw(curve, plot, in: &drawing) }
    if !isNarrow { drawNames(plot, in: &drawing) }
    return drawing
  }

  private func draw(_ curve: Curve, _ plot: Plot, in drawing: inout Drawing) {
    let pen = pen(curve)
    if curve.points.count > 1 {
      drawing.add(
        .hint(
          curve.label,
          [
            .shape(
              Shape(
                path: plot.line(curve.points.map { ($0.epsilon, $0.rate) }), fill: nil,
                stroke: pen))
          ]))
    }
    for point in curve.points where point.epsilon > 0 || curve.isWorstCase {
      drawing.add(
        .hint(
          "\(curve.label), \(AxisNumber.text(point.epsilon, digits: 4)): "
            + "\(Typesetting.percent(point.rate)), 95% "
            + Typesetting.interval(.real(point.low), .real(point.high), as: .percent),
          [
            .shape(
              Shape(
                path: .circle(
                  plot.place(x: point.epsilon), plot.place(y: point.rate),
                  curve.isWorstCase ? 3 : 1.8),
                fill: pen.ink))
          ]))
    }
  }

  /// The attacks' names beside the ends of their lines, moved apart where they would lie on each
  /// other.
  private func drawNames(_ plot: Plot, in drawing: inout Drawing) {
    let ends = curves.filter { !$0.isWorstCase }.compactMap { curve in
      curve.points.last.map { (curve: curve, y: plot.place(y: $0.rate)) }
    }.sorted { $0.y < $1.y }
    let gap = 11.0
    var places: [Double] = []
    for end in ends { places.append(max(end.y, (places.last ?? -.infinity) + gap)) }
    // What would lie below the plot moves up again.
    var limit = plot.y + plot.height + 4
    for index in places.indices.reversed() {
      places[index] = min(places[index], limit)
      limit = places[index] - gap
    }
    for (end, y) in zip(ends, places) {
      let x = plot.x + plot.width
      let last = end.curve.points.last.map { plot.place(x: $0.epsilon) } ?? x
      drawing.line(last + 3, end.y, x + 10, y, Pen(.grid, 0.8))
      drawing.text(
        FontMetrics.shortened(end.curve.label, size: 9, weight: .regular, within: 86), x + 12,
        y + 3, size: 9, ink: Ink.series(end.curve.isAdaptive ? 1 : 0))
    }
  }
}

extension EvaluationCurveChart {
  /// The worst cases over each other, and what they are at the main budget.
  func text(_ style: TerminalStyle) -> String {
    let scale = scale
    let shown = curves.filter(\.isWorstCase)
    let inks: [String: Ink] = [
      "adaptive": .series(1), "unaware": .series(0), "network": .series(6), "baseline": .series(2),
    ]
    let columns = max(20, min(64, style.width - 4))
    let layers = shown.reversed().map { curve in
      var canvas = BrailleCanvas(columns: columns, rows: 12)
      canvas.line(curve.points.map { (scale.share($0.epsilon), $0.rate) })
      return (canvas: canvas, ink: inks[curve.series] ?? .text)
    }
    let what = hasDetector ? "misclassified and declared clean" : "misclassified"
    let block = BrailleCanvas.block(
      title: "Images \(what), 0 to 100%", left: "0",
      right: "\(AxisNumber.text(scale.upper, digits: 3)) \(norm)", layers: layers, style: style)
    let rows = shown.map { curve in
      let numbers = curve.points.filter { $0.epsilon > 0 }.map {
        "\(Typesetting.percent($0.rate)) at \(AxisNumber.text($0.epsilon, digits: 3))"
      }
      let text = "\(curve.label): " + numbers.joined(separator: ", ")
      return text.wrapped(to: min(style.width, TextBlock.captionWidth))
        .map { style.colored($0, inks[curve.series] ?? .text) }.joined(separator: "\n")
    }
    return TextBlock.arranged([block], width: style.width) + "\n" + rows.joined(separator: "\n")
      + "\n"
  }
}
