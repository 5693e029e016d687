internal import Bytes
internal import Foundation
internal import Tracker

/// One place where two versions of a report's file differ.
public struct ReportDifference: Sendable, Equatable {
  /// The file.
  public let file: String
  /// The row, by its number and the words in it; "the file" where the format has no explanation.
  public let row: String
  /// The column.
  public let column: String
  /// What the file says.
  public let old: String
  /// What the database says.
  public let new: String

  /// Describes a difference.
  public init(file: String, row: String, column: String, old: String, new: String) {
    self.file = file
    self.row = row
    self.column = column
    self.old = old
    self.new = new
  }

  /// The differences between a file as it is and as the database gives it.
  ///
  /// CSV and JSON are compared by their values, without those that say where the numbers come from;
  /// of other formats only the digests are told.
  ///
  /// - Parameters:
  ///   - old: What the file holds.
  ///   - new: What it should hold.
  ///   - file: Its name.
  ///   - format: The format that it is in.
  /// - Returns: The differences; none for files that say the same.
  public static func between(
    _ old: [UInt8], and new: [UInt8], of file: String, as format: ReportFormat
  ) -> [ReportDifference] {
    if old == new { return [] }
    let read: ((String) -> [Cell]?)? =
      switch format {
      case .csv: cells(ofCSV:)
      case .json: cells(ofJSON:)
      default: nil
      }
    guard let read, let was = read(String(decoding: old, as: UTF8.self)),
      let due = read(String(decoding: new, as: UTF8.self))
    else {
      return [
        ReportDifference(
          file: file, row: "the file", column: "SHA-256", old: digits(old), new: digits(new))
      ]
    }
    let (before, after) = (texts(of: was), texts(of: due))
    return (was + due.filter { before[$0.place] == nil }).compactMap { cell in
      let (old, new) = (before[cell.place] ?? "nothing", after[cell.place] ?? "nothing")
      return old == new
        ? nil
        : ReportDifference(
          file: file, row: cell.place.row, column: cell.place.column, old: old, new: new)
    }
  }

  private struct Place: Hashable {
    let row: String
    let column: String
  }

  private struct Cell {
    let place: Place
    let text: String

    init(_ row: String, _ column: String, _ text: String) {
      place = Place(row: row, column: column)
      self.text = text
    }
  }

  private static func texts(of cells: [Cell]) -> [Place: String] {
    Dictionary(cells.map { ($0.place, $0.text) }, uniquingKeysWith: { first, _ in first })
  }

  private static func digits(_ bytes: [UInt8]) -> String { String(Digest.sha256(bytes).prefix(12)) }

  /// The values of JSON by their paths; nil if it is none.
  private static func cells(ofJSON text: String) -> [Cell]? {
    // JSON has no infinity; the reader has none either.
    let readable = text.replacing("-9e999", with: "\"-Inf\"").replacing("9e999", with: "\"Inf\"")
    guard let value = try? JSONValue(parsing: readable) else { return nil }
    return value.leaves.filter { !$0.path.hasPrefix("provenance.") }.map { path, leaf in
      let names = path.split(separator: ".")
      return Cell(
        names.dropLast().joined(separator: " "), String(names.last ?? ""),
        leaf.string ?? leaf.canonical)
    }
  }

  /// The fields of CSV under their headings; nil if its quotes are not balanced.
  private static func cells(ofCSV text: String) -> [Cell]? {
    guard let records = try? CSV.records(of: text) else { return nil }
    guard let headings = records.first?.fields else { return [] }
    return records.dropFirst().enumerated().flatMap { number, record in
      let words = record.fields.filter {
        !$0.isEmpty && Double($0) == nil && UUID(uuidString: $0) == nil
      }
      let row = ["row \(number + 1)"] + (words.isEmpty ? [] : [words.joined(separator: " ")])
      return zip(headings, record.fields).map { Cell(row.joined(separator: ": "), $0, $1) }
    }
  }
}
