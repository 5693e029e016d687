/// What a terminal can show.
public struct TerminalStyle: Sendable {
  /// The number of columns.
  public let width: Int
  /// Whether it has colours, and the reader wants them.
  public let isColored: Bool
  /// Whether it breaks lines that are wider, as terminals do and files do not.
  public let breaksLines: Bool

  /// Describes a terminal.
  public init(width: Int = 80, isColored: Bool = false, breaksLines: Bool = false) {
    self.width = max(40, width)
    self.isColored = isColored
    self.breaksLines = breaksLines
  }

  /// The width that tables must keep to; nil where lines of any length are well.
  public var tableWidth: Int? { breaksLines ? width : nil }

  /// Text in a colour, if there are any.
  func colored(_ text: String, _ ink: Ink) -> String {
    guard isColored else { return text }
    let color = ink.onAnyGround
    return "\u{1B}[38;2;\(color.red);\(color.green);\(color.blue)m\(text)\u{1B}[0m"
  }

  /// Text that stands out, if there are any colours.
  func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}

/// Some lines of the same length that are shown together.
struct TextBlock {
  /// How many columns the lines have.
  let width: Int
  /// The lines; colours do not count.
  let lines: [String]

  /// Where captions above blocks are broken at the latest.
  static let captionWidth = 78

  /// The block with one more line below.
  func followed(by line: String) -> TextBlock {
    TextBlock(width: width, lines: lines + [Self.padded(line, width)])
  }

  /// Blocks beside each other, as many as a line holds.
  static func arranged(_ blocks: [TextBlock], width: Int, gap: Int = 3) -> String {
    var rows: [[TextBlock]] = []
    for block in blocks {
      let used = rows.last?.reduce(0) { $0 + $1.width + gap } ?? 0
      if rows.isEmpty || used + block.width > width {
        rows.append([block])
      } else {
        rows[rows.count - 1].append(block)
      }
    }
    return rows.map { row in
      let height = row.map(\.lines.count).max() ?? 0
      return (0..<height).map { index in
        let line = row.map { block in
          index < block.lines.count
            ? block.lines[index] : String(repeating: " ", count: block.width)
        }.joined(separator: String(repeating: " ", count: gap))
        return String(line.reversed().drop { $0 == " " }.reversed())
      }.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// A text with spaces up to a length.
  static func padded(_ text: String, _ width: Int) -> String {
    let text = String(text.prefix(width))
    return text + String(repeating: " ", count: width - text.count)
  }
}
