public import SQLite
internal import Tracker

/// In what form rows are written one by one, for other programs, at full precision.
public enum RowFormat: String, Sendable, CaseIterable {
  /// Comma-separated values as RFC 4180 has them, a heading first; NULL is an empty field.
  case csv
  /// An object a line; infinities are written as 9e999.
  case jsonl

  /// What comes before the rows.
  public func heading(_ columns: [String]) -> String {
    switch self {
    case .csv: columns.map { Table.field(.text($0)) }.joined(separator: ",") + "\r\n"
    case .jsonl: ""
    }
  }

  /// One row; blobs are hexadecimal.
  public func line(_ columns: [String], _ row: [SQLValue]) -> String {
    switch self {
    case .csv: return row.map(Table.field).joined(separator: ",") + "\r\n"
    case .jsonl:
      let members = zip(columns, row).map { column, value in
        JSONValue.string(column).canonical + ": " + Table.json(value)
      }
      return "{" + members.joined(separator: ", ") + "}\n"
    }
  }
}
