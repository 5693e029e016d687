internal import SQLite
internal import Tracker

/// What transformations restore and keep, by their value: a kind a panel, an attack a line.
struct ShareCurveChart {
  /// One attack's shares by value.
  struct Line {
    let attack: String
    /// Each value with the shares of adversarial images restored and of clean images kept.
    let points: [(value: Double, restored: Double, kept: Double)]
  }

  /// The kinds that have several values.
  let panels: [(kind: String, lines: [Line])]
  private let attacks: [String]

  /// Reads the rows of transform_shares.
  init(_ result: QueryResult) {
    let records = result.records.compactMap { row in
      Self.setting(row.text("voter")).map { (kind: $0.kind, value: $0.value, row: row) }
    }
    let kept = Dictionary(
      records.filter { $0.row.text("attack") == "clean" }.map {
        ($0.row.text("voter"), $0.row.number("share"))
      }, uniquingKeysWith: { first, _ in first })
    let attacked = records.filter { $0.row.text("attack") != "clean" }
    attacks = attacked.map { $0.row.text("attack") }.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let kinds = attacked.map(\.kind).reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let attacks = attacks
    panels = kinds.compactMap { kind in
      let lines = attacks.map { attack in
        Line(
          attack: attack,
          points: attacked.filter { $0.kind == kind && $0.row.text("attack") == attack }.map {
            ($0.value, $0.row.number("share"), kept[$0.row.text("voter")] ?? .nan)
          }.sorted { $0.value < $1.value })
      }
      return lines.contains { Set($0.points.map(\.value)).count > 1 } ? (kind, lines) : nil
    }
  }

  /// The kind and the value of a transformation that has one value, by its name such as "jpeg_75".
  private static func setting(_ voter: String) -> (kind: String, value: Double)? {
    guard !voter.contains("+") else { return nil }
    let words = voter.split(separator: "_")
    let numbers = words.compactMap { Double($0) }
    guard numbers.count == 1, words.count > 1, let last = words.last, Double(last) != nil else {
      return nil
    }
    return (words.dropLast().joined(separator: "_"), numbers[0])
  }

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "Shares restored and kept by value: "
        + panels.map { PrintedName.of($0.kind) }.joined(separator: ", "),
      legend: Legend(
        entries: attacks.enumerated().map { place, attack in
          (.line(Pen(.series(place), 1.8)), "\(AttackName.heading(attack)) restored")
        } + [(.line(Pen(.muted, 1.6, dashes: [4, 3])), "clean kept")]
      ).drawings,
      panels: panels.map { drawing(of: $0.kind, $0.lines) }, columns: 2)
  }

  private func drawing(of kind: String, _ lines: [Line]) -> Drawing {
    let title = PrintedName.of(kind)
    var drawing = Drawing(
      width: 360, height: 250, summary: "Shares restored and kept by \(title)")
    let values = Set(lines.flatMap(\.points).map(\.value)).sorted()
    let plot = Plot(
      x: 56, y: 30, width: 288, height: 168, horizontal: Scale(holding: values),
      vertical: Scale(0, 1))
    plot.drawAxes(
      in: &drawing, horizontal: .values(count: 6), vertical: .percentages(count: 5))
    plot.drawTitle(title, in: &drawing)
    plot.drawHorizontalTitle("value", in: &drawing)
    plot.drawVerticalTitle("images", in: &drawing)
    if let kept = lines.first(where: { !$0.points.isEmpty }) {
      drawing.add(
        plot.line(kept.points.map { ($0.value, $0.kept) }),
        stroke: Pen(.muted, 1.6, dashes: [4, 3]))
    }
    for (place, line) in lines.enumerated() {
      drawing.add(
        plot.line(line.points.map { ($0.value, $0.restored) }), stroke: Pen(.series(place), 1.8))
      for point in line.points where point.restored.isFinite {
        drawing.add(
          .hint(
            "\(AttackName.heading(line.attack)), \(title) \(AxisNumber.text(point.value, digits: 3)): "
              + "restored \(Typesetting.percent(point.restored)), kept "
              + Typesetting.percent(point.kept),
            [
              .shape(
                Shape(
                  path: .circle(plot.place(x: point.value), plot.place(y: point.restored), 2.4),
                  fill: .series(place)))
            ]))
      }
    }
    return drawing
  }
}
