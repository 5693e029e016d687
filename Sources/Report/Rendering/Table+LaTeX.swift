internal import Tracker

extension Table {
  /// Floating tables with the rules of booktabs, which is the only package that they need; one,
  /// unless the table is longer than a page.
  ///
  /// - Parameters:
  ///   - name: What references call it unless the style has a label; nil for nothing.
  ///   - style: How it is set.
  /// - Returns: The text, to be read by `\input`.
  func renderedLaTeX(name: String? = nil, style: LaTeXStyle = LaTeXStyle()) -> String {
    let sheet = LaTeXSheet(self, columns: style.columns)
    return sheet.floats.enumerated().map { number, pieces in
      let part = sheet.floats.count > 1 ? " (\(number + 1) of \(sheet.floats.count))" : ""
      let caption = (style.caption ?? LaTeX.escaped(captionWords)) + part
      let label = (style.label ?? name.map { "tab:\($0)" })
        .map { number == 0 ? $0 : "\($0)-\(number + 1)" }
      let isLast = number == sheet.floats.count - 1
      return "\\begin{\(style.columns.environment)}[htbp]\n  \\centering\n"
        + (caption.isEmpty ? "" : "  \\caption{\(caption)}\n")
        + (label.map { "  \\label{\($0)}\n" } ?? "")
        // Standard classes leave no room between a caption and what stands below it.
        + (caption.isEmpty ? "" : "  \\smallskip\n")
        + "  \(sheet.size.command)\n  \\setlength{\\tabcolsep}{\(Int(LaTeXSheet.gap / 2))pt}%\n"
        + pieces.map(sheet.tabular).joined(separator: "  \\par\\medskip\n")
        + (isLast ? latexNotes : "") + "\\end{\(style.columns.environment)}\n"
    }.joined(separator: "\n")
  }

  /// The title without its number, which LaTeX gives itself, beginning with a capital.
  private var captionWords: String {
    let words = title.terminalText.replacing(/^Table [0-9]+:\s/, with: "")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  private var latexNotes: String {
    guard !notes.isEmpty else { return "" }
    let text = notes.map { LaTeX.escaped($0.terminalText) }.joined(separator: " ")
    return "\n  \\smallskip\n  \\parbox{\\linewidth}{\\footnotesize\\raggedright \(text)}\n"
  }
}

extension LaTeXSheet {
  /// Some columns and rows between rules.
  fileprivate func tabular(_ piece: Piece) -> String {
    let sides = piece.columns.map { table.columns[$0].isOfWords(in: table) ? "l" : "r" }.joined()
    func line(_ cells: [String]) -> String {
      let set = piece.columns.map { column in
        broken[column].map { paragraph(cells[column], width: $0) } ?? LaTeX.escaped(cells[column])
      }
      return "    " + set.joined(separator: " & ") + " \\\\\n"
    }
    let cells = table.typeset
    return "  \\begin{tabular}{@{}\(sides)@{}}\n    \\toprule\n" + line(table.headings)
      + "    \\midrule\n" + piece.rows.map { line(cells[$0]) }.joined()
      + "    \\bottomrule\n  \\end{tabular}\n"
  }

  /// Words in lines of a width; a longer word is broken wherever it must.
  private func paragraph(_ text: String, width: Double) -> String {
    guard LaTeXWidth.of(text, size) > width else { return LaTeX.escaped(text) }
    let words = text.split(separator: " ").map { word in
      LaTeXWidth.of(String(word), size) <= width
        ? LaTeX.escaped(String(word))
        : word.map { LaTeX.escaped(String($0)) }.joined(separator: "\\hspace{0pt}")
    }
    let points = Int(width.rounded(.down))
    return "\\parbox[t]{\(points)pt}{\\raggedright\\strut "
      + words.joined(separator: " ") + "\\strut}"
  }
}
