internal import SQLite
package import Tracker

/// What the measures of a database are called where people read: its view measures says it.
package struct MeasureNames: Sendable {
  private struct Entry: Sendable {
    let place: Int
    let title: String
    let unit: String
  }

  private let entries: [String: Entry]

  /// Reads them.
  ///
  /// - Throws: `SQLiteError`.
  package init(of tracker: Tracker) throws {
    let rows = try tracker.read { connection in
      try connection.rows("SELECT measure, measure_number, title, unit FROM measures") { row in
        (
          try row.text(0),
          Entry(place: try row.int(1), title: try row.text(2), unit: try row.text(3))
        )
      }
    }
    entries = Dictionary(rows) { first, _ in first }
  }

  /// What a measure is called; of one that is not recorded, the words of its name.
  package func title(_ name: String) -> String {
    entries[name]?.title ?? name.replacing("_", with: " ")
  }

  /// The printed name of what may be a measure; anything else, such as a path, as it is.
  package func titleIfKnown(_ name: String) -> String {
    entries[name]?.title ?? PrintedName.ofKnown(name)
  }

  /// What an axis with a measure's values has: its name and, where there is one, its unit.
  func axis(_ name: String) -> String {
    let unit = entries[name]?.unit ?? ""
    return unit.isEmpty ? title(name) : "\(title(name)) (\(unit))"
  }

  /// Names in the order in which lists have measures; unknown ones last.
  package func sorted(_ names: some Sequence<String>) -> [String] {
    func key(_ name: String) -> (Int, String) { (entries[name]?.place ?? .max, name) }
    return names.sorted { key($0) < key($1) }
  }
}
