internal import SQLite
internal import Tracker

/// One row of a query's result, read by its columns' names.
struct Record {
  fileprivate let places: [String: Int]
  fileprivate let values: [SQLValue]

  subscript(_ column: String) -> SQLValue { places[column].map { values[$0] } ?? .null }

  /// A number; not a number if there is none.
  func number(_ column: String) -> Double { self[column].real ?? .nan }

  func integer(_ column: String) -> Int { self[column].integer.map { Int($0) } ?? 0 }

  func text(_ column: String) -> String { self[column].text ?? "" }
}

extension QueryResult {
  /// The rows with their columns' names.
  var records: [Record] {
    let places = Dictionary(
      zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
    return rows.map { Record(places: places, values: $0) }
  }
}

extension [Record] {
  /// Neighbouring rows with the same value of a column.
  func grouped(by column: String) -> [(key: String, records: [Record])] {
    reduce(into: []) { groups, record in
      let key = record.text(column)
      if groups.last?.key == key {
        groups[groups.count - 1].records.append(record)
      } else {
        groups.append((key, [record]))
      }
    }
  }
}
