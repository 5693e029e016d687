/// How wide text is in the letters that LaTeX begins with, Computer Modern; in others it is hardly
/// wider.
enum LaTeXWidth {
  /// Letters of a size, by LaTeX's command and by the width of a digit in points.
  struct Size: Equatable {
    let command: String
    let digit: Double

    static let small = Size(command: "\\small", digit: 4.625)
    static let footnote = Size(command: "\\footnotesize", digit: 4.25)
    static let script = Size(command: "\\scriptsize", digit: 3.986)
  }

  /// The width of a text in points.
  static func of(_ text: String, _ size: Size) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * size.digit / 100
  }

  /// In hundredths of a digit.
  private static func width(of scalar: Unicode.Scalar) -> Double {
    if let place = Int(exactly: scalar.value).map({ $0 - 32 }), ascii.indices.contains(place) {
      return Double(ascii[place])
    }
    switch scalar {
    case "–": return 100
    case "−", "±", "×", "≤", "≥": return 160
    case "∞", "—": return 200
    default:
      // A letter with an accent, or the code that stands for what the fonts lack.
      let written = LaTeX.escaped(String(scalar))
      return written.utf8.allSatisfy { $0 < 0x80 } ? Double(written.utf8.count) * 130 : 170
    }
  }

  /// From the space to the tilde.
  private static let ascii = [
    56, 56, 111, 167, 100, 167, 156, 56, 78, 78, 100, 156, 56, 67, 56, 100,
    100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 56, 56, 156, 156, 156, 94,
    156, 150, 142, 144, 153, 136, 131, 157, 150, 72, 103, 156, 125, 183, 150, 156,
    136, 156, 147, 111, 144, 150, 150, 206, 150, 150, 122, 56, 100, 56, 100, 91,
    56, 100, 111, 89, 111, 89, 61, 100, 111, 56, 61, 106, 56, 167, 111, 100,
    111, 106, 78, 79, 78, 111, 106, 144, 106, 106, 89, 100, 56, 100, 100,
  ]
}
