internal import SQLite
internal import Tracker

/// How far each attack moves the images that it succeeds on, the nearest first.
struct EvaluationDistortionChart {
  /// One attack.
  private struct Line {
    let label: String
    let isAdaptive: Bool
    /// Whether it goes no further than it must.
    let isMinimal: Bool
    let distance: Double
    let success: Double
  }

  private let lines: [Line]

  private static let lineHeight = 20.0

  /// Reads the rows of evaluation, and that of evaluations.
  init(_ result: QueryResult, about evaluations: QueryResult) {
    let main = evaluations.records.first?.number("epsilon") ?? .nan
    lines = result.records.filter { row in
      row.text("part_role") == "attack" && row.number("mean_l2").isFinite
        && (row["epsilon"].real.map { abs($0 - main) < 1e-9 } ?? true)
    }.map { row in
      Line(
        label: row.text("attack"), isAdaptive: row.integer("is_adaptive") == 1,
        isMinimal: row["epsilon"] == .null, distance: row.number("mean_l2"),
        success: row.number("network_success_rate"))
    }.sorted { ($0.distance, $0.label) < ($1.distance, $1.label) }
  }

  /// The figure.
  var sheet: PanelSheet {
    var entries: [(sample: Legend.Sample, text: String)] = []
    if lines.contains(where: { !$0.isAdaptive }) {
      entries.append((.dot(.series(0)), "knows the network"))
    }
    if lines.contains(where: \.isAdaptive) {
      entries.append((.dot(.series(1)), "knows the detector"))
    }
    if lines.contains(where: \.isMinimal) {
      entries.append((.ring(radius: 3.2, fill: nil), "without a budget"))
    }
    return PanelSheet(
      summary: summary, legend: Legend(entries: entries).drawings, panels: [drawing(width: 720)],
      columns: 1, narrowPanels: [drawing(width: 350)])
  }

  private var summary: String {
    "Mean L2 distance: "
      + lines.map { "\($0.label) \(AxisNumber.text($0.distance, digits: 3))" }
      .joined(separator: ", ")
  }

  private func drawing(width: Double) -> Drawing {
    let height = Self.lineHeight * Double(max(1, lines.count))
    var drawing = Drawing(width: width, height: height + 58, summary: summary)
    let names = width < 400 ? 100.0 : 130
    let most = lines.map(\.distance).max() ?? 1
    let plot = Plot(
      x: names, y: 18, width: width - names - 60, height: height,
      horizontal: Scale(0, most * 1.04), vertical: Scale(0, Double(max(1, lines.count))))
    plot.drawAxes(
      in: &drawing, horizontal: .values(count: width < 400 ? 4 : 8), vertical: .none)
    for (place, line) in lines.enumerated() {
      let y = plot.y + Self.lineHeight * (Double(place) + 0.5)
      let ink = Ink.series(line.isAdaptive ? 1 : 0)
      drawing.text(
        FontMetrics.shortened(line.label, size: 10, weight: .regular, within: plot.x - 16),
        plot.x - 8, y + 3.5, size: 10, anchor: .end)
      let x = plot.place(x: line.distance)
      drawing.line(plot.x, y, x, y, Pen(ink.faded(0.35), 3))
      let mark =
        line.isMinimal
        ? Shape(path: .circle(x, y, 3.4), fill: .paper, stroke: Pen(ink, 1.6))
        : Shape(path: .circle(x, y, 3.4), fill: ink)
      drawing.add(
        .hint(
          "\(line.label): mean L2 \(AxisNumber.text(line.distance, digits: 4)), success on the "
            + "network alone \(Typesetting.percent(line.success))", [.shape(mark)]))
      drawing.text(
        AxisNumber.text(line.distance, digits: 3), x + 8, y + 3.5, size: 9.5, ink: .muted)
    }
    plot.drawHorizontalTitle("mean L2 distance of successful images", in: &drawing)
    return drawing
  }
}
