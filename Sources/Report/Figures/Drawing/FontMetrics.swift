internal import Foundation

/// The weights of the font.
package enum FontWeight: Sendable, Equatable {
  /// For most text.
  case regular
  /// For titles.
  case bold
}

/// How wide the letters of the figures' font are, which all formats lay text out by.
///
/// Helvetica, Arial and Nimbus Sans have the same widths, so that text keeps its place where a
/// reader's machine has one of them instead.
package enum FontMetrics {
  /// The font; PDF and PNG are set in it, SVG names it first.
  package static let family = "Liberation Sans"

  /// Of space to tilde, in thousandths of the font's size.
  private static let regular: [Int] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]
  private static let bold: [Int] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ]
  private static let others: [Unicode.Scalar: Int] = [
    "−": 584, "–": 556, "—": 1000, "…": 1000, "×": 584, "±": 549, "·": 333, "°": 400, "∞": 713,
    "≤": 549, "≥": 549, "→": 1000, "α": 578, "β": 575, "γ": 500, "δ": 557, "ε": 446, "λ": 500,
    "μ": 576, "σ": 617,
  ]

  /// How wide a letter is, in thousandths of the font's size.
  private static func width(of letter: Unicode.Scalar, _ weight: FontWeight) -> Int {
    let index = Int(letter.value) - 32
    let table = weight == .bold ? bold : regular
    if table.indices.contains(index) { return table[index] }
    // Accents lie over their letters.
    if letter.properties.generalCategory == .nonspacingMark { return 0 }
    // The scripts of East Asia have square letters, in whatever font has them.
    return others[letter] ?? (letter.value >= 0x2E80 ? 1000 : 556)
  }

  /// How long a line of text is.
  package static func width(of text: String, size: Double, weight: FontWeight) -> Double {
    let letters = text.decomposedStringWithCanonicalMapping.unicodeScalars
    return Double(letters.reduce(0) { $0 + width(of: $1, weight) }) * size / 1000
  }

  /// A text, or its beginning and its end with an ellipsis between, no longer than a length.
  static func shortened(
    _ text: String, size: Double, weight: FontWeight, within length: Double
  ) -> String {
    Typesetting.shortened(text) { width(of: $0, size: size, weight: weight) <= length }
  }
}
