/// A grid of dots in the characters of Braille, eight to a character.
struct BrailleCanvas {
  let columns: Int
  let rows: Int
  private var cells: [UInt8]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [UInt8](repeating: 0, count: columns * rows)
  }

  /// The bits of a character's dots, row by row.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets the dot at shares of the width, from the left, and of the height, from below.
  mutating func dot(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite, (0...1).contains(x), (0...1).contains(y) else { return }
    let column = Int((x * Double(columns * 2 - 1)).rounded())
    let row = Int(((1 - y) * Double(rows * 4 - 1)).rounded())
    cells[row / 4 * columns + column / 2] |= Self.bits[row % 4][column % 2]
  }

  /// Sets the dots of a line through points; it breaks off where one is not finite.
  mutating func line(_ points: [(x: Double, y: Double)]) {
    for (a, b) in zip(points, points.dropFirst())
    where [a.x, a.y, b.x, b.y].allSatisfy(\.isFinite) {
      let steps = max(
        1,
        Int(
          (max(abs(b.x - a.x) * Double(columns * 2), abs(b.y - a.y) * Double(rows * 4))).rounded(
            .up)))
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        dot(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
      }
    }
  }

  /// The rows of characters.
  var lines: [String] {
    (0..<rows).map { row in
      String(
        String.UnicodeScalarView(
          cells[row * columns..<(row + 1) * columns].compactMap {
            Unicode.Scalar(0x2800 + UInt32($0))
          }))
    }
  }

  /// A framed plot: a title, the canvas beside an axis, and what its lower edge stands for.
  func block(
    title: String, left: String, right: String, ink: Ink, style: TerminalStyle
  ) -> TextBlock {
    Self.block(
      title: title, left: left, right: right, lines: lines.map { style.colored($0, ink) },
      columns: columns, style: style)
  }

  /// The same of several canvases of one size over each other, each in a colour of its own.
  ///
  /// A character has the dots of all of them, and the colour of the last that has any there.
  static func block(
    title: String, left: String, right: String, layers: [(canvas: BrailleCanvas, ink: Ink)],
    style: TerminalStyle
  ) -> TextBlock {
    guard let first = layers.first?.canvas else { return TextBlock(width: 0, lines: []) }
    let lines = (0..<first.rows).map { row in
      (0..<first.columns).map { column in
        let place = row * first.columns + column
        let dots = layers.reduce(0 as UInt8) { $0 | $1.canvas.cells[place] }
        let text = Unicode.Scalar(0x2800 + UInt32(dots)).map { String(Character($0)) } ?? " "
        let ink = layers.last { $0.canvas.cells[place] != 0 }?.ink
        return ink.map { style.colored(text, $0) } ?? text
      }.joined()
    }
    return block(
      title: title, left: left, right: right, lines: lines, columns: first.columns, style: style)
  }

  private static func block(
    title: String, left: String, right: String, lines: [String], columns: Int,
    style: TerminalStyle
  ) -> TextBlock {
    let width = columns + 1
    let edge =
      left + String(repeating: " ", count: max(1, width - left.count - right.count)) + right
    let title = style.bold(TextBlock.padded(title, width))
    return TextBlock(
      width: width,
      lines: [title] + lines.map { "│" + $0 }
        + ["└" + String(repeating: "─", count: columns), TextBlock.padded(edge, width)])
  }
}
