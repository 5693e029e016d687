/// A figure as shapes, text and images, before it is written in any format.
///
/// Lengths are points, 72 to the inch; x goes right, y goes down.
public struct Drawing: Sendable, Equatable {
  /// One thing that is drawn; later ones lie over earlier ones.
  package enum Element: Sendable, Equatable {
    /// A path, filled, stroked or both.
    case shape(Shape)
    /// One line of text.
    case label(Label)
    /// A grid of pixels.
    case image(PixelImage)
    /// A part that says more when a reader points at it; other formats than SVG draw the part only.
    case hint(String, [Element])
  }

  /// How wide the figure is.
  package let width: Double
  /// How high the figure is.
  package let height: Double
  /// What the figure shows, in a sentence, for readers who cannot see it.
  package let summary: String
  /// Where its data come from, which a file of its own says inside.
  package var provenance = ""
  /// What is drawn.
  package private(set) var elements: [Element] = []

  /// Creates an empty drawing.
  package init(width: Double, height: Double, summary: String) {
    self.width = width
    self.height = height
    self.summary = summary
  }

  /// Draws an element over all others.
  package mutating func add(_ element: Element) {
    elements.append(element)
  }

  /// Draws a path.
  package mutating func add(_ path: Path, fill: Ink? = nil, stroke: Pen? = nil) {
    add(.shape(Shape(path: path, fill: fill, stroke: stroke)))
  }

  /// Draws all of another drawing, its corner at a point.
  package mutating func place(_ drawing: Drawing, x: Double, y: Double) {
    elements += drawing.elements.map { $0.moved(x, y) }
  }

  /// Draws a straight line.
  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ pen: Pen
  ) {
    add(Path.line([Point(x1, y1), Point(x2, y2)]), stroke: pen)
  }

  /// Draws one line of text with its baseline at a point.
  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 10, weight: FontWeight = .regular,
    ink: Ink = .text, anchor: Label.Anchor = .start, isVertical: Bool = false
  ) {
    add(
      .label(
        Label(
          text: text, x: x, y: y, size: size, weight: weight, ink: ink, anchor: anchor,
          isVertical: isVertical)))
  }
}

extension Drawing.Element {
  /// The element, further to the right and further down.
  fileprivate func moved(_ x: Double, _ y: Double) -> Self {
    switch self {
    case .shape(var shape):
      shape.path = shape.path.moved(x, y)
      return .shape(shape)
    case .label(var label):
      (label.x, label.y) = (label.x + x, label.y + y)
      return .label(label)
    case .image(var image):
      (image.x, image.y) = (image.x + x, image.y + y)
      return .image(image)
    case .hint(let hint, let elements):
      return .hint(hint, elements.map { $0.moved(x, y) })
    }
  }
}

/// A path with how it is painted.
package struct Shape: Sendable, Equatable {
  /// The path.
  package var path: Path
  /// The colour within it; nil leaves it empty.
  package var fill: Ink?
  /// The line along it; nil draws none.
  package var stroke: Pen?

  /// Describes how a path is painted.
  package init(path: Path, fill: Ink? = nil, stroke: Pen? = nil) {
    self.path = path
    self.fill = fill
    self.stroke = stroke
  }
}

/// How a line is drawn; its ends and corners are round.
package struct Pen: Sendable, Equatable {
  /// The colour.
  package var ink: Ink
  /// How broad the line is.
  package var width: Double
  /// The lengths of dashes and gaps in turn; none draws a whole line.
  package var dashes: [Double]

  /// Describes a line.
  package init(_ ink: Ink, _ width: Double, dashes: [Double] = []) {
    self.ink = ink
    self.width = width
    self.dashes = dashes
  }
}

/// One line of text.
package struct Label: Sendable, Equatable {
  /// Which part of the text its position is.
  package enum Anchor: String, Sendable {
    /// Its beginning.
    case start
    /// Its middle.
    case middle
    /// Its end.
    case end
  }

  /// The words.
  package var text: String
  /// Where its anchor is.
  package var x: Double
  /// Where its baseline is; of vertical text, y is where its anchor is.
  package var y: Double
  /// The height of the font.
  package var size: Double
  /// Whether it is bold.
  package var weight: FontWeight
  /// Its colour.
  package var ink: Ink
  /// Which part of it is at its position.
  package var anchor: Anchor
  /// Whether it is read from below to above.
  package var isVertical: Bool
}

/// A grid of opaque or clear pixels that is shown without smoothing.
package struct PixelImage: Sendable, Equatable {
  /// The left edge.
  package var x: Double
  /// The upper edge.
  package var y: Double
  /// How wide it is shown.
  package var width: Double
  /// How high it is shown.
  package var height: Double
  /// How many pixels a row has.
  package var columns: Int
  /// The pixels row by row; nil is clear.
  package var pixels: [RGB?]

  /// The number of rows.
  package var rows: Int { columns > 0 ? pixels.count / columns : 0 }

  /// The image with each pixel as a square of several, which readers that smooth images keep sharp.
  func enlarged(_ factor: Int) -> PixelImage {
    var image = self
    image.columns *= factor
    image.pixels = (0..<rows).flatMap { row in
      let line = pixels[row * columns..<(row + 1) * columns].flatMap {
        repeatElement($0, count: factor)
      }
      return repeatElement(line, count: factor).joined()
    }
    return image
  }

  /// Places a grid of pixels.
  ///
  /// - Precondition: There are whole rows.
  package init(
    x: Double, y: Double, width: Double, height: Double, columns: Int, pixels: [RGB?]
  ) {
    precondition(columns > 0 && pixels.count.isMultiple(of: columns), "rows must be whole")
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.columns = columns
    self.pixels = pixels
  }
}
