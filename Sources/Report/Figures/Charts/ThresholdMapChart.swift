internal import Tracker

/// Detection accuracy over the thresholds L and H: an attack a row, a C a column.
struct ThresholdMapChart {
  private let rows: [(attack: String, records: [Record])]
  private let detectors: [Record]

  /// Reads the rows of threshold_curve and, for the exact optimum, those of ablations.
  init(curve: QueryResult, detectors: QueryResult) {
    rows = curve.records.grouped(by: "attack").map { ($0.key, $0.records) }
    let measure = curve.records.first?.text("measure")
    self.detectors = detectors.records.filter {
      $0.text("detector") == "hybrid" && $0.text("method") == "exact"
        && $0.text("measure") == measure
        && $0.text("protocol") == "paper"
    }
  }

  private static let side = 88.0
  private static let pitch = (x: 104.0, y: 112.0)

  /// The figure.
  var drawing: Drawing {
    let agreements = Set(rows.flatMap { $0.records.map { $0.integer("agreement_threshold") } })
      .sorted()
    let height = 78 + Double(rows.count) * Self.pitch.y
    var drawing = Drawing(
      width: 720, height: height,
      summary: "Detection accuracy over the thresholds L and H, for each C and attack: "
        + rows.map { AttackName.heading($0.attack) }.joined(separator: ", "))
    let lowest = rows.flatMap(\.records).map { $0.number("detection_accuracy") }.min() ?? 0
    let colors = Scale((lowest * 10).rounded(.down) / 10, 1)
    drawColorBar(colors, in: &drawing)
    for (row, group) in rows.enumerated() {
      let exact = detectors.first { $0.text("attack") == group.attack }
      for (column, agreement) in agreements.enumerated() {
        let records = group.records.filter { $0.integer("agreement_threshold") == agreement }
        let places = records.map { $0.number("low_threshold") }
        let range = Scale(places.min() ?? 0, places.max() ?? 1)
        let plot = Plot(
          x: 84 + Double(column) * Self.pitch.x, y: 62 + Double(row) * Self.pitch.y,
          width: Self.side, height: Self.side, horizontal: range, vertical: range)
        let ticks = Plot.Ticks.values(count: 4)
        plot.drawAxes(
          in: &drawing, horizontal: row == rows.count - 1 ? ticks : .none,
          vertical: column == 0 ? ticks : .none)
        drawMap(records, plot, colors, in: &drawing)
        if row == 0 {
          drawing.text(
            "C = \(agreement)", plot.x + Self.side / 2, plot.y - 8, weight: .bold, anchor: .middle)
        }
        mark(records, agreement, exact, plot, in: &drawing)
        if column == 0 {
          plot.drawVerticalTitle("H", distance: 38, in: &drawing)
          drawing.text(
            AttackName.heading(group.attack, size: 11.5, within: Self.pitch.y - 8), 22,
            plot.y + Self.side / 2, size: 11.5, weight: .bold, anchor: .middle, isVertical: true)
        }
        if row == rows.count - 1 {
          drawing.text("L", plot.x + Self.side / 2, plot.y + Self.side + 28, anchor: .middle)
        }
      }
    }
    return drawing
  }

  /// One coloured cell for each L and H.
  private func drawMap(
    _ records: [Record], _ plot: Plot, _ colors: Scale, in drawing: inout Drawing
  ) {
    let places = Set(records.map { $0.number("low_threshold") }).sorted()
    guard places.count > 1 else { return }
    let order = Dictionary(uniqueKeysWithValues: zip(places, places.indices))
    var pixels = [RGB?](repeating: nil, count: places.count * places.count)
    for record in records {
      guard let column = order[record.number("low_threshold")],
        let row = order[record.number("high_threshold")]
      else { continue }
      pixels[(places.count - 1 - row) * places.count + column] =
        ColorMap.color(colors.share(record.number("detection_accuracy")))
    }
    drawing.add(
      .image(
        PixelImage(
          x: plot.x, y: plot.y, width: plot.width, height: plot.height, columns: places.count,
          pixels: pixels)))
  }

  /// The best place on the grid, and the exact optimum if this is its C.
  private func mark(
    _ records: [Record], _ agreement: Int, _ exact: Record?, _ plot: Plot,
    in drawing: inout Drawing
  ) {
    let best = records.max { $0.number("detection_accuracy") < $1.number("detection_accuracy") }
    guard let best else { return }
    let isExact = exact.map { $0.integer("agreement_threshold") == agreement } ?? false
    let record = isExact ? exact ?? best : best
    let (low, high) = (record.number("low_threshold"), record.number("high_threshold"))
    let accuracy = Typesetting.percent(record.number("detection_accuracy"))
    let place = plot.point(
      min(low, plot.horizontal.upper), min(high, plot.vertical.upper))
    let hint =
      "\(isExact ? "exact optimum" : "best on the grid"): L = \(AxisNumber.text(low, digits: 3)), "
      + "H = \(AxisNumber.text(high, digits: 3)), C = \(agreement): \(accuracy)"
    let ring = Path.circle(place.x, place.y, isExact ? 4.5 : 3)
    drawing.add(
      .hint(
        hint,
        [
          .shape(Shape(path: ring, fill: nil, stroke: Pen(Ink(.value(RGB(0xFFFFFF))), 3.4))),
          .shape(
            Shape(
              path: ring, fill: isExact ? Ink(.value(RGB(0xD55E00))) : nil,
              stroke: Pen(Ink(.value(RGB(0x000000))), 1.1))),
        ]))
    drawing.text(
      accuracy, plot.x + plot.width - 3, plot.y + plot.height - 5, size: 9.5,
      weight: isExact ? .bold : .regular, anchor: .end)
  }

  private func drawColorBar(_ colors: Scale, in drawing: inout Drawing) {
    drawing.text("detection accuracy", 84, 20)
    let plot = Plot(
      x: 184, y: 11, width: 200, height: 10, horizontal: colors, vertical: Scale(0, 1))
    drawing.add(
      .image(
        PixelImage(
          x: plot.x, y: plot.y, width: plot.width, height: plot.height, columns: 100,
          pixels: (0..<100).map { ColorMap.color(Double($0) / 99) })))
    for tick in colors.ticks(5) {
      drawing.text(
        AxisNumber.text(tick * 100, resolution: 1) + "%", plot.place(x: tick), 34, size: 9.5,
        ink: .muted, anchor: .middle)
    }
    drawing.add(
      .circle(412, 16, 4.5), fill: Ink(.value(RGB(0xD55E00))),
      stroke: Pen(.text, 1.1))
    drawing.text("exact optimum of all C", 422, 20)
    drawing.add(.circle(554, 16, 3), stroke: Pen(.text, 1.1))
    drawing.text("best on the grid", 563, 20)
  }
}
