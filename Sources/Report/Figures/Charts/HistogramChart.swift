internal import Tracker

/// Figure 1: how uncertainty is distributed over clean and adversarial images, an attack a panel.
struct HistogramChart {
  /// A bin of a histogram.
  struct Bin {
    let lower: Double
    let upper: Double
    let clean: Int
    let adversarial: Int
  }

  /// The thresholds that the detector decides by.
  struct Thresholds {
    let low: Double
    let high: Double
    let agreement: Int
  }

  /// One attack's histogram.
  struct Panel {
    let attack: String
    let bins: [Bin]
    let thresholds: Thresholds?
  }

  let measure: String
  private let names: MeasureNames
  /// Whether the axis has the measure's values negated, as L and H do where low ones mean adversarial.
  let isNegated: Bool
  let panels: [Panel]

  /// Reads the rows of uncertainty_histogram and, for L, H and C, those of ablations.
  init(histogram: QueryResult, detectors: QueryResult, names: MeasureNames) {
    self.names = names
    let measure = histogram.records.first?.text("measure") ?? ""
    self.measure = measure
    let detectors = detectors.records.filter {
      $0.text("detector") == "hybrid" && $0.text("method") == "exact"
        && $0.text("measure") == measure
    }
    let isNegated = detectors.contains { $0.text("orientation") == "low" }
    self.isNegated = isNegated
    panels = histogram.records.grouped(by: "attack").map { attack, bins in
      let detector = detectors.first { $0.text("attack") == attack }
      return Panel(
        attack: attack,
        bins: Self.bins(bins, isNegated: isNegated),
        thresholds: detector.map {
          Thresholds(
            low: $0.number("low_threshold"), high: $0.number("high_threshold"),
            agreement: $0.integer("agreement_threshold"))
        })
    }
  }

  private static func bins(_ records: [Record], isNegated: Bool) -> [Bin] {
    let bins = records.map { record in
      let ends = ["lower", "upper"].map { isNegated ? 0 - record.number($0) : record.number($0) }
      return Bin(
        lower: min(ends[0], ends[1]), upper: max(ends[0], ends[1]), clean: record.integer("clean"),
        adversarial: record.integer("adversarial"))
    }
    return isNegated ? bins.reversed() : bins
  }

  /// What the measure is called.
  var title: String { (isNegated ? "minus the " : "") + names.title(measure) }

  /// What the axis has.
  private var axisName: String { (isNegated ? "minus the " : "") + names.axis(measure) }

  /// The figure.
  var sheet: PanelSheet {
    let names = panels.map { AttackName.heading($0.attack) }.joined(separator: ", ")
    return PanelSheet(
      summary: "Histograms of uncertainty, clean and adversarial images: \(names)",
      legend: Legend(entries: [
        (.area(.clean), "clean images"), (.area(.adversarial), "adversarial images"),
        (
          .line(Pen(.text, 1.2, dashes: [4, 3])),
          "thresholds L and H; between them the crops decide"
        ),
      ]).drawings,
      panels: panels.map { drawing(of: $0, width: panels.count == 1 ? 720 : 360) },
      columns: min(2, panels.count),
      narrowPanels: panels.count == 1 ? panels.map { drawing(of: $0, width: 360) } : nil)
  }

  /// One attack's panel; all panels have the same scales.
  private func drawing(of panel: Panel, width: Double) -> Drawing {
    let name = AttackName.heading(panel.attack)
    var drawing = Drawing(
      width: width, height: 232,
      summary: "Histogram of uncertainty, clean and adversarial images: \(name)")
    let bins = panels.flatMap(\.bins)
    let tallest = bins.map { max($0.clean, $0.adversarial) }.max() ?? 1
    let plot = Plot(
      x: 58, y: 30, width: width - 70, height: 156,
      horizontal: Scale(bins.map(\.lower).min() ?? 0, bins.map(\.upper).max() ?? 1),
      vertical: Scale(0, Double(tallest) * 1.03, .squareRoot))
    plot.drawAxes(in: &drawing, horizontal: .values(count: 6), vertical: .values(count: 8))
    draw(panel, plot, in: &drawing)
    plot.drawVerticalTitle("images per bin (root scale)", in: &drawing)
    plot.drawHorizontalTitle(axisName, in: &drawing)
    return drawing
  }

  private func draw(_ panel: Panel, _ plot: Plot, in drawing: inout Drawing) {
    let remark = panel.thresholds.map { thresholds in
      "L = \(AxisNumber.text(thresholds.low, digits: 3)), "
        + "H = \(AxisNumber.text(thresholds.high, digits: 3)), C = \(thresholds.agreement)"
    }
    let room = plot.width - FontMetrics.width(of: remark ?? "", size: 10, weight: .regular) - 10
    plot.drawTitle(
      AttackName.heading(panel.attack, size: 11.5, within: room), remark: remark ?? "", in: &drawing
    )
    if let thresholds = panel.thresholds { shade(thresholds, plot, in: &drawing) }
    for (ink, count) in [(Ink.clean, \Bin.clean), (.adversarial, \.adversarial)] {
      let steps = outline(panel.bins, count, plot)
      drawing.add(.line(steps, isClosed: true), fill: ink.faded(0.42))
      drawing.add(.line(steps), stroke: Pen(ink, 1.1))
    }
    if let thresholds = panel.thresholds { mark(thresholds, plot, in: &drawing) }
    for bin in panel.bins {
      let (left, right) = (plot.place(x: bin.lower), plot.place(x: bin.upper))
      drawing.add(
        .hint(
          "\(AttackName.heading(panel.attack)), \(AxisNumber.text(bin.lower, digits: 3)) to "
            + "\(AxisNumber.text(bin.upper, digits: 3)): \(Typesetting.grouped(Int64(bin.clean))) "
            + "clean, \(Typesetting.grouped(Int64(bin.adversarial))) adversarial",
          [
            .shape(
              Shape(
                path: .rectangle(left, plot.y, right - left, plot.height), fill: Ink.text.faded(0)))
          ]))
    }
  }

  /// The upper edge of the bars, down to the axis at either end.
  private func outline(_ bins: [Bin], _ count: KeyPath<Bin, Int>, _ plot: Plot) -> [Point] {
    guard let first = bins.first, let last = bins.last else { return [] }
    return [plot.point(first.lower, 0)]
      + bins.flatMap { bin in
        [bin.lower, bin.upper].map { plot.point($0, Double(bin[keyPath: count])) }
      } + [plot.point(last.upper, 0)]
  }

  private func shade(_ thresholds: Thresholds, _ plot: Plot, in drawing: inout Drawing) {
    let ends = [thresholds.low, thresholds.high].map {
      plot.place(x: min(max($0, plot.horizontal.lower), plot.horizontal.upper))
    }
    drawing.add(
      .rectangle(ends[0], plot.y, ends[1] - ends[0], plot.height), fill: Ink.muted.faded(0.16))
  }

  private func mark(_ thresholds: Thresholds, _ plot: Plot, in drawing: inout Drawing) {
    let places = [("L", thresholds.low), ("H", thresholds.high)].filter {
      (plot.horizontal.lower...plot.horizontal.upper).contains($0.1)
    }
    var free = plot.x
    for (name, value) in places {
      let place = plot.place(x: value)
      drawing.line(place, plot.y, place, plot.y + plot.height, Pen(.text, 1.2, dashes: [4, 3]))
      // L stands left of its line and H right of its own; where L has no room there, it stands right
      // of its line too, or before H if that leaves no room either.
      let isLeft = name == "L" && place - plot.x > 14
      let high = plot.place(x: thresholds.high)
      let isCrowded = name == "L" && !isLeft && high - place < 14
      let x = max((isCrowded ? high : place) + (isLeft ? -4 : 4), free)
      drawing.text(name, x, plot.y + 9, weight: .bold, anchor: isLeft ? .end : .start)
      free = isLeft ? place : x + 9
    }
  }
}
