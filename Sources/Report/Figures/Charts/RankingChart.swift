internal import SQLite
internal import Tracker

/// The measures and detectors under each other, the best first: the accuracy of each at each attack.
struct RankingChart {
  private let ranked: [DetectorMaterial.Ranked]
  private let attacks: [String]

  /// How many are drawn.
  private static let most = 16
  private static let lineHeight = 22.0

  /// Reads the rows of detector_ranking.
  init(_ result: QueryResult) {
    let records = Self.ofOneNetwork(result).records
    ranked = Array(
      DetectorMaterial.ranked(records).filter { $0.worst.isFinite }.prefix(Self.most))
    attacks = records.grouped(by: "attack").map(\.key).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// Whether there is nothing to draw: without a held-out half, no threshold is chosen.
  var isEmpty: Bool { ranked.isEmpty }

  /// The rows of the first network where there are several: of each attack, those of one measurement.
  static func ofOneNetwork(_ result: QueryResult) -> QueryResult {
    let records = result.records
    var first: [String: String] = [:]
    for row in records where first[row.text("attack")] == nil {
      first[row.text("attack")] = row.text("measurement")
    }
    return QueryResult(
      columns: result.columns,
      rows: zip(records, result.rows).filter {
        first[$0.0.text("attack")] == $0.0.text("measurement")
      }.map(\.1))
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: summary,
      legend: Legend(
        entries: attacks.enumerated().map { place, attack in
          (.dot(.series(place)), AttackName.heading(attack))
        } + [(.line(Pen(.muted, 2)), "95% interval")]
      ).drawings,
      panels: [drawing(width: 720)], columns: 1, narrowPanels: [drawing(width: 350)])
  }

  private var summary: String {
    "Detection accuracy, the best at its worst attack first: "
      + ranked.map { "\($0.title) \(Typesetting.percent($0.worst))" }.joined(separator: ", ")
  }

  /// From a round percentage below most values to 100%; what lies below stands at the edge.
  private var scale: Scale {
    let values = ranked.flatMap(\.rows).compactMap { $0["detection_accuracy"].real }
    let least = values.min() ?? 0
    return Scale(max(0.4, ((least - 0.02) * 20).rounded(.down) / 20), 1)
  }

  private func drawing(width: Double) -> Drawing {
    let height = Self.lineHeight * Double(max(1, ranked.count))
    var drawing = Drawing(width: width, height: height + 58, summary: summary)
    let names = width < 400 ? 132.0 : 178
    let plot = Plot(
      x: names, y: 18, width: width - names - 22, height: height, horizontal: scale,
      vertical: Scale(0, max(1, Double(ranked.count))))
    plot.drawAxes(in: &drawing, horizontal: .percentages(count: 5), vertical: .none)
    for (place, one) in ranked.enumerated() {
      let y = plot.y + Self.lineHeight * (Double(place) + 0.5)
      let title = FontMetrics.shortened(
        one.title, size: 10, weight: .regular, within: plot.x - 16)
      drawing.text(title, plot.x - 8, y + 3.5, size: 10, anchor: .end)
      for row in one.rows { draw(row, of: one, y, plot, in: &drawing) }
    }
    plot.drawHorizontalTitle("images declared what they are", in: &drawing)
    return drawing
  }

  private func draw(
    _ row: Record, of one: DetectorMaterial.Ranked, _ y: Double, _ plot: Plot,
    in drawing: inout Drawing
  ) {
    guard let accuracy = row["detection_accuracy"].real,
      let series = attacks.firstIndex(of: row.text("attack"))
    else { return }
    // The attacks have lines of their own, so that like values can be told apart.
    let lanes = Double(max(1, attacks.count))
    let y = y + (Double(series) - (lanes - 1) / 2) * min(4, (Self.lineHeight - 6) / lanes)
    func place(_ value: Double) -> Double { plot.place(x: max(value, plot.horizontal.lower)) }
    var marks: [Drawing.Element] = []
    if let low = row["detection_accuracy_low"].real, let high = row["detection_accuracy_high"].real
    {
      let line = Path.line([Point(place(low), y), Point(place(high), y)])
      marks.append(
        .shape(Shape(path: line, fill: nil, stroke: Pen(Ink.series(series).faded(0.6), 1.6))))
    }
    marks.append(
      .shape(Shape(path: .circle(place(accuracy), y, 2.8), fill: .series(series))))
    drawing.add(
      .hint(
        "\(one.title), \(AttackName.heading(row.text("attack"))): \(Typesetting.percent(accuracy)); "
          + "fitted on \(one.fitted)", marks))
  }
}
