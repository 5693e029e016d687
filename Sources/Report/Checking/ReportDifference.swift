internal import Tracker

/// One place where two versions of a report's file differ.
public struct ReportDifference: Sendable, Equatable {
  /// The file.
  public let file: String
  /// The row, by the table's title and the row's first words; the line where there is no table.
  public let row: String
  /// The column, by its heading.
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
  /// Lines that only say where the numbers come from are not compared.
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
    guard format != .png, format != .pdf else {
      return [
        ReportDifference(
          file: file, row: "the drawing", column: "SHA-256", old: digits(old), new: digits(new))
      ]
    }
    let grids = [old, new].map { ReportGrid(String(decoding: $0, as: UTF8.self), as: format) }
    return differences(
      places(grids[0].cells.map { ($0.row, $0.column, $0.text) }),
      places(grids[1].cells.map { ($0.row, $0.column, $0.text) }), file)
      + differences(
        places(grids[0].lines.enumerated().map { ("line \($0 + 1)", "", $1) }),
        places(grids[1].lines.enumerated().map { ("line \($0 + 1)", "", $1) }), file)
  }

  private struct Place: Hashable {
    let row: String
    let column: String
    /// Tells rows of the same name apart.
    let occurrence: Int
  }

  private static func digits(_ bytes: [UInt8]) -> String { String(Digest.sha256(bytes).prefix(12)) }

  private static func places(
    _ cells: [(row: String, column: String, text: String)]
  ) -> [(Place, String)] {
    var counts: [Place: Int] = [:]
    return cells.map { cell in
      let first = Place(row: cell.row, column: cell.column, occurrence: 0)
      let count = counts[first, default: 0]
      counts[first] = count + 1
      return (Place(row: cell.row, column: cell.column, occurrence: count), cell.text)
    }
  }

  private static func differences(
    _ old: [(Place, String)], _ new: [(Place, String)], _ file: String
  ) -> [ReportDifference] {
    let before = Dictionary(uniqueKeysWithValues: old)
    let after = Dictionary(uniqueKeysWithValues: new)
    return (old + new.filter { before[$0.0] == nil }).compactMap { place, _ in
      let (was, due) = (before[place] ?? "nothing", after[place] ?? "nothing")
      return was == due
        ? nil
        : ReportDifference(
          file: file, row: place.row, column: place.column, old: was, new: due)
    }
  }
}
