internal import Tracker

extension Table {
  /// Aligned columns under a title, the notes below.
  ///
  /// - Parameter width: How many characters a line holds; nil for any number.
  /// - Returns: The lines.
  func renderedText(width: Int? = nil) -> String {
    let sheet = TextSheet(self, width: width)
    // Put together as bytes: a list may have ten thousands of lines.
    var text: [UInt8] = []
    func add(_ line: String) {
      guard !line.isEmpty else { return }
      text.append(contentsOf: line.utf8)
      text.append(UInt8(ascii: "\n"))
    }
    func add(line: Int, of block: [Int]) {
      for (place, column) in block.enumerated() {
        let cell = sheet.lines[line][column]
        let padding = repeatElement(
          UInt8(ascii: " "), count: sheet.widths[column] - cell.characterCount)
        if place > 0 { text.append(contentsOf: "  ".utf8) }
        if !sheet.isAlignedLeft[column] { text.append(contentsOf: padding) }
        text.append(contentsOf: cell.utf8)
        if sheet.isAlignedLeft[column] { text.append(contentsOf: padding) }
      }
      while text.last == UInt8(ascii: " ") { text.removeLast() }
      text.append(UInt8(ascii: "\n"))
    }
    let title = title.terminalText
    for line in width.map(title.wrapped) ?? [title] { add(line) }
    for (number, block) in sheet.blocks.enumerated() {
      if number > 0 { text.append(UInt8(ascii: "\n")) }
      for line in sheet.head(of: block) { add(line: line, of: block) }
      add(sheet.rule(of: block))
      for line in sheet.body(of: block) { add(line: line, of: block) }
    }
    let noteWidth = min(width ?? Self.noteWidth, Self.noteWidth)
    for line in notes.flatMap({ $0.terminalText.wrapped(to: noteWidth) }) { add(line) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Where notes below a table are broken at the latest.
  static let noteWidth = 118
}

extension ColumnFormat {
  /// Words begin at the left, numbers end at the right.
  var isAlignedLeft: Bool { self == .text || self == .run }
}
