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

  private static let side = 84.0
  private static let pitch = (x: 96.0, y: 110.0)
  private static let columns = 3

  /// The figure.
  var sheet: PanelSheet {
    let lowest = rows.flatMap(\.records).map { $0.number("detection_accuracy") }.min() ?? 0
    let colors = Scale((lowest * 10).rounded(.down) / 10, 1)
    return PanelSheet(
      summary: "Detection accuracy over the thresholds L and H, for each C and attack: "
        + rows.map { AttackName.heading($0.attack) }.joined(separator: ", "),
      legend: [colorBar(colors)]
        + Legend(entries: [
          (.ring(radius: 4.5, fill: Self.exactColor), "exact optimum of all C"),
          (.ring(radius: 3, fill: nil), "best on the grid"),
        ]).drawings,
      panels: rows.map { drawing(of: $0.attack, $0.records, colors) },
      columns: min(2, rows.count))
  }

  /// One attack's maps, a map for each C.
  private func drawing(of attack: String, _ records: [Record], _ colors: Scale) -> Drawing {
    let agreements = Set(records.map { $0.integer("agreement_threshold") }).sorted()
    let lines = (agreements.count + Self.columns - 1) / Self.columns
    let name = AttackName.heading(attack, size: 11.5, within: 290)
    var drawing = Drawing(
      width: 360, height: 62 + Double(lines) * Self.pitch.y,
      summary: "Detection accuracy over the thresholds L and H: \(AttackName.heading(attack))")
    drawing.text(name, 60, 20, size: 11.5, weight: .bold)
    let exact = detectors.first { $0.text("attack") == attack }
    for (index, agreement) in agreements.enumerated() {
      let (line, column) = (index / Self.columns, index % Self.columns)
      let own = records.filter { $0.integer("agreement_threshold") == agreement }
      let places = own.map { $0.number("low_threshold") }
      let range = Scale(places.min() ?? 0, places.max() ?? 1)
      let plot = Plot(
        x: 60 + Double(column) * Self.pitch.x, y: 44 + Double(line) * Self.pitch.y,
        width: Self.side, height: Self.side, horizontal: range, vertical: range)
      let isLowest = index + Self.columns >= agreements.count
      let ticks = Plot.Ticks.values(count: 4)
      plot.drawAxes(
        in: &drawing, horizontal: isLowest ? ticks : .none, vertical: column == 0 ? ticks : .none)
      drawMap(own, plot, colors, in: &drawing)
      drawing.text(
        "C = \(agreement)", plot.x + Self.side / 2, plot.y - 7, weight: .bold, anchor: .middle)
      mark(own, agreement, exact, plot, in: &drawing)
      if column == 0 { plot.drawVerticalTitle("H", distance: 40, in: &drawing) }
      if isLowest {
        drawing.text("L", plot.x + Self.side / 2, plot.y + Self.side + 28, anchor: .middle)
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
    // An optimum that takes all images on one side of a threshold has it at infinity.
    let place = plot.point(plot.horizontal.nearest(to: low), plot.vertical.nearest(to: high))
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
              path: ring, fill: isExact ? Self.exactColor : nil,
              stroke: Pen(Ink(.value(RGB(0x000000))), 1.1))),
        ]))
    drawing.text(
      accuracy, plot.x + plot.width - 3, plot.y + plot.height - 5, size: 9.5,
      weight: isExact ? .bold : .regular, anchor: .end)
  }

  private static let exactColor = Ink(.value(RGB(0xD55E00)))

  /// What the colours stand for.
  private func colorBar(_ colors: Scale) -> Drawing {
    var drawing = Drawing(width: 346, height: 34, summary: "detection accuracy")
    drawing.text("detection accuracy", 0, 14)
    let plot = Plot(
      x: 100, y: 5, width: 200, height: 10, horizontal: colors, vertical: Scale(0, 1))
    drawing.add(
      .image(
        PixelImage(
          x: plot.x, y: plot.y, width: plot.width, height: plot.height, columns: 100,
          pixels: (0..<100).map { ColorMap.color(Double($0) / 99) })))
    for tick in colors.ticks(5) {
      drawing.text(
        AxisNumber.text(tick * 100, resolution: 1) + "%", plot.place(x: tick), 28, size: 9.5,
        ink: .muted, anchor: .middle)
    }
    return drawing
  }
}
