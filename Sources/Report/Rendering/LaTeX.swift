/// Text as LaTeX has it.
enum LaTeX {
  private static let commands: [Character: String] = [
    "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_",
    "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "''",
    "−": "$-$", "±": "$\\pm$", "∞": "$\\infty$", "≤": "$\\leq$", "–": "--", "—": "---",
    "…": "\\dots{}",
    "\n": " ",
  ]

  /// The text with everything that LaTeX would take for a command said by one.
  static func escaped(_ text: String) -> String {
    text.map { commands[$0] ?? String($0) }.joined()
  }

  /// The text that was escaped.
  static func unescaped(_ text: String) -> String {
    let longest = commands.filter { $0.key != "\n" }.sorted { $0.value.count > $1.value.count }
    var (rest, plain) = (text[...], "")
    while let next = rest.first {
      let command = longest.first { rest.hasPrefix($0.value) }
      plain.append(command?.key ?? next)
      rest = rest.dropFirst(command?.value.count ?? 1)
    }
    return plain
  }

  /// Lines that LaTeX passes over.
  static func comment(_ lines: [String]) -> String {
    lines.map { "% " + $0.replacing("\n", with: " ") + "\n" }.joined()
  }
}
