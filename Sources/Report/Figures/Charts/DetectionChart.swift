internal import SQLite

/// How well each attack is detected: our accuracy with its interval, and the papers' beside it.
struct DetectionChart {
  let attacks: [AttackSummary]

  /// Takes the attacks whose detection accuracy is known.
  init(_ summary: StudySummary) {
    attacks = summary.attacks.filter { $0.detection.real != nil }
  }

  /// The figure.
  var sheet: PanelSheet {
    var entries: [(sample: Legend.Sample, text: String)] = [
      (.dot(.series(0)), "ours"), (.line(Pen(.series(0), 2)), "95% interval"),
    ]
    if attacks.contains(where: { $0.reproduction.real != nil }) {
      entries.append((.ring(radius: Self.ringRadius, fill: nil), "reproduction"))
    }
    if attacks.contains(where: { $0.original.real != nil }) {
      entries.append((.ring(radius: Self.ringRadius, fill: Self.originalFill), "original"))
    }
    return PanelSheet(
      summary: summary, legend: Legend(entries: entries).drawings, panels: [drawing(width: 720)],
      columns: 1, narrowPanels: [drawing(width: 350)])
  }

  private static let ringRadius = 3.6
  private static let originalFill = Ink.series(4)

  /// Ours lies below the papers' numbers, each on a line of its own.
  private static let lanes = (original: -8.0, reproduction: 0.0, ours: 8.0)
  private var hasPublished: Bool {
    attacks.contains { $0.reproduction.real != nil || $0.original.real != nil }
  }
  private var lineHeight: Double { hasPublished ? 36 : 26 }
  private var ownLane: Double { hasPublished ? Self.lanes.ours : 0 }

  private var summary: String {
    "Detection accuracy: "
      + attacks.map { "\($0.heading) \($0.accuracy)" }.joined(separator: ", ")
  }

  /// From a round percentage below all values to 100%.
  private var scale: Scale {
    let least =
      attacks.flatMap { [$0.detection, $0.low, $0.reproduction, $0.original] }
      .compactMap(\.real).min() ?? 0
    let lower = min(least, AttackSummary.reliableAccuracy) - 0.02
    return Scale(max(0, (lower * 20).rounded(.down) / 20), 1)
  }

  private func drawing(width: Double) -> Drawing {
    let height = lineHeight * Double(attacks.count)
    var drawing = Drawing(width: width, height: height + 62, summary: summary)
    let names = 76.0
    let plot = Plot(
      x: names, y: 24, width: width - names - 20, height: height, horizontal: scale,
      vertical: Scale(0, max(1, Double(attacks.count))))
    plot.drawAxes(in: &drawing, horizontal: .percentages(count: 5), vertical: .none)
    let bound = plot.place(x: AttackSummary.reliableAccuracy)
    drawing.line(bound, plot.y - 4, bound, plot.y + height, Pen(.muted, 1, dashes: [2, 3]))
    drawing.text(
      "below \(StudySummary.bound): failed", bound - 4, plot.y - 8, size: 9.5, ink: .muted,
      anchor: .end)
    for (index, attack) in attacks.enumerated() {
      draw(attack, y: plot.y + lineHeight * (Double(index) + 0.5), plot, in: &drawing)
    }
    plot.drawHorizontalTitle("images declared what they are", in: &drawing)
    return drawing
  }

  private func draw(_ attack: AttackSummary, y: Double, _ plot: Plot, in drawing: inout Drawing) {
    drawing.text(
      AttackName.heading(attack.name, size: 10, within: plot.x - 14), plot.x - 8, y + 3.5,
      weight: .bold, anchor: .end)
    for (value, lane, fill) in [
      (attack.reproduction, Self.lanes.reproduction, nil),
      (attack.original, Self.lanes.original, Self.originalFill),
    ] {
      guard let value = value.real else { continue }
      drawing.add(
        .circle(plot.place(x: value), y + lane, Self.ringRadius), fill: fill,
        stroke: Pen(.text, 1.1))
    }
    let y = y + ownLane
    guard let ours = attack.detection.real else { return }
    var marks: [Drawing.Element] = []
    if let low = attack.low.real, let high = attack.high.real {
      let line = Path.line([Point(plot.place(x: low), y), Point(plot.place(x: high), y)])
      marks.append(.shape(Shape(path: line, fill: nil, stroke: Pen(.series(0), 2.4))))
    }
    marks.append(
      .shape(Shape(path: .circle(plot.place(x: ours), y, 4), fill: .series(0))))
    let published = [("reproduction", attack.reproduction), ("original", attack.original)]
      .compactMap { name, value in
        value.real.map { ", \(name) \(Typesetting.percent($0))" }
      }
    drawing.add(.hint("\(attack.heading): \(attack.accuracy)\(published.joined())", marks))
  }
}
