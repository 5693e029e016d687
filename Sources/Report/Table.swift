public import SQLite
internal import Tracker

/// What a column's values are, which says how people are shown them.
public enum ColumnFormat: Sendable, Equatable {
  /// Words as they are, and numbers among them with six significant digits.
  case text
  /// Numbers in all sizes, with six significant digits, and words among them.
  case mixed
  /// A whole number.
  case integer
  /// A fraction of one, shown as a percentage.
  case percent
  /// Any number, shown with this number of decimal places.
  case decimal(places: Int)
  /// Any number, shown with this number of significant digits.
  case real(digits: Int)
  /// A run's UUID, shown by its first eight digits.
  case run
  /// A time in seconds.
  case seconds
}

/// A table of results.
public struct Table: Sendable, Equatable {
  /// One column.
  public struct Column: Sendable, Equatable {
    /// The name that programs read.
    public let name: String
    /// The heading that people read.
    public let heading: String
    /// What the values are.
    public let format: ColumnFormat

    /// Describes a column.
    public init(_ name: String, _ heading: String, _ format: ColumnFormat) {
      self.name = name
      self.heading = heading
      self.format = format
    }
  }

  /// What the table shows.
  public let title: String
  /// What a reader must know to read it.
  public let notes: [String]
  /// The columns.
  public let columns: [Column]
  /// The rows, each with a value a column.
  public let rows: [[SQLValue]]
  /// The exact numbers behind cells that are set of several, such as ours and the published ones;
  /// empty where every cell is its own value.
  public let details: [[String]]

  /// Creates a table.
  ///
  /// - Precondition: Each row has a value for each column, and so have the details if there are any.
  public init(
    title: String, notes: [String] = [], columns: [Column], rows: [[SQLValue]],
    details: [[String]] = []
  ) {
    precondition(
      rows.allSatisfy { $0.count == columns.count }, "each row needs \(columns.count) values")
    precondition(
      details.isEmpty || details.map(\.count) == rows.map(\.count), "details are a cell each")
    self.title = title
    self.notes = notes
    self.columns = columns
    self.rows = rows
    self.details = details
  }

  /// The cells as people are shown them, each in one line.
  var typeset: [[String]] {
    rows.map { row in
      zip(columns, row).map { Typesetting.text(of: $1, as: $0.format).terminalText }
    }
  }

  /// The columns' headings as people are shown them.
  var headings: [String] { columns.map(\.heading.terminalText) }
}

extension Table.Column {
  /// Whether a column of text holds words, rather than numbers that are set as text.
  func isOfWords(in table: Table) -> Bool {
    guard format.isAlignedLeft, let index = table.columns.firstIndex(of: self) else { return false }
    return table.rows.contains { row in
      guard let first = row[index].text?.unicodeScalars.first else { return false }
      return !("0"..."9").contains(first) && first != "−" && first != "—"
    }
  }
}
