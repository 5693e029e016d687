internal import Tracker

extension MetricChart {
  /// How many points a curve has in a terminal: two to a character of the widest plot.
  static let terminalPoints = 144

  /// A plot of each metric with all runs in colours; without colours a plot of each run, all by the
  /// same scales.
  func text(_ style: TerminalStyle) -> String {
    let plots = panels.filter { !$0.curves.isEmpty }.map { panel in
      style.isColored || panel.curves.count == 1 ? overlaid(panel, style) : apart(panel, style)
    }
    let remarks = remark.map { [$0.terminalText.wrapped(to: style.width).joined(separator: "\n")] }
    return (plots + (remarks.map { [$0[0] + "\n"] } ?? [])).joined(separator: "\n")
  }

  private func range(of panel: Panel) -> String {
    let points = panel.curves.flatMap { $0.pieces.joined() }
    let (low, high) = (points.map(\.low).min() ?? 0, points.map(\.high).max() ?? 0)
    return "\(AxisNumber.text(low, digits: 4)) to \(AxisNumber.text(high, digits: 4))"
  }

  private func edges(of panel: Panel) -> (left: String, right: String) {
    ("step \(Int64(panel.steps.lower))", "\(Int64(panel.steps.upper))")
  }

  private func canvas(of curve: Curve, _ panel: Panel, columns: Int, rows: Int) -> BrailleCanvas {
    var canvas = BrailleCanvas(columns: columns, rows: rows)
    for piece in curve.pieces {
      let places = Self.outline(of: piece).map {
        (x: panel.steps.share($0.x), y: panel.values.share($0.y))
      }
      if places.count == 1 { canvas.dot(places[0].x, places[0].y) }
      canvas.line(places)
    }
    return canvas
  }

  private func name(of curve: Curve) -> String {
    let last = curve.last.map { " \(AxisNumber.text($0, digits: 4))" } ?? ""
    return curve.series.label.terminalText + last
  }

  private func overlaid(_ panel: Panel, _ style: TerminalStyle) -> String {
    let columns = min(Self.terminalPoints / 2, style.width - 4)
    let layers = panel.curves.map { curve in
      (canvas: canvas(of: curve, panel, columns: columns, rows: 12), ink: curve.series.ink)
    }
    let (left, right) = edges(of: panel)
    let block = BrailleCanvas.block(
      title: "\(panel.metric.terminalText), \(range(of: panel))", left: left, right: right,
      layers: layers, style: style)
    let legend = panel.curves.map { curve in
      style.colored("━━ ", curve.series.ink) + name(of: curve)
    }
    return TextBlock.arranged([block], width: style.width)
      + legend.joined(separator: "\n") + "\n"
  }

  private func apart(_ panel: Panel, _ style: TerminalStyle) -> String {
    let (left, right) = edges(of: panel)
    let blocks = panel.curves.map { curve in
      canvas(of: curve, panel, columns: 22, rows: 5).block(
        title: name(of: curve), left: left, right: right, ink: curve.series.ink, style: style)
    }
    let caption =
      "\(panel.metric.terminalText), \(range(of: panel)), all by the same scales; the numbers are the "
      + "last values"
    return caption.wrapped(to: min(style.width, TextBlock.captionWidth)).joined(separator: "\n")
      + "\n\n" + TextBlock.arranged(blocks, width: style.width)
  }
}
