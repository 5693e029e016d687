extension PanelSheet {
  /// The panels as drawings that stand beside each other where a window has room, and else below.
  var html: String {
    let legend =
      legend.isEmpty ? "" : "<div class=\"legend\">\(Self.drawings(legend))</div>\n"
    guard let narrowPanels else {
      return legend + Self.row(panels, "panels", columns: columns)
    }
    return legend + Self.row(panels, "panels wide", columns: columns)
      + Self.row(narrowPanels, "panels narrow", columns: 1)
  }

  private static func row(_ panels: [Drawing], _ kind: String, columns: Int) -> String {
    "<div class=\"\(kind)\" style=\"--columns:\(columns)\">\n\(drawings(panels))</div>\n"
  }

  private static func drawings(_ drawings: [Drawing]) -> String {
    drawings.map { $0.svg(for: .page) }.joined()
  }
}
