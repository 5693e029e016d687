package import SQLite
package import Tracker

/// A page of tables and figures in one file, without a reference to anything outside it.
///
/// The same content gives the same bytes.
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

  /// A table or a figure, with the queries that its numbers come from.
  package enum Content: Sendable {
    /// A table.
    case table(Table)
    /// A figure, with what a reader must know to read it.
    case figure(PanelSheet, title: String, caption: String)
  }

  /// One thing to look at.
  package struct Block: Sendable {
    /// What is shown.
    package let content: Content
    /// Where its numbers come from.
    package let sources: [Source]

    /// Joins what is shown with where it comes from.
    package init(_ content: Content, sources: [Source]) {
      self.content = content
      self.sources = sources
    }
  }

  /// Blocks under one heading.
  package struct Section: Sendable {
    /// The heading's name in the page's address.
    package let name: String
    /// The heading.
    package let title: String
    /// What is under it.
    package let blocks: [Block]

    /// Gathers blocks.
    package init(name: String, title: String, blocks: [Block]) {
      self.name = name
      self.title = title
      self.blocks = blocks
    }
  }

  /// The page's title.
  package let title: String
  /// What is above everything else: a name and what it is.
  package let facts: [(name: String, value: String)]
  /// What the page shows.
  package let sections: [Section]
  /// The rows of the query provenance; they are shown last.
  package let runs: QueryResult

  /// Gathers a page.
  package init(
    title: String, facts: [(name: String, value: String)], sections: [Section], runs: QueryResult
  ) {
    self.title = title
    self.facts = facts
    self.sections = sections
    self.runs = runs
  }
}
