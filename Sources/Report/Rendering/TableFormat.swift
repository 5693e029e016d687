/// In what form results are written.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Aligned columns, for people at a terminal.
  case text
  /// An array of objects with full precision; infinities are written as 9e999.
  case json
  /// Comma-separated values with full precision, as RFC 4180 has it.
  case csv
  /// Values with full precision between tabs; tabs and line ends within them are written as \t, \n.
  case tsv
  /// A table of GitHub's Markdown.
  case markdown
  /// A table of LaTeX, with the rules of booktabs.
  case latex
  /// A table of HTML.
  case html
  /// A JSON object a line, with full precision; infinities are written as 9e999.
  case jsonl
}

extension Table {
  /// The table in a format, ending in a line feed.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - width: How many characters a line of text holds; nil for any number.
  /// - Returns: The table.
  public func rendered(as format: TableFormat, width: Int? = nil) -> String {
    switch format {
    case .text: renderedText(width: width)
    case .json: renderedJSON() + "\n"
    case .csv, .tsv, .jsonl: renderedLineByLine(as: format)
    case .markdown: renderedMarkdown()
    case .latex: renderedLaTeX()
    case .html: renderedHTML()
    }
  }

  private func renderedLineByLine(as format: TableFormat) -> String {
    guard let encoder = RowEncoder(format, columns: columns.map(\.name)) else { return "" }
    return encoder.header + rows.map(encoder.line).joined()
  }
}
