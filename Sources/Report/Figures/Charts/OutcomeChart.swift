internal import SQLite
internal import Tracker

/// What becomes of images before each network: recovered, detected or misclassified.
struct OutcomeChart {
  private let networks: [(name: String, rows: [Record])]

  private static let outcomes = [
    (column: "recovered_share", name: "recovered", ink: Ink.series(0)),
    (column: "detected_share", name: "detected", ink: Ink.series(2)),
    (column: "successful_share", name: "wrong class", ink: Ink.series(1)),
  ]
  private static let lineHeight = 22.0
  private static let names = 76.0

  /// Reads the rows of outcomes.
  init(_ result: QueryResult) {
    networks = result.records.reduce(into: []) { networks, row in
      let name = DetectorMaterial.network(row)
      if let place = networks.firstIndex(where: { $0.name == name }) {
        networks[place].rows.append(row)
      } else {
        networks.append((name, [row]))
      }
    }
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "What becomes of images before each network: "
        + networks.map(\.name).joined(separator: ", "),
      legend: Legend(entries: Self.outcomes.map { (.area($0.ink), $0.name) }).drawings,
      panels: networks.map { drawing(of: $0.name, $0.rows) }, columns: 2)
  }

  private func drawing(of name: String, _ rows: [Record]) -> Drawing {
    let height = Self.lineHeight * Double(rows.count)
    var drawing = Drawing(width: 360, height: height + 78, summary: name)
    let plot = Plot(
      x: Self.names, y: 30, width: 360 - Self.names - 22, height: height,
      horizontal: Scale(0, 1), vertical: Scale(0, max(1, Double(rows.count))))
    plot.drawAxes(in: &drawing, horizontal: .percentages(count: 5), vertical: .none)
    plot.drawTitle(
      FontMetrics.shortened(name, size: 11.5, weight: .bold, within: plot.width), in: &drawing)
    plot.drawHorizontalTitle("images", in: &drawing)
    for (place, row) in rows.enumerated() {
      let y = plot.y + Self.lineHeight * Double(place)
      let attack = DetectorMaterial.images(row)
      drawing.text(
        FontMetrics.shortened(attack, size: 10, weight: .regular, within: Self.names - 14),
        plot.x - 8, y + Self.lineHeight / 2 + 3.5, size: 10, anchor: .end)
      var begun = 0.0
      for outcome in Self.outcomes {
        guard let share = row[outcome.column].real, share > 0 else { continue }
        let (left, right) = (plot.place(x: begun), plot.place(x: begun + share))
        drawing.add(
          .hint(
            "\(name), \(attack): \(outcome.name) \(Typesetting.percent(share))",
            [
              .shape(
                Shape(
                  path: .rectangle(left, y + 4, right - left, Self.lineHeight - 8),
                  fill: outcome.ink.faded(0.75)))
            ]))
        begun += share
      }
    }
    return drawing
  }
}
