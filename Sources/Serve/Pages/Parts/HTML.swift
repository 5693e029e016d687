internal import Report
package import Tracker

/// Text of HTML that is safe to send.
///
/// A literal is taken as it is; what is interpolated into one is escaped, unless it is HTML itself:
/// `"<td>\(name)</td>"` shows any name.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The text.
  package let text: String

  package init(stringLiteral text: String) { self.text = text }

  package init(stringInterpolation parts: Interpolation) { text = parts.text }

  /// Takes text that is HTML, such as a drawing of Report's.
  package init(trusted text: String) { self.text = text }

  /// Joins pieces.
  package init(joining pieces: [HTML], separator: String = "\n") {
    text = pieces.map(\.text).joined(separator: separator)
  }

  /// Takes words of several lines, escaped line by line, for elements that keep line ends.
  package init(lines words: String) {
    text = words.split(separator: "\n", omittingEmptySubsequences: false)
      .map { HTMLText.escaped(String($0.last == "\r" ? $0.dropLast() : $0)) }
      .joined(separator: "\n")
  }

  /// Takes a JSON value for a block of data in a page, which no text in it can end.
  package init(json value: JSONValue) {
    text = value.canonical.replacing("<", with: "\\u003c").replacing("\u{2028}", with: " ")
  }

  /// Nothing.
  package static let empty: HTML = ""

  /// Puts HTML together.
  package struct Interpolation: StringInterpolationProtocol {
    var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    /// Appends words from anywhere, escaped for text and for quoted attributes.
    package mutating func appendInterpolation(_ words: some StringProtocol) {
      text += HTMLText.escaped(String(words))
    }

    /// Appends a number.
    package mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }

    /// Appends a number.
    package mutating func appendInterpolation(_ number: Double) { text += "\(number)" }

    /// Appends HTML.
    package mutating func appendInterpolation(_ html: HTML) { text += html.text }

    /// Appends pieces of HTML.
    package mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { text += piece.text }
    }
  }
}
