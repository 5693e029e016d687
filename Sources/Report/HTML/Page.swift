package import SQLite
package import Tracker

/// A page of tables and figures in one file, without a reference to anything outside it.
///
/// It begins with what was found and ends with where that comes from. The same content gives the
/// same bytes.
package struct Page: Sendable {
  /// A named query with the values that it was given.
  package struct Source: Sendable, Equatable {
    /// The query.
    package let query: Query
    /// Values by parameter; the others were unbound.
    package let values: [String: SQLValue]

    /// Names what was asked.
    package init(_ query: Query, _ values: [String: SQLValue] = [:]) {
      self.query = query
      self.values = values
    }
  }

  /// What a block shows.
  package enum Content: Sendable {
    /// A table.
    case table(Table)
    /// What a reader must not overlook.
    case findings([StudySummary.Finding])
    /// A figure, with what a reader must know to read it.
    case figure(PanelSheet, title: String, caption: String)
  }

  /// One thing to look at.
  package struct Block: Sendable {
    /// What is shown.
    package let content: Content
    /// Where its numbers come from.
    package let sources: [Source]
    /// What the page's address calls it; empty for its place in the section.
    package let name: String
    /// The same by another protocol, which a reader unfolds.
    package var variants: [Block] = []

    /// Joins what is shown with where it comes from.
    package init(_ content: Content, sources: [Source], name: String = "") {
      self.content = content
      self.sources = sources
      self.name = name
    }

    /// What the contents list calls it: its title without what tells variants apart.
    var shortTitle: String {
      switch content {
      case .table(let table): String(table.title.prefix { $0 != ";" })
      case .figure(_, let title, _): title
      case .findings: "What failed"
      }
    }
  }

  /// Blocks under one heading.
  package struct Section: Sendable {
    /// The heading's name in the page's address.
    package let name: String
    /// The heading.
    package let title: String
    /// What stands below the heading, a paragraph each.
    package let introduction: [String]
    /// What is under it.
    package let blocks: [Block]

    /// Gathers blocks.
    package init(name: String, title: String, introduction: [String] = [], blocks: [Block]) {
      self.name = name
      self.title = title
      self.introduction = introduction
      self.blocks = blocks
    }

    /// A block's name in the page's address.
    func name(of block: Block, _ index: Int) -> String {
      block.name.isEmpty ? "\(name)-\(index + 1)" : block.name
    }
  }

  /// The page's title.
  package let title: String
  /// Which study of which database it is, in some words.
  package let subtitle: [String]
  /// Why the numbers may not be what a reader takes them for.
  package let caveats: [String]
  /// What the page shows.
  package let sections: [Section]
  /// What identifies the study, its data and its database: names with values, shown last.
  package let facts: [(name: String, value: String)]
  /// The rows of the query provenance; they are shown last.
  package let runs: QueryResult

  /// Gathers a page.
  package init(
    title: String, subtitle: [String] = [], caveats: [String] = [], sections: [Section],
    facts: [(name: String, value: String)] = [], runs: QueryResult
  ) {
    self.title = title
    self.subtitle = subtitle
    self.caveats = caveats
    self.sections = Self.withGeneralNoteOnce(sections)
    self.facts = facts
    self.runs = runs
  }
}
