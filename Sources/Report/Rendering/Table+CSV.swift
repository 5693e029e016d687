internal import SQLite

extension Table {
  /// The columns' names, then the rows; NULL is an empty field.
  func renderedCSV() -> String {
    let header = columns.map { Self.field(.text($0.name)) }
    return ([header] + rows.map { $0.map(Self.field) })
      .map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// The same between tabs, a line feed at each line's end.
  func renderedTSV() -> String {
    let header = columns.map { SQLValue.text($0.name) }
    return ([header] + rows).map { $0.map(Self.escaped).joined(separator: "\t") + "\n" }.joined()
  }

  private static func field(_ value: SQLValue) -> String {
    guard case .text(let text) = value else { return plain(value) }
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func escaped(_ value: SQLValue) -> String {
    guard case .text(let text) = value else { return plain(value) }
    return [("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")].reduce(text) {
      $0.replacing($1.0, with: $1.1)
    }
  }

  private static func plain(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? "\(number)" : number < 0 ? "-Inf" : "Inf"
    case .blob(let bytes): bytes.hexadecimal
    case .text(let text): text
    }
  }
}

extension [UInt8] {
  /// Two hexadecimal digits a byte.
  var hexadecimal: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
