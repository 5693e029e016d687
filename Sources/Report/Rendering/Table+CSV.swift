internal import SQLite

extension Table {
  /// The columns' names, then the rows; NULL is an empty field.
  func renderedCSV() -> String {
    let header = columns.map { Self.field(.text($0.name)) }
    return ([header] + rows.map { $0.map(Self.field) })
      .map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  static func field(_ value: SQLValue) -> String {
    switch value {
    case .null: return ""
    case .integer(let number): return String(number)
    case .real(let number): return number.isFinite ? "\(number)" : number < 0 ? "-Inf" : "Inf"
    case .blob(let bytes): return bytes.hexadecimal
    case .text(let text):
      let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
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
