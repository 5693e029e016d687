extension String {
  /// The text as a terminal may show it: in one line, and without characters that would move the
  /// cursor, change colours or turn the direction of writing.
  ///
  /// Line ends and tabs become `\n`, `\r` and `\t`, other control characters `\x1b`, marks of
  /// direction and separators of lines `\u{202e}`. All other characters stay as they are.
  public var terminalText: String {
    guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
    return replacingScalars(\.terminalCode)
  }

  /// The text with some Unicode scalars replaced.
  ///
  /// Escaping goes by scalars, since a `Character` joins a letter with the marks behind it: a line
  /// feed behind a carriage return, or a quotation mark under an accent, would be missed.
  ///
  /// - Parameter replacement: What stands for a scalar; nil leaves it.
  /// - Returns: The new text.
  package func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = replacement(scalar) {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  /// What a terminal is shown instead of a scalar that would move the cursor, change colours, end the
  /// line or turn the direction of writing; nil for all others.
  package var terminalCode: String? {
    switch value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0..<0x20, 0x7F..<0xA0: "\\x" + (value < 0x10 ? "0" : "") + String(value, radix: 16)
    // Marks, embeddings, overrides and isolates of direction; separators of lines and
    // paragraphs; the byte order mark; tags, which no terminal shows.
    case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F:
      "\\u{" + String(value, radix: 16) + "}"
    default: nil
    }
  }
}
