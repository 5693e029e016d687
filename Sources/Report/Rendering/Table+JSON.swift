internal import Bytes
internal import SQLite
internal import Tracker

extension Table {
  /// An array of objects, one a row, whose members are named and ordered as the columns are.
  func renderedJSON() -> String {
    let objects = rows.map { row in
      let members = zip(columns, row).map { column, value in
        JSONValue.string(column.name).canonical + ": " + Self.json(value)
      }
      return "  {" + members.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]" : "[\n" + objects.joined(separator: ",\n") + "\n]"
  }

  static func json(_ value: SQLValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let number): String(number)
    // JSON has no infinity, but a number too large for a double reads as one; it has no NaN at all.
    case .real(let number):
      number.isFinite ? "\(number)" : number.isNaN ? "null" : number < 0 ? "-9e999" : "9e999"
    case .text(let text): JSONValue.string(text).canonical
    case .blob(let bytes): JSONValue.string(bytes.hexadecimal).canonical
    }
  }
}
