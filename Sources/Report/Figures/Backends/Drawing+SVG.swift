internal import Foundation
internal import Tracker

extension Drawing {
  /// Where an SVG will be shown.
  package enum Surroundings: Sendable {
    /// In a file of its own, on white paper.
    case file
    /// In a page whose style sheet has the colours, for the light and for the dark.
    case page
    /// In the hands of a library that writes other formats and smooths images.
    case renderer
  }

  /// The drawing as SVG, its text as text.
  package func svg(for surroundings: Surroundings = .file) -> String {
    let size = "\(SVG.number(width))"
    let high = "\(SVG.number(height))"
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size) \(high)\" width=\"\(size)\" "
        + "height=\"\(high)\" role=\"img\" aria-label=\"\(SVG.escaped(summary))\" "
        + (surroundings == .page ? "style=\"--width:\(size)\" " : "")
        + "font-family=\"\(SVG.fonts)\">"
    ]
    if surroundings != .page {
      lines.append("<desc>\(SVG.escaped(summary))</desc>")
      if !provenance.isEmpty {
        lines.append("<metadata>\(SVG.escaped(provenance))</metadata>")
      }
      lines.append("<rect width=\"\(size)\" height=\"\(high)\" fill=\"\(Ink.paper.light.css)\"/>")
    }
    let writer = SVG(surroundings: surroundings)
    lines += elements.map(writer.element)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }
}

/// Writes the elements of a drawing as SVG.
struct SVG {
  let surroundings: Drawing.Surroundings

  /// Fonts with the widths that text is laid out by.
  static let fonts = "'\(FontMetrics.family)', Helvetica, Arial, 'Nimbus Sans', sans-serif"
  /// How many pixels beside each other a pixel becomes where images are smoothed.
  private static let enlargement = 8

  func element(_ element: Drawing.Element) -> String {
    switch element {
    case .shape(let shape): self.shape(shape)
    case .label(let label): self.label(label)
    case .image(let image): self.image(image)
    case .hint(let hint, let elements):
      "<g class=\"hint\"><title>\(Self.escaped(hint))</title>"
        + elements.map(self.element).joined() + "</g>"
    }
  }

  private func shape(_ shape: Shape) -> String {
    var attributes = "d=\"\(Self.data(shape.path))\"" + paint("fill", shape.fill)
    if let pen = shape.stroke {
      attributes += paint("stroke", pen.ink) + " stroke-width=\"\(Self.number(pen.width))\""
      attributes += " stroke-linecap=\"round\" stroke-linejoin=\"round\""
      if !pen.dashes.isEmpty {
        let dashes = pen.dashes.map(Self.number).joined(separator: " ")
        attributes += " stroke-dasharray=\"\(dashes)\""
      }
    }
    return "<path \(attributes)/>"
  }

  private func label(_ label: Label) -> String {
    let (x, y) = (Self.number(label.x), Self.number(label.y))
    var attributes = "x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.number(label.size))\""
    if label.weight == .bold { attributes += " font-weight=\"bold\"" }
    if label.anchor != .start { attributes += " text-anchor=\"\(label.anchor.rawValue)\"" }
    if label.isVertical { attributes += " transform=\"rotate(-90 \(x) \(y))\"" }
    return "<text \(attributes)\(paint("fill", label.ink))>\(Self.escaped(label.text))</text>"
  }

  private func image(_ image: PixelImage) -> String {
    let shown = surroundings == .renderer ? image.enlarged(Self.enlargement) : image
    let png = PNG.file(columns: shown.columns, pixels: shown.pixels)
    return "<image x=\"\(Self.number(image.x))\" y=\"\(Self.number(image.y))\" "
      + "width=\"\(Self.number(image.width))\" height=\"\(Self.number(image.height))\" "
      + "preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
      + "href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>"
  }

  /// A colour as an attribute.
  private func paint(_ attribute: String, _ ink: Ink?) -> String {
    guard let ink else { return " \(attribute)=\"none\"" }
    var color = ink.light.css
    if surroundings == .page, let variable = ink.variable { color = "var(\(variable))" }
    let opacity =
      ink.opacity < 1 ? " \(attribute)-opacity=\"\(Self.number(ink.opacity))\"" : ""
    return " \(attribute)=\"\(color)\"\(opacity)"
  }

  private static func data(_ path: Path) -> String {
    func text(_ points: Point...) -> String {
      points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
    }
    return path.steps.map { step in
      switch step {
      case .move(let point): "M" + text(point)
      case .line(let point): "L" + text(point)
      case .curve(let a, let b, let c): "C" + text(a, b, c)
      case .close: "Z"
      }
    }.joined()
  }

  /// Farther away than any sheet reaches.
  private static let farAway = 1e6

  /// A number with as many decimals as can be seen, the same on every machine; what is infinitely far
  /// or no number at all is far away.
  static func number(_ value: Double) -> String {
    let finite = value.isNaN ? farAway : min(max(value, -farAway), farAway)
    var hundredths = Int((finite * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    hundredths = abs(hundredths)
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    guard rest > 0 else { return sign + String(whole) }
    let digits = rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)"
    return "\(sign)\(whole).\(digits)"
  }

  /// Text as XML and HTML have it, in elements and in quoted attributes.
  ///
  /// Control characters, which XML has not even escaped, and marks that would turn the direction of
  /// writing are shown as their codes. Line ends and tabs stay: they are spaces there, but for what is
  /// set line by line.
  static func escaped(_ text: String) -> String {
    text.replacingScalars { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\t", "\n", "\r": nil
      case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
      default: scalar.terminalCode
      }
    }
  }
}
