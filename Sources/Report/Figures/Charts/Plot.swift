/// A rectangle with a scale along two sides, which values are drawn in.
struct Plot {
  let x: Double
  let y: Double
  let width: Double
  let height: Double
  let horizontal: Scale
  let vertical: Scale

  /// Where a value to the right lies.
  func place(x value: Double) -> Double { x + horizontal.share(value) * width }

  /// Where a value upwards lies.
  func place(y value: Double) -> Double { y + (1 - vertical.share(value)) * height }

  func point(_ x: Double, _ y: Double) -> Point { Point(place(x: x), place(y: y)) }

  /// What is written along an axis.
  enum Ticks {
    /// Round values.
    case values(count: Int)
    /// Round values, whole ones alone.
    case wholeValues(count: Int)
    /// Round fractions as percentages.
    case percentages(count: Int)
    /// Words at places of one's own.
    case words([(value: Double, text: String)])
    case none
  }

  /// Draws the lines to read by and both axes.
  func drawAxes(
    in drawing: inout Drawing, horizontal horizontalTicks: Ticks = .values(count: 6),
    vertical verticalTicks: Ticks = .values(count: 5)
  ) {
    let grid = Pen(.grid, 0.8)
    for tick in Self.labels(horizontalTicks, horizontal) {
      let place = place(x: tick.value)
      drawing.line(place, y, place, y + height, grid)
      drawing.text(tick.text, place, y + height + 14, ink: .muted, anchor: .middle)
    }
    for tick in Self.labels(verticalTicks, vertical) {
      let place = place(y: tick.value)
      drawing.line(x, place, x + width, place, grid)
      drawing.text(tick.text, x - 6, place + 3.5, ink: .muted, anchor: .end)
    }
    drawing.add(
      .line([Point(x, y), Point(x, y + height), Point(x + width, y + height)]),
      stroke: Pen(.muted, 1))
  }

  /// The places of ticks along a scale, with what is written there.
  static func labels(_ ticks: Ticks, _ scale: Scale) -> [(value: Double, text: String)] {
    switch ticks {
    case .values(let count):
      let values = scale.ticks(count)
      return values.map { ($0, scale.label(of: $0, among: values)) }
    case .wholeValues(let count):
      let values = scale.ticks(count).filter { abs($0 - $0.rounded()) < 1e-9 }
      return values.map { ($0, AxisNumber.text($0, resolution: 1)) }
    case .percentages(let count):
      let values = scale.ticks(count)
      let gap = zip(values, values.dropFirst()).map { $1 - $0 }.min() ?? 0.1
      return values.map { value in
        let resolution = scale.kind == .linear ? gap : value
        return (value, AxisNumber.text(value * 100, resolution: resolution * 100) + "%")
      }
    case .words(let words): return words
    case .none: return []
    }
  }

  /// A title above the plot, and a remark beside it.
  func drawTitle(_ title: String, remark: String = "", in drawing: inout Drawing) {
    drawing.text(title, x, y - 9, size: 11.5, weight: .bold)
    if !remark.isEmpty { drawing.text(remark, x + width, y - 9, ink: .muted, anchor: .end) }
  }

  /// A title that leaves room for a remark beside it: its beginning and its end where need be.
  func shortened(_ title: String, beside remark: String) -> String {
    let room = width - FontMetrics.width(of: remark, size: 10, weight: .regular) - 10
    return FontMetrics.shortened(title, size: 11.5, weight: .bold, within: room)
  }

  /// What the horizontal axis shows.
  func drawHorizontalTitle(_ title: String, in drawing: inout Drawing) {
    drawing.text(title, x + width / 2, y + height + 31, size: 10.5, anchor: .middle)
  }

  /// What the vertical axis shows.
  func drawVerticalTitle(_ title: String, distance: Double = 42, in drawing: inout Drawing) {
    drawing.text(
      title, x - distance, y + height / 2, size: 10.5, anchor: .middle, isVertical: true)
  }

  /// A line through values; points that would not be seen are left out.
  func line(_ values: [(x: Double, y: Double)]) -> Path {
    var points: [Point] = []
    for (index, value) in values.enumerated() where value.x.isFinite && value.y.isFinite {
      let point = point(value.x, value.y)
      if let last = points.last, index < values.count - 1,
        abs(last.x - point.x) + abs(last.y - point.y) < 0.4
      {
        continue
      }
      points.append(point)
    }
    return .line(points)
  }
}

/// What colours mean, in a row.
struct Legend {
  /// How an entry's sample is drawn.
  enum Sample {
    /// A filled square.
    case area(Ink)
    /// A line.
    case line(Pen)
    /// A dot.
    case dot(Ink)
    /// A circle with a rim.
    case ring(radius: Double, fill: Ink?)
  }

  let entries: [(sample: Sample, text: String)]

  /// The entries, a drawing each.
  var drawings: [Drawing] {
    entries.map { sample, text in
      let length = FontMetrics.width(of: text, size: 10, weight: .regular)
      var drawing = Drawing(width: 24 + length + 18, height: 20, summary: text)
      Self.draw(sample, in: &drawing, x: 0, y: 14)
      drawing.text(text, 24, 14)
      return drawing
    }
  }

  static func draw(_ sample: Sample, in drawing: inout Drawing, x: Double, y: Double) {
    switch sample {
    case .area(let ink):
      drawing.add(
        .rectangle(x + 3, y - 8.5, 15, 10), fill: ink.faded(0.45), stroke: Pen(ink, 1.2))
    case .line(let pen): drawing.line(x + 1, y - 3.5, x + 19, y - 3.5, pen)
    case .dot(let ink): drawing.add(.circle(x + 10, y - 3.5, 3.2), fill: ink)
    case .ring(let radius, let fill):
      drawing.add(.circle(x + 10, y - 3.5, radius), fill: fill, stroke: Pen(.text, 1.1))
    }
  }
}
