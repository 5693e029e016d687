/// Text as a terminal would show it without colours.
package enum PlainText {
  /// The text without escape sequences of terminals.
  package static func withoutEscapes(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{1B}") else { return text }
    var result = String.UnicodeScalarView()
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      guard scalar == "\u{1B}" else {
        result.append(scalar)
        continue
      }
      switch scalars.popFirst() {
      case "[":
        // Parameters, and a letter that ends them.
        while let next = scalars.popFirst(), !(0x40...0x7E).contains(next.value) {}
      case "]":
        // A text for the terminal, ended by a bell or by an escape and a backslash.
        while let next = scalars.popFirst(), next != "\u{07}" {
          if next == "\u{1B}" {
            _ = scalars.popFirst()
            break
          }
        }
      default: break
      }
    }
    return String(result)
  }
}
