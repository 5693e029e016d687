internal import Bytes

/// The lines of a file with a JSON object a line.
struct JSONMetricRecords {
  let records: [MetricRecord]
  /// The names of all members, in the order in which the file has them.
  let columns: [String]

  init(_ bytes: [UInt8], file: String) throws(InterchangeError) {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: "JSON Lines", problem: problem)
    }
    guard let text = String(fileContent: bytes) else {
      throw malformed("it is no text in UTF-8 or UTF-16")
    }
    var records: [MetricRecord] = []
    var columns: [String] = []
    var known: Set<String> = []
    for (number, line) in Self.lines(of: Array(text.utf8)) {
      guard let members = JSONObjectScanner.members(of: line) else {
        throw malformed("line \(number) is no JSON object")
      }
      var values: [String: MetricValue] = [:]
      for (name, value) in members {
        if known.insert(name).inserted { columns.append(name) }
        guard values.updateValue(value, forKey: name) == nil else {
          throw malformed("line \(number) has '\(InterchangeError.shown(name))' twice")
        }
      }
      records.append(MetricRecord(line: number, values: values))
    }
    self.records = records
    self.columns = columns
  }

  /// The lines that are not empty, by number, whichever way they end.
  private static func lines(of bytes: [UInt8]) -> [(Int, ArraySlice<UInt8>)] {
    var lines: [(Int, ArraySlice<UInt8>)] = []
    var (number, start) = (1, 0)
    func add(upTo end: Int) {
      let line = bytes[start..<end].withoutByteOrderMark
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { lines.append((number, line)) }
    }
    for index in bytes.indices {
      let isReturn = bytes[index] == 0x0D
      guard isReturn || bytes[index] == 0x0A else { continue }
      // The second half of CR LF ends no line of its own.
      if !isReturn, index > 0, bytes[index - 1] == 0x0D {
        start = index + 1
        continue
      }
      add(upTo: index)
      start = index + 1
      number += 1
    }
    add(upTo: bytes.count)
    return lines
  }
}

/// Reads one JSON object whose members' own members do not matter, and whose numbers may be those
/// that JSON has no words for: NaN, Infinity and -Infinity, as Python writes them, and 9e999.
struct JSONObjectScanner {
  private var rest: ArraySlice<UInt8>

  /// Lists and objects within each other beyond this are refused.
  private static let deepest = 64

  /// The members in order; nil if the bytes are no object.
  static func members(of bytes: ArraySlice<UInt8>) -> [(name: String, value: MetricValue)]? {
    var scanner = JSONObjectScanner(rest: bytes)
    guard scanner.skip("{"), let members = scanner.members(depth: 0) else { return nil }
    scanner.skipSpaces()
    return scanner.rest.isEmpty ? members : nil
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  /// Whether a word was next, which is taken then.
  private mutating func skip(_ word: StaticString) -> Bool {
    skipSpaces()
    return word.withUTF8Buffer { word in
      guard rest.starts(with: word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }
  }

  private mutating func members(depth: Int) -> [(name: String, value: MetricValue)]? {
    var members: [(name: String, value: MetricValue)] = []
    if skip("}") { return members }
    repeat {
      guard skip("\""), let name = string(), skip(":"), let value = value(depth: depth) else {
        return nil
      }
      members.append((name, value))
    } while skip(",")
    return skip("}") ? members : nil
  }

  private mutating func elements(depth: Int) -> Bool {
    if skip("]") { return true }
    repeat {
      guard value(depth: depth) != nil else { return false }
    } while skip(",")
    return skip("]")
  }

  private mutating func value(depth: Int) -> MetricValue? {
    if skip("\"") { return string().map { .text($0) } }
    if skip("{") {
      return depth < Self.deepest && members(depth: depth + 1) != nil ? .nested : nil
    }
    if skip("[") { return depth < Self.deepest && elements(depth: depth + 1) ? .nested : nil }
    if skip("null") { return .nothing }
    if skip("true") { return .text("true") }
    if skip("false") { return .text("false") }
    if skip("NaN") { return .text("NaN") }
    if skip("Infinity") { return .text("Infinity") }
    if skip("-Infinity") { return .text("-Infinity") }
    return number()
  }

  private mutating func number() -> MetricValue? {
    let token = rest.prefix { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    let digits = token.first == UInt8(ascii: "-") ? token.dropFirst() : token
    let text = String(decoding: token, as: UTF8.self)
    guard let first = digits.first, (0x30...0x39).contains(first),
      digits.last.map({ (0x30...0x39).contains($0) }) == true, Double(text) != nil
    else { return nil }
    rest = rest.dropFirst(token.count)
    return .text(text)
  }

  /// The rest of a text whose first quote was taken.
  private mutating func string() -> String? {
    var units: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        units.append(contentsOf: Array(String(scalar).utf8))
      case ..<0x20: return nil
      default: units.append(byte)
      }
    }
    return nil
  }

  /// What stands behind a backslash.
  private mutating func escaped() -> Unicode.Scalar? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal() else { return nil }
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // Half of a pair; the other half follows, or there is no such character.
      let before = rest
      if (0xD800...0xDBFF).contains(unit), rest.starts(with: "\\u".utf8) {
        rest = rest.dropFirst(2)
        if let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) {
          return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) - 0xDC00)
        }
        rest = before
      }
      return "\u{FFFD}"
    default: return nil
    }
  }

  private mutating func hexadecimal() -> UInt16? {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
      return nil
    }
    rest = rest.dropFirst(4)
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
