extension Table {
  /// Aligned columns under a title, the notes below.
  func renderedText() -> String {
    let cells = [columns.map(\.heading)] + typeset
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      let padded = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].format.isAlignedLeft ? row[column] + padding : padding + row[column]
      }
      let line = padded.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let body = [line(cells[0]), rule] + cells.dropFirst().map(line)
    let notes = notes.flatMap { $0.wrapped(to: Self.noteWidth) }
    return ([title] + body + notes).filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  /// Where notes below a table are broken.
  static let noteWidth = 118
}

extension String {
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
