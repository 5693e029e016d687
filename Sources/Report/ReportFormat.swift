/// In what form a report, or a part of it, is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// Aligned columns and drawings in characters, for people at a terminal.
  case text
  /// JSON with full precision.
  case json
  /// A JSON object a line.
  case jsonl
  /// Comma-separated values with full precision.
  case csv
  /// Values between tabs with full precision.
  case tsv
  /// GitHub's Markdown.
  case markdown
  /// Tables of LaTeX, with the rules of booktabs.
  case latex
  /// One page without outside references.
  case html
  /// A vector drawing.
  case svg
  /// A drawing in pixels.
  case png
  /// A drawing on a page.
  case pdf

  /// The format of a table; nil for those of pages and drawings.
  public var tableFormat: TableFormat? { TableFormat(rawValue: rawValue) }

  /// The format of files that end like this; nil if there is none.
  public init?(fileExtension: String) {
    switch fileExtension.lowercased() {
    case "txt": self = .text
    case "md": self = .markdown
    case "htm": self = .html
    case "tex": self = .latex
    case let other: self.init(rawValue: other)
    }
  }
}
