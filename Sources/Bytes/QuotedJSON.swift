/// How the text of a JSON string writes line ends and tabs, for which JSON has two ways.
package enum JSONEscapes: Sendable {
  /// By their numbers, as all control characters: `\u000a`, `\u000d` and `\u0009`.
  case numbers
  /// By letters: `\n`, `\r` and `\t`. Canonical texts, of which there are digests, have these.
  case letters
}

extension [UInt8] {
  /// Appends a text as a JSON string, in quotes.
  ///
  /// It is escaped as by ``quotedJSON(_:_:)``.
  ///
  /// - Parameters:
  ///   - text: A text in UTF-8.
  ///   - escapes: How it writes line ends and tabs.
  package mutating func append(
    json text: UnsafeBufferPointer<UInt8>, _ escapes: JSONEscapes = .numbers
  ) {
    append(UInt8(ascii: "\""))
    // Most texts have nothing to escape, and are copied in one piece.
    var start = 0
    for index in text.indices where text[index].isEscapedInJSON {
      append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      append(escaped: text[index], escapes)
      start = index + 1
    }
    append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    append(UInt8(ascii: "\""))
  }

  /// Appends a text as a JSON string, escaped in the same way.
  package mutating func append(json text: String, _ escapes: JSONEscapes = .numbers) {
    var text = text
    text.withUTF8 { append(json: $0, escapes) }
  }

  private mutating func append(escaped byte: UInt8, _ escapes: JSONEscapes) {
    append(UInt8(ascii: "\\"))
    switch (byte, escapes) {
    case (0x0A, .letters): append(UInt8(ascii: "n"))
    case (0x0D, .letters): append(UInt8(ascii: "r"))
    case (0x09, .letters): append(UInt8(ascii: "t"))
    case (0..<0x20, _):
      append(contentsOf: "u00".utf8)
      append(contentsOf: CollectionOfOne(byte).hexadecimal.utf8)
    default: append(byte)
    }
  }
}

extension UInt8 {
  fileprivate var isEscapedInJSON: Bool {
    self < 0x20 || self == Self(ascii: "\"") || self == Self(ascii: "\\")
  }
}

/// A text as a JSON string, in quotes.
///
/// A quote and a backslash get a backslash. A control character below U+0020 becomes `\u` and four
/// lower-case digits, or a letter. All else stays as it is.
package func quotedJSON(_ text: String, _ escapes: JSONEscapes = .numbers) -> String {
  guard text.utf8.contains(where: \.isEscapedInJSON) else { return "\"" + text + "\"" }
  var bytes: [UInt8] = []
  bytes.append(json: text, escapes)
  return String(decoding: bytes, as: UTF8.self)
}
