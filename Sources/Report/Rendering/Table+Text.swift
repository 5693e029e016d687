extension Table {
  /// Aligned columns under a title, the notes below.
  func renderedText() -> String {
    let cells = [columns.map(\.heading)] + typeset
    let counts = cells.map { $0.map(\.characterCount) }
    let widths = columns.indices.map { column in counts.map { $0[column] }.max() ?? 0 }
    // Put together as bytes: a list may have ten thousands of lines.
    var text: [UInt8] = []
    func add(_ line: String) {
      guard !line.isEmpty else { return }
      text.append(contentsOf: line.utf8)
      text.append(UInt8(ascii: "\n"))
    }
    func add(row: Int) {
      for column in columns.indices {
        let padding = repeatElement(UInt8(ascii: " "), count: widths[column] - counts[row][column])
        if column > 0 { text.append(contentsOf: "  ".utf8) }
        if !columns[column].format.isAlignedLeft { text.append(contentsOf: padding) }
        text.append(contentsOf: cells[row][column].utf8)
        if columns[column].format.isAlignedLeft { text.append(contentsOf: padding) }
      }
      while text.last == UInt8(ascii: " ") { text.removeLast() }
      text.append(UInt8(ascii: "\n"))
    }
    add(title)
    add(row: 0)
    add(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
    for row in cells.indices.dropFirst() { add(row: row) }
    for line in notes.flatMap({ $0.wrapped(to: Self.noteWidth) }) { add(line) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Where notes below a table are broken.
  static let noteWidth = 118
}

extension String {
  /// How many characters there are, quickly where all of them are ASCII.
  fileprivate var characterCount: Int {
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count
  }

  /// The text in lines of at most so many characters, broken at spaces.
  func wrapped(to width: Int) -> [String] {
    split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}

extension ColumnFormat {
  /// Words begin at the left, numbers end at the right.
  var isAlignedLeft: Bool { self == .text || self == .run }
}
