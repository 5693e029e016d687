/// A figure as panels that each can be read alone: in rows on paper, wrapped on a page.
package struct PanelSheet: Sendable, Equatable {
  /// What the figure shows, in a sentence, for readers who cannot see it.
  package let summary: String
  /// The entries of a legend, which stand in a row above the panels.
  package let legend: [Drawing]
  /// The panels in order.
  package let panels: [Drawing]
  /// How many panels a row on paper has.
  package let columns: Int
  /// The panels for windows that are narrower than those; nil where they are narrow already.
  package let narrowPanels: [Drawing]?

  /// Gathers panels.
  package init(
    summary: String, legend: [Drawing] = [], panels: [Drawing], columns: Int,
    narrowPanels: [Drawing]? = nil
  ) {
    self.summary = summary
    self.legend = legend
    self.panels = panels
    self.columns = max(1, columns)
    self.narrowPanels = narrowPanels
  }

  /// The panels in rows, below the legend.
  package var drawing: Drawing {
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      Array(panels[$0..<min($0 + columns, panels.count)])
    }
    let width = rows.map { $0.reduce(0) { $0 + $1.width } }.max() ?? 0
    var placed: [(drawing: Drawing, x: Double, y: Double)] = []
    var (x, y, height) = (Self.margin, 0.0, 0.0)
    for entry in legend {
      if x > Self.margin, x + entry.width > width {
        (x, y) = (Self.margin, y + height)
      }
      placed.append((entry, x, y + Self.margin / 2))
      x += entry.width
      height = max(height, entry.height)
    }
    y += legend.isEmpty ? 0 : height + Self.margin / 2
    for row in rows {
      x = 0
      for panel in row {
        placed.append((panel, x, y))
        x += panel.width
      }
      y += row.map(\.height).max() ?? 0
    }
    var drawing = Drawing(width: width, height: y, summary: summary)
    for (part, x, y) in placed { drawing.place(part, x: x, y: y) }
    return drawing
  }

  private static let margin = 12.0
}
