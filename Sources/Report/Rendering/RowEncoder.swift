internal import Bytes
public import SQLite
internal import Tracker

/// Writes rows one after the other, in a format in which no row depends on another.
public struct RowEncoder: Sendable {
  private enum Style { case csv, tsv, jsonl }

  private let style: Style
  private let columns: [String]
  /// The columns' names as JSON has them.
  private let members: [String]

  /// Prepares to write rows.
  ///
  /// - Parameters:
  ///   - format: The format; nil comes of one that needs all rows at once, such as aligned columns.
  ///   - columns: The columns' names.
  public init?(_ format: TableFormat, columns: [String]) {
    switch format {
    case .csv: style = .csv
    case .tsv: style = .tsv
    case .jsonl: style = .jsonl
    case .text, .json, .markdown, .latex, .html: return nil
    }
    self.columns = columns
    members = columns.map { JSONValue.string($0).canonical + ": " }
  }

  /// What stands before the first row.
  public var header: String {
    style == .jsonl ? "" : line(columns.map { .text($0) })
  }

  /// A row with its line end; NULL and NaN are an empty field, or null.
  public func line(_ row: [SQLValue]) -> String {
    switch style {
    case .csv: row.map(Self.quoted).joined(separator: ",") + "\r\n"
    case .tsv: row.map(Self.escaped).joined(separator: "\t") + "\n"
    case .jsonl:
      "{" + zip(members, row).map { $0 + Table.json($1) }.joined(separator: ", ") + "}\n"
    }
  }

  private static func quoted(_ value: SQLValue) -> String {
    guard case .text(let text) = value else { return plain(value) }
    return CSV.field(text)
  }

  private static func escaped(_ value: SQLValue) -> String {
    guard case .text(let text) = value else { return plain(value) }
    guard text.utf8.contains(where: { [UInt8(ascii: "\\"), 9, 10, 13].contains($0) }) else {
      return text
    }
    return text.replacingScalars { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\t": "\\t"
      case "\n": "\\n"
      case "\r": "\\r"
      default: nil
      }
    }
  }

  private static func plain(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number):
      number.isFinite ? "\(number)" : number.isNaN ? "" : number < 0 ? "-Inf" : "Inf"
    case .blob(let bytes): bytes.hexadecimal
    case .text(let text): text
    }
  }
}
