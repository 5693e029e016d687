internal import SQLite
internal import Tracker

/// How well a detector tells attacked images from clean ones: a panel for the attacks that know it,
/// and one for those that don't.
struct EvaluationROCChart {
  /// One attack's curve, or that of the worst case.
  struct Curve {
    /// Nil: the worst case.
    let attack: String?
    let auroc: Double
    /// The true positive rates at the rates of ``ROCChart/rates``.
    let detected: [Double]
    let points: [(x: Double, y: Double)]

    var label: String { attack ?? "worst case" }
  }

  let panels: [(isAdaptive: Bool, curves: [Curve])]

  /// Reads the rows of evaluation_roc.
  init(_ result: QueryResult) {
    var panels: [(isAdaptive: Bool, curves: [Curve])] = []
    var groups: [(key: String, rows: [Record])] = []
    for row in result.records {
      let key = "\(row.integer("is_adaptive")) \(row["part_number"].integer ?? 0)"
      if groups.last?.key == key {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append((key, [row]))
      }
    }
    for (_, rows) in groups {
      guard let first = rows.first else { continue }
      let curve = Curve(
        attack: first["attack"].text, auroc: first.number("auroc"),
        detected: [first.number("true_positive_rate_1"), first.number("true_positive_rate_5")],
        points: rows.map { ($0.number("false_positive_rate"), $0.number("true_positive_rate")) })
      let isAdaptive = first.integer("is_adaptive") == 1
      if panels.last?.isAdaptive == isAdaptive {
        panels[panels.count - 1].curves.append(curve)
      } else {
        panels.append((isAdaptive, [curve]))
      }
    }
    self.panels = panels.reversed()
  }

  private static func title(_ isAdaptive: Bool) -> String {
    isAdaptive ? "attacks that know the detector" : "attacks that don't know the detector"
  }

  private var falsePositives: Scale {
    let least = panels.flatMap(\.curves).flatMap(\.points).map(\.x).filter { $0 > 0 }.min() ?? 1
    return Scale(
      [0.0001, 0.001, 0.01].last { $0 <= least * (1 + 1e-9) } ?? 0.0001, 1, .logarithmic)
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "ROC curves of the detector: "
        + panels.map { panel in
          "\(Self.title(panel.isAdaptive)), area in the worst case "
            + AxisNumber.text(panel.curves.first?.auroc ?? .nan, digits: 4)
        }.joined(separator: "; "),
      panels: panels.map { drawing($0.isAdaptive, $0.curves) }, columns: max(1, panels.count))
  }

  private static let lineHeight = 14.0

  private func drawing(_ isAdaptive: Bool, _ curves: [Curve]) -> Drawing {
    let title = Self.title(isAdaptive)
    let most = panels.map(\.curves.count).max() ?? 0
    var drawing = Drawing(
      width: 360, height: 268 + Self.lineHeight * Double(most + 1), summary: "ROC curves: \(title)")
    let plot = Plot(
      x: 58, y: 30, width: 288, height: 180, horizontal: falsePositives, vertical: Scale(0, 1))
    plot.drawAxes(
      in: &drawing, horizontal: .percentages(count: 4), vertical: .percentages(count: 5))
    plot.drawTitle(title, in: &drawing)
    plot.drawVerticalTitle("misleading images detected", in: &drawing)
    plot.drawHorizontalTitle("clean images declared adversarial (log scale)", in: &drawing)
    let lower = plot.horizontal.lower
    for rate in ROCChart.rates {
      let place = plot.place(x: rate)
      drawing.line(place, plot.y, place, plot.y + plot.height, Pen(.muted, 0.8, dashes: [1, 3]))
    }
    drawing.add(
      plot.line(ROCChart.bent([(0, 0), (1, 1)], from: lower)),
      stroke: Pen(.muted, 0.9, dashes: [2, 4]))
    for (index, curve) in curves.enumerated().reversed() {
      let path = plot.line(ROCChart.bent(curve.points, from: lower))
      drawing.add(
        .hint(
          "\(curve.label): AUROC \(AxisNumber.text(curve.auroc, digits: 4))",
          [.shape(Shape(path: path, fill: nil, stroke: pen(index, isAdaptive)))]))
    }
    drawTable(of: curves, isAdaptive, y: plot.y + plot.height + 56, in: &drawing)
    return drawing
  }

  /// The worst case stands out; dashes help where colours do not.
  private func pen(_ index: Int, _ isAdaptive: Bool) -> Pen {
    guard index > 0 else { return Pen(.series(isAdaptive ? 1 : 0), 2.6) }
    let dashes: [[Double]] = [[], [5, 3], [2, 3], [7, 3], [4, 2, 1, 2]]
    return Pen(.series(index + 1), 1.1, dashes: dashes[index % dashes.count])
  }

  private func drawTable(
    of curves: [Curve], _ isAdaptive: Bool, y: Double, in drawing: inout Drawing
  ) {
    let places = [222.0, 284, 346]
    let heads = ["AUROC"] + ROCChart.rates.map { "TPR at \(Int(($0 * 100).rounded()))%" }
    for (place, head) in zip(places, heads) {
      drawing.text(head, place, y, size: 9.5, weight: .bold, anchor: .end)
    }
    for (index, curve) in curves.enumerated() {
      let y = y + Self.lineHeight * Double(index + 1)
      Legend.draw(.line(pen(index, isAdaptive)), in: &drawing, x: 34, y: y)
      drawing.text(
        FontMetrics.shortened(curve.label, size: 9.5, weight: .regular, within: 118), 58, y,
        size: 9.5)
      let numbers =
        [AxisNumber.text(curve.auroc, resolution: 0.0001)]
        + curve.detected.map(ROCChart.percentage)
      for (place, number) in zip(places, numbers) {
        drawing.text(number, place, y, size: 9.5, anchor: .end)
      }
    }
  }
}

extension EvaluationROCChart {
  /// The worst cases, a plot each, with the numbers of the single attacks below.
  func text(_ style: TerminalStyle) -> String {
    let scale = falsePositives
    let left = AxisNumber.text(scale.lower * 100, resolution: scale.lower * 100) + "%"
    let blocks = panels.compactMap { panel -> TextBlock? in
      panel.curves.first.map { worst -> TextBlock in
        var canvas = BrailleCanvas(columns: 36, rows: 9)
        canvas.line(
          ROCChart.bent(worst.points, from: scale.lower).map { (scale.share($0.x), $0.y) })
        let block = canvas.block(
          title: Self.title(panel.isAdaptive), left: left, right: "100%",
          ink: .series(panel.isAdaptive ? 1 : 0), style: style)
        return panel.curves.reduce(block) { block, curve in
          block.followed(
            by: TextBlock.padded(curve.label, 15)
              + " \(AxisNumber.text(curve.auroc, resolution: 0.0001))"
              + curve.detected.map { " " + ROCChart.percentage($0) }.joined())
        }
      }
    }
    let caption =
      "ROC curves: attacked images that mislead, detected over clean images declared adversarial, on a "
      + "logarithmic axis; drawn for the worst case of each image. Below: the area, and what is detected "
      + "at 1% and at 5% false positives"
    return caption.wrapped(to: min(style.width, TextBlock.captionWidth)).joined(separator: "\n")
      + "\n\n" + TextBlock.arranged(blocks, width: style.width)
  }
}
