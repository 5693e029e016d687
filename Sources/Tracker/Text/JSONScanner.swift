/// Reads JSON as programs write it: with NaN and infinities as bare words, as Python does.
package struct JSONScanner {
  /// Why a text is no JSON.
  package enum Failure: Error {
    /// It breaks the grammar.
    case malformed
    /// Lists and objects are nested too deeply.
    case tooDeep
  }

  private static let deepest = 64

  /// The bytes that the text is in.
  package let bytes: [UInt8]
  /// Where it goes on.
  package private(set) var index: Int
  private let end: Int

  /// Begins to read a part of some bytes.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
  }

  /// The byte to read next; 0 at the end.
  private var next: UInt8 { index < end ? bytes[index] : 0 }

  /// Reads over space.
  package mutating func skipSpace() {
    while index < end, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) { index += 1 }
  }

  /// Makes sure that nothing but space is left.
  package mutating func finish() throws(Failure) {
    skipSpace()
    guard index == end else { throw .malformed }
  }

  /// Whether an object comes next.
  package var isAtObject: Bool { next == UInt8(ascii: "{") }

  /// Reads an object, whose members' values a body reads.
  package mutating func object(
    _ member: (inout JSONScanner, Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    try expect(UInt8(ascii: "{"))
    skipSpace()
    if skip(UInt8(ascii: "}")) { return }
    while true {
      skipSpace()
      let name = try stringRange()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      try member(&self, name)
      skipSpace()
      if skip(UInt8(ascii: ",")) { continue }
      return try expect(UInt8(ascii: "}"))
    }
  }

  /// Reads a list, whose elements a body reads.
  package mutating func array(
    _ element: (inout JSONScanner) throws(Failure) -> Void
  ) throws(Failure) {
    try expect(UInt8(ascii: "["))
    skipSpace()
    if skip(UInt8(ascii: "]")) { return }
    while true {
      skipSpace()
      try element(&self)
      skipSpace()
      if skip(UInt8(ascii: ",")) { continue }
      return try expect(UInt8(ascii: "]"))
    }
  }

  /// Reads any value.
  ///
  /// What JSON has no numbers for, a NaN and infinities, becomes a text.
  package mutating func value(depth: Int = 0) throws(Failure) -> JSONValue {
    guard depth < Self.deepest else { throw .tooDeep }
    switch next {
    case UInt8(ascii: "{"):
      // With room from the beginning, since members are hashed anew whenever it grows.
      var members: [String: JSONValue] = Dictionary(minimumCapacity: 4)
      try object { (scanner, name) throws(Failure) in
        members[scanner.text(name)] = try scanner.value(depth: depth + 1)
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try array { (scanner) throws(Failure) in
        elements.append(try scanner.value(depth: depth + 1))
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(text(try stringRange()))
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = index
    let value = try double()
    guard value.isFinite else {
      return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }
    let digits = bytes[start..<index]
    let hasFraction = digits.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    if hasFraction { return .number(value) }
    // A double has these exactly.
    if abs(value) < 0x1p53 { return .integer(Int64(value)) }
    return Int64(String(decoding: digits, as: UTF8.self)).map(JSONValue.integer) ?? .number(value)
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue
  {
    guard skip(word) else { throw .malformed }
    return value
  }

  /// Reads a value of a metric: a number, a text that says NaN or an infinity, a truth value as 1
  /// or 0, or null, which is NaN; nil for anything else, which is read over.
  package mutating func metricValue() throws(Failure) -> Double? {
    let first = next
    if first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
      return try double()
    }
    switch first {
    case UInt8(ascii: "N"), UInt8(ascii: "I"): return try double()
    case UInt8(ascii: "\""): return Self.numberWord(text(try stringRange()))
    default:
      return switch try value() {
      case .bool(let truth): truth ? 1 : 0
      case .null: .nan
      default: nil
      }
    }
  }

  /// What a text says that stands for no finite number; nil if it says none of them.
  package static func numberWord(_ text: String) -> Double? { numberWords[text.lowercased()] }

  private static let numberWords: [String: Double] = [
    "nan": .nan, "inf": .infinity, "+inf": .infinity, "-inf": -.infinity, "infinity": .infinity,
    "+infinity": .infinity, "-infinity": -.infinity,
  ]

  /// Reads a number, or one of the words for what is none.
  private mutating func double() throws(Failure) -> Double {
    let start = index
    let isNegative = skip(UInt8(ascii: "-"))
    if skip("Infinity") { return isNegative ? -.infinity : .infinity }
    if !isNegative, skip("NaN") { return .nan }
    var mantissa: UInt64 = 0
    var (digits, exponent) = (0, 0)
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    while index < end, isDigit(bytes[index]) {
      if digits < 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 0x30) }
      digits += 1
      index += 1
    }
    guard digits > 0 else { throw .malformed }
    if skip(UInt8(ascii: ".")) {
      let first = index
      while index < end, isDigit(bytes[index]) {
        if digits < 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 0x30) }
        if digits > 0 { digits += 1 }
        exponent -= 1
        index += 1
      }
      guard index > first else { throw .malformed }
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      let isBelow = skip(UInt8(ascii: "-"))
      if !isBelow { _ = skip(UInt8(ascii: "+")) }
      let first = index
      var written = 0
      while index < end, isDigit(bytes[index]) {
        if written < 10_000 { written = written * 10 + Int(bytes[index] &- 0x30) }
        index += 1
      }
      guard index > first else { throw .malformed }
      exponent += isBelow ? -written : written
    }
    // Both numbers are exact then, and so one division or product rounds once.
    if digits <= 19, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      let whole = Double(mantissa)
      let value =
        exponent < 0 ? whole / Self.powers[-exponent] : whole * Self.powers[exponent]
      return isNegative ? -value : value
    }
    guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      throw .malformed
    }
    return value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Reads over a text and gives where it stands, without its quotes.
  private mutating func stringRange() throws(Failure) -> Range<Int> {
    try expect(UInt8(ascii: "\""))
    let start = index
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        return start..<index - 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    throw .malformed
  }

  /// The text that stands somewhere, its escapes resolved.
  package func text(_ range: Range<Int>) -> String {
    guard bytes[range].contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes[range], as: UTF8.self)
    }
    var units: [UInt16] = []
    var plain = range.lowerBound
    var place = range.lowerBound
    func addPlain(to end: Int) {
      units += String(decoding: bytes[plain..<end], as: UTF8.self).utf16
    }
    while place < range.upperBound {
      guard bytes[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      addPlain(to: place)
      let escape = place + 1 < range.upperBound ? bytes[place + 1] : 0
      place += 2
      switch escape {
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "u"):
        let digits = bytes[place..<min(place + 4, range.upperBound)]
        units.append(UInt16(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xFFFD)
        place += digits.count
      default: units.append(UInt16(escape))
      }
      plain = min(place, range.upperBound)
    }
    addPlain(to: range.upperBound)
    return String(decoding: units, as: UTF16.self)
  }

  /// Whether what stands somewhere is this word.
  package func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      var place = range.lowerBound
      for letter in letters {
        if bytes[place] != letter { return false }
        place += 1
      }
      return true
    }
  }

  private mutating func skip(_ word: StaticString) -> Bool {
    let range = index..<index + word.utf8CodeUnitCount
    guard range.upperBound <= end, matches(range, word) else { return false }
    index = range.upperBound
    return true
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < end, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(Failure) {
    guard skip(byte) else { throw .malformed }
  }
}
