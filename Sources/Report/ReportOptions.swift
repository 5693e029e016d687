/// How a report is set, beyond what it is about.
public struct ReportOptions: Sendable, Equatable {
  /// Whether the papers' numbers stand beside ours where they may.
  public var showsPublished: Bool
  /// How tables of LaTeX are set.
  public var latex: LaTeXStyle
  /// The runs of the studies that may count as other seeds; nil for all.
  public var seedStudies: [String]?

  /// Collects the options.
  public init(
    showsPublished: Bool = true, latex: LaTeXStyle = LaTeXStyle(), seedStudies: [String]? = nil
  ) {
    self.showsPublished = showsPublished
    self.latex = latex
    self.seedStudies = seedStudies
  }
}

/// How tables of LaTeX are set.
public struct LaTeXStyle: Sendable, Equatable {
  /// What a table may be as wide as.
  public enum Columns: String, Sendable, CaseIterable {
    /// The text of a paper in one column; a `table`.
    case text
    /// One of a paper's two columns; a `table`.
    case one = "1"
    /// Both of a paper's two columns; a `table*`.
    case two = "2"
  }

  /// What a table may be as wide as.
  public var columns: Columns
  /// The caption, as LaTeX; nil takes the table's title.
  public var caption: String?
  /// What references call the table; nil for "tab:" and the table's name.
  public var label: String?

  /// Collects the choices.
  public init(columns: Columns = .text, caption: String? = nil, label: String? = nil) {
    self.columns = columns
    self.caption = caption
    self.label = label
  }
}
