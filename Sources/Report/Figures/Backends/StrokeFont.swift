internal import Foundation

/// A font of single strokes, for pictures, drawn with a round pen.
///
/// Its letters are as wide as Helvetica's, so that text in a picture stands where it does in the
/// other formats. Letters that it lacks are drawn as a box.
enum StrokeFont {
  /// The polygons that cover a line of text.
  static func outline(of label: Label, scale: Double) -> [[Point]] {
    let size = label.size / 1000
    let pen = (label.weight == .bold ? 122 : 84) * size
    var x = -label.offset
    var polygons: [[Point]] = []
    for letter in label.text.precomposedStringWithCanonicalMapping.unicodeScalars {
      let strokes = glyph(of: letter).mapped { point in
        let (right, up) = (x + point.x * size, point.y * size)
        return label.isVertical
          ? Point(label.x - up, label.y - right) : Point(label.x + right, label.y - up)
      }
      polygons += Outline.of(strokes, Pen(label.ink, pen), scale: scale)
      x += Double(FontMetrics.width(of: letter, label.weight)) * size
    }
    return polygons
  }

  private static func glyph(of letter: Unicode.Scalar) -> Path {
    if let path = glyphs[letter] { return path }
    // A letter with an accent is better drawn without it than not at all.
    let base = String(letter).decomposedStringWithCanonicalMapping.unicodeScalars.first
    return base.flatMap { glyphs[$0] } ?? box
  }

  private static let box = path("M 90 42 L 466 42 L 466 676 L 90 676 L 90 42")
  private static let glyphs = StrokeFontGlyphs.descriptions.mapValues(path)

  /// A letter from its description.
  ///
  /// M moves, L draws a line, C a curve; O and E draw a part of an ellipse by its centre, its radii
  /// and two angles in degrees. The baseline is at 0, up is positive.
  private static func path(_ description: String) -> Path {
    let words = description.split(separator: " ")
    var path = Path()
    var position = 0
    func numbers(_ count: Int) -> [Double] {
      words[position..<position + count].compactMap { Double($0) }
    }
    while position < words.count {
      let command = words[position]
      position += 1
      switch command {
      case "M", "L":
        let n = numbers(2)
        path.steps.append(command == "M" ? .move(Point(n[0], n[1])) : .line(Point(n[0], n[1])))
        position += 2
      case "C":
        let n = numbers(6)
        path.steps.append(.curve(Point(n[0], n[1]), Point(n[2], n[3]), Point(n[4], n[5])))
        position += 6
      default:
        let n = numbers(6)
        let isNew = command == "O"
        var arc = Path()
        arc.addArc(Point(n[0], n[1]), n[2], n[3], from: n[4], to: n[5])
        if !isNew, !path.steps.isEmpty, case .move(let start)? = arc.steps.first {
          arc.steps[0] = .line(start)
        }
        path.steps += arc.steps
        position += 6
      }
    }
    return path
  }
}
