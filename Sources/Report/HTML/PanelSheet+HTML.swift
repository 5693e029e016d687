extension PanelSheet {
  /// The panels as drawings that stand beside each other where a window has room, and else below.
  var html: String {
    let legend =
      legend.isEmpty ? "" : "<div class=\"legend\">\(Self.drawings(legend))</div>\n"
    guard let narrowPanels else {
      return legend + "<div class=\"panels\">\n\(Self.drawings(panels))</div>\n"
    }
    return legend + "<div class=\"panels wide\">\n\(Self.drawings(panels))</div>\n"
      + "<div class=\"panels narrow\">\n\(Self.drawings(narrowPanels))</div>\n"
  }

  private static func drawings(_ drawings: [Drawing]) -> String {
    drawings.map { $0.svg(for: .page) }.joined()
  }
}
