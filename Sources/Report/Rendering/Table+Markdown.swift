internal import Tracker

extension Table {
  /// A Markdown table under its title.
  func renderedMarkdown() -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(Markdown.escaped).joined(separator: " | ") + " |"
    }
    let rule = "|" + columns.map { $0.format.isAlignedLeft ? " --- |" : " ---: |" }.joined()
    let table = ([line(headings), rule] + typeset.map(line)).joined(separator: "\n")
    let parts =
      [title.isEmpty ? "" : "**\(Markdown.escaped(title.terminalText))**", table]
      + notes.map { Markdown.escaped($0.terminalText) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }
}

/// Text as GitHub's Markdown has it.
enum Markdown {
  /// The text with everything that Markdown would take for markup, or for HTML, said plainly.
  ///
  /// An underscore within a word is no markup and stays as it is.
  static func escaped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    func isInWord(_ place: Int) -> Bool {
      [place - 1, place + 1].allSatisfy { scalars.indices.contains($0) && scalars[$0].isWord }
    }
    var result = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "_" where isInWord(place): result.append(scalar)
      case "\\", "|", "`", "*", "_", "[", "]", "~", "$":
        result.append("\\")
        result.append(scalar)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  /// Whether it is a letter or a digit.
  fileprivate var isWord: Bool { properties.isAlphabetic || properties.numericType != nil }
}
