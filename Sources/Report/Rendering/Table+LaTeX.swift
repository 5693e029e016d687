internal import Tracker

extension Table {
  /// A floating table with the rules of booktabs, which is the only package that it needs.
  ///
  /// - Parameter label: What references call it; nil for none.
  /// - Returns: The text, to be read by `\input`.
  func renderedLaTeX(label: String? = nil) -> String {
    let sides = columns.map { $0.isOfWords(in: self) ? "l" : "r" }.joined()
    func line(_ cells: [String]) -> String {
      "    " + cells.map(LaTeX.escaped).joined(separator: " & ") + " \\\\\n"
    }
    // LaTeX numbers tables itself.
    let words = title.terminalText.replacing(/^Table [0-9]+:\s/, with: "")
    let caption = title.isEmpty ? "" : "  \\caption{\(LaTeX.escaped(words))}\n"
    let name = label.map { "  \\label{tab:\($0)}\n" } ?? ""
    let notes =
      notes.isEmpty
      ? ""
      : "\n  \\smallskip\n  \\parbox{\\linewidth}{\\footnotesize "
        + notes.map(\.terminalText).map(LaTeX.escaped).joined(separator: " ") + "}\n"
    // What is wider than the text sticks out on both sides alike.
    return "\\begin{table}[htbp]\n  \\centering\n" + caption + name
      + "  \(size)\n  \\setlength{\\tabcolsep}{4pt}%\n"
      + "  \\makebox[\\linewidth]{\\begin{tabular}{@{}\(sides)@{}}\n    \\toprule\n"
      + line(headings) + "    \\midrule\n" + typeset.map(line).joined()
      + "    \\bottomrule\n  \\end{tabular}}\n" + notes + "\\end{table}\n"
  }

  /// Letters small enough for the table's width.
  private var size: String {
    let cells = [headings] + typeset
    let width = columns.indices.reduce(0) { sum, column in
      sum + 1 + (cells.map { $0[column].count }.max() ?? 0)
    }
    return width <= 72 ? "\\small" : width <= 84 ? "\\footnotesize" : "\\scriptsize"
  }
}
