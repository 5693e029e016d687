internal import Foundation
internal import SQLite
internal import Tracker

/// How well measures of uncertainty tell adversarial from clean images, an attack a panel.
struct ROCChart {
  /// One measure's curve.
  struct Curve {
    let measure: String
    let auroc: Double
    /// Rates of false positives and of true positives, both rising.
    let points: [(x: Double, y: Double)]
    /// The true positive rates at the rates of ``ROCChart/rates``; not a number where unknown.
    let detected: [Double]
  }

  /// The false positive rates that numbers are given for.
  static let rates = [0.01, 0.05]

  let panels: [(attack: String, curves: [Curve])]
  let names: MeasureNames

  /// Reads the rows of roc, a measure a result, those of measures for the areas, and those of
  /// detection_rates.
  init(
    curves: [QueryResult], areas: QueryResult, detected: QueryResult, names: MeasureNames
  ) {
    self.names = names
    let (areas, detected) = (areas.records, detected.records)
    var panels: [(attack: String, curves: [Curve])] = []
    for (attack, records) in curves.flatMap({ $0.records.grouped(by: "attack") }) {
      let measure = records.first?.text("measure") ?? ""
      func isOfCurve(_ record: Record) -> Bool {
        record.text("attack") == attack && record.text("measure") == measure
      }
      let own = detected.filter(isOfCurve)
      let curve = Curve(
        measure: measure, auroc: areas.first(where: isOfCurve)?.number("auroc") ?? .nan,
        points: records.map {
          ($0.number("false_positive_rate"), $0.number("true_positive_rate"))
        },
        detected: Self.rates.map { rate in
          own.first { $0.number("rate") == rate }?.number("true_positive_rate") ?? .nan
        })
      if let place = panels.firstIndex(where: { $0.attack == attack }) {
        panels[place].curves.append(curve)
      } else {
        panels.append((attack, [curve]))
      }
    }
    self.panels = panels
  }

  /// Reads the rows of roc, a measure a result, and those of detector_ranking for the numbers.
  init(curves: [QueryResult], ranking: QueryResult, names: MeasureNames) {
    let columns = ranking.columns + ["rate", "true_positive_rate"]
    let detected = ranking.records.flatMap { row in
      Self.rates.map { rate -> [SQLValue] in
        let name = "true_positive_rate_\(Int((rate * 100).rounded()))"
        return ranking.columns.map { row[$0] } + [.real(rate), row[name]]
      }
    }
    self.init(
      curves: curves, areas: ranking,
      detected: QueryResult(columns: columns, rows: detected), names: names)
  }

  /// The false positive rates that are shown: from the decade of the least one that is not zero.
  var falsePositives: Scale {
    let least = panels.flatMap(\.curves).flatMap(\.points).map(\.x).filter { $0 > 0 }.min() ?? 1
    let lower = [0.0001, 0.001, 0.01].last { $0 <= least * (1 + 1e-9) } ?? 0.0001
    return Scale(lower, 1, .logarithmic)
  }

  /// A curve over logarithmic false positives, where straight lines between points are bent.
  static func bent(_ points: [(x: Double, y: Double)], from lower: Double) -> [(
    x: Double, y: Double
  )] {
    var bent: [(x: Double, y: Double)] = []
    for (a, b) in zip(points, points.dropFirst()) where b.x >= lower {
      let start = max(a.x, lower)
      let isBent = b.x > start && b.y > a.y
      let count = isBent ? max(1, Int((log10(b.x / start) * 40).rounded(.up))) : 1
      for step in 0...count {
        let x = b.x > start ? start * pow(b.x / start, Double(step) / Double(count)) : b.x
        let share = b.x > a.x ? (x - a.x) / (b.x - a.x) : Double(step)
        bent.append((x, a.y + (b.y - a.y) * min(1, max(0, share))))
      }
    }
    return bent
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "ROC curves of the measures of uncertainty: "
        + panels.map { AttackName.heading($0.attack) }.joined(separator: ", "),
      panels: panels.map { drawing(of: $0.attack, $0.curves) }, columns: min(2, panels.count))
  }

  private func drawing(of attack: String, _ curves: [Curve]) -> Drawing {
    var drawing = Drawing(
      width: 360, height: 268 + Self.lineHeight * Double(curves.count + 1),
      summary: "ROC curves: \(AttackName.heading(attack))")
    let plot = Plot(
      x: 58, y: 30, width: 288, height: 180, horizontal: falsePositives, vertical: Scale(0, 1))
    plot.drawAxes(
      in: &drawing, horizontal: .percentages(count: 4), vertical: .percentages(count: 5))
    plot.drawTitle(AttackName.heading(attack, size: 11.5, within: plot.width), in: &drawing)
    plot.drawVerticalTitle("adversarial images detected", in: &drawing)
    plot.drawHorizontalTitle("clean images declared adversarial (log scale)", in: &drawing)
    draw(curves, plot, in: &drawing)
    drawTable(of: curves, y: plot.y + plot.height + 56, in: &drawing)
    return drawing
  }

  private func draw(_ curves: [Curve], _ plot: Plot, in drawing: inout Drawing) {
    let lower = plot.horizontal.lower
    for rate in Self.rates {
      let place = plot.place(x: rate)
      drawing.line(place, plot.y, place, plot.y + plot.height, Pen(.muted, 0.8, dashes: [1, 3]))
    }
    drawing.add(
      plot.line(Self.bent([(0, 0), (1, 1)], from: lower)),
      stroke: Pen(.muted, 0.9, dashes: [2, 4]))
    for (index, curve) in curves.enumerated().reversed() {
      let path = plot.line(Self.bent(curve.points, from: lower))
      drawing.add(
        .hint(
          "\(names.title(curve.measure)): AUROC \(AxisNumber.text(curve.auroc, digits: 4))",
          [.shape(Shape(path: path, fill: nil, stroke: pen(index)))]))
    }
  }

  private static let lineHeight = 14.0

  /// The areas, and what is detected at small rates of false positives.
  private func drawTable(of curves: [Curve], y: Double, in drawing: inout Drawing) {
    let places = [222.0, 284, 346]
    let heads = ["AUROC"] + Self.rates.map { "TPR at \(Int(($0 * 100).rounded()))%" }
    for (place, head) in zip(places, heads) {
      drawing.text(head, place, y, size: 9.5, weight: .bold, anchor: .end)
    }
    for (index, curve) in curves.enumerated() {
      let y = y + Self.lineHeight * Double(index + 1)
      Legend.draw(.line(pen(index)), in: &drawing, x: 34, y: y)
      drawing.text(names.title(curve.measure), 58, y, size: 9.5)
      let numbers =
        [AxisNumber.text(curve.auroc, resolution: 0.0001)] + curve.detected.map(Self.percentage)
      for (place, number) in zip(places, numbers) {
        drawing.text(number, place, y, size: 9.5, anchor: .end)
      }
    }
  }

  /// A rate as a percentage; a dash if there is none.
  static func percentage(_ rate: Double) -> String {
    rate.isFinite ? Typesetting.percent(rate) : Typesetting.missing
  }

  /// The study's own measure stands out; dashes help where colours do not.
  private func pen(_ index: Int) -> Pen {
    let dashes: [[Double]] = [[], [], [5, 3], [], [2, 3], [7, 3], [4, 2, 1, 2]]
    return Pen(.series(index), index == 0 ? 2.2 : 1.3, dashes: dashes[index % dashes.count])
  }
}
