extension NpyHeader {
  /// Reads a Python dictionary with exactly the three entries of a header; nil if it is anything
  /// else.
  init?(parsing text: String) {
    var scanner = LiteralScanner(text)
    var type: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    guard scanner.skip("{") else { return nil }
    while !scanner.skip("}") {
      guard let name = scanner.string(), scanner.skip(":") else { return nil }
      switch name {
      case "descr": type = scanner.isAt("[") ? scanner.list() : scanner.string()
      case "fortran_order": isFortranOrder = scanner.boolean()
      case "shape": shape = scanner.tuple()
      default: return nil
      }
      guard scanner.skip(",") || scanner.isAt("}") else { return nil }
    }
    guard scanner.isAtEnd, let type, let isFortranOrder, let shape else { return nil }
    self.init(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }
}

/// Reads the few Python literals that headers are made of.
private struct LiteralScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = text[...].utf8
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return rest.isEmpty
    }
  }

  mutating func isAt(_ token: String) -> Bool {
    skipSpaces()
    return rest.starts(with: token.utf8)
  }

  mutating func skip(_ token: String) -> Bool {
    guard isAt(token) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  mutating func string() -> String? {
    let quote = isAt("'") ? "'" : "\""
    guard skip(quote), let end = rest.firstIndex(of: quote.utf8[quote.utf8.startIndex]) else {
      return nil
    }
    defer { rest = rest[rest.index(after: end)...] }
    return String(Substring(rest[..<end]))
  }

  /// The text of a list, which describes the fields of records.
  mutating func list() -> String? {
    skipSpaces()
    let start = rest
    var depth = 0
    repeat {
      if isAt("'") || isAt("\"") {
        guard string() != nil else { return nil }
      } else {
        switch rest.popFirst() {
        case UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "]"): depth -= 1
        case nil: return nil
        default: break
        }
      }
    } while depth > 0
    return String(Substring(start[..<rest.startIndex]))
  }

  mutating func boolean() -> Bool? {
    if skip("True") { return true }
    return skip("False") ? false : nil
  }

  mutating func tuple() -> [Int]? {
    guard skip("(") else { return nil }
    var numbers: [Int] = []
    while !skip(")") {
      skipSpaces()
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard let number = Int(String(Substring(digits))), numbers.count < 32 else { return nil }
      numbers.append(number)
      rest = rest[digits.endIndex...]
      guard skip(",") || isAt(")") else { return nil }
    }
    return numbers
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0A }
  }
}
