internal import Tracker

extension JSONValue {
  /// A value that a tool recorded as text: a number or a truth value where the text is how Python
  /// writes one, or else the text.
  init(asPythonWrites text: String) {
    switch text {
    case "True": self = .bool(true)
    case "False": self = .bool(false)
    default:
      if let whole = Int64(text), String(whole) == text {
        self = .integer(whole)
      } else if let number = Double(decimal: text) {
        self = .number(number)
      } else {
        self = .string(text)
      }
    }
  }

  /// JSON as Python writes it, where NaN, Infinity and -Infinity may stand for numbers: they become
  /// texts; nil if it is no JSON.
  init?(python text: String) {
    if let number = Double(decimal: text) {
      self = Int64(text).map { .integer($0) } ?? .number(number)
    } else if let value = try? JSONValue(parsing: text) {
      self = value
    } else if let value = try? JSONValue(parsing: Self.quotingOddNumbers(text)) {
      self = value
    } else {
      return nil
    }
  }

  /// The number, which may be written as a text that JSON has no number for; truth values are 0 and
  /// 1; nil for all else.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .bool(let value): value ? 1 : 0
    case .string(let text): Self.oddNumbers[text]
    case .null, .array, .object: nil
    }
  }

  private static let oddNumbers: [String: Double] = [
    "NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity,
  ]

  /// Puts quotation marks around the words that JSON does not know, outside of texts.
  static func quotingOddNumbers(_ text: String) -> String {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    var isInText = false
    while let byte = rest.first {
      if isInText {
        let count = byte == UInt8(ascii: "\\") ? min(2, rest.count) : 1
        isInText = byte != UInt8(ascii: "\"")
        result += rest.prefix(count)
        rest = rest.dropFirst(count)
      } else if let word = ["-Infinity", "Infinity", "NaN"].first(where: {
        rest.starts(with: $0.utf8)
      }) {
        result += Array("\"\(word)\"".utf8)
        rest = rest.dropFirst(word.utf8.count)
      } else {
        isInText = byte == UInt8(ascii: "\"")
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension Double {
  /// The finite number that a text writes in decimals; nil for words, other bases and spaces.
  init?(decimal text: String) {
    guard let first = text.utf8.first,
      first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
        || (0x30...0x39).contains(first),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    self = number
  }
}
