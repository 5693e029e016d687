extension HistogramChart {
  /// The histograms in characters, clean above adversarial, as wide as a terminal.
  func text(_ style: TerminalStyle) -> String {
    let margin = 13
    let count = panels.map(\.bins.count).max() ?? 1
    let merged = max(1, (count + style.width - margin - 1) / max(1, style.width - margin))
    let heading =
      "Figure 1: uncertainty of clean and adversarial images, \(title); "
      + "heights grow with the square root of the counts"
    return heading.wrapped(to: min(style.width, TextBlock.captionWidth)).joined(separator: "\n")
      + "\n\n"
      + panels.map { panel in
        let bins = Self.merged(panel.bins, merged)
        let tallest = bins.map { max($0.clean, $0.adversarial) }.max() ?? 1
        var lines = [Self.title(panel, style)]
        for (name, ink, counts) in [
          ("clean", Ink.clean, bins.map(\.clean)),
          ("adversarial", .adversarial, bins.map(\.adversarial)),
        ] {
          for (index, row) in Self.bars(counts, tallest: tallest, rows: 4).enumerated() {
            let label = index == 1 ? name : ""
            lines.append(
              TextBlock.padded(label, margin - 2) + " │" + style.colored(row, ink))
          }
        }
        return (lines + axis(bins, panel.thresholds, margin)).joined(separator: "\n") + "\n"
      }.joined(separator: "\n")
  }

  private static func title(_ panel: Panel, _ style: TerminalStyle) -> String {
    let name = style.bold(AttackName.heading(panel.attack))
    guard let thresholds = panel.thresholds else { return name }
    return name + "   L = \(AxisNumber.text(thresholds.low, digits: 3))   "
      + "H = \(AxisNumber.text(thresholds.high, digits: 3))   C = \(thresholds.agreement)"
  }

  private static func merged(_ bins: [Bin], _ count: Int) -> [Bin] {
    stride(from: 0, to: bins.count, by: count).map { start in
      let members = bins[start..<min(start + count, bins.count)]
      return Bin(
        lower: members.first?.lower ?? 0, upper: members.last?.upper ?? 0,
        clean: members.reduce(0) { $0 + $1.clean },
        adversarial: members.reduce(0) { $0 + $1.adversarial })
    }
  }

  /// Bars in eighths of a character, by the square root of the counts; one image can be seen.
  private static func bars(_ counts: [Int], tallest: Int, rows: Int) -> [String] {
    let blocks = Array(" ▁▂▃▄▅▆▇█")
    let heights = counts.map { count in
      let share = (Double(count) / Double(max(1, tallest))).squareRoot()
      return count > 0 ? max(1, Int((share * Double(rows * 8)).rounded())) : 0
    }
    return (0..<rows).reversed().map { row in
      String(heights.map { blocks[min(8, max(0, $0 - row * 8))] })
    }
  }

  /// The axis, with L and H where they are.
  private func axis(_ bins: [Bin], _ thresholds: Thresholds?, _ margin: Int) -> [String] {
    guard let first = bins.first, let last = bins.last else { return [] }
    var line = [Character](repeating: "─", count: bins.count)
    let marks: [(name: Character, value: Double?)] = [
      ("L", thresholds?.low), ("H", thresholds?.high),
    ]
    for (mark, value) in marks {
      guard let value, value.isFinite else { continue }
      let share = (value - first.lower) / (last.upper - first.lower)
      let place = min(bins.count - 1, max(0, Int(share * Double(bins.count))))
      line[place] = line[place] == "L" ? "X" : mark
    }
    let (left, right) = (
      AxisNumber.text(first.lower, digits: 3), AxisNumber.text(last.upper, digits: 3)
    )
    let gap = String(repeating: " ", count: max(1, bins.count - left.count - right.count))
    let indent = String(repeating: " ", count: margin - 1)
    return [indent + "└" + String(line), indent + " " + left + gap + right]
  }
}
