internal import Foundation
internal import Tracker

/// Text as LaTeX has it.
enum LaTeX {
  private static let commands: [Unicode.Scalar: String] = [
    "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_",
    "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "''",
    "−": "$-$", "±": "$\\pm$", "∞": "$\\infty$", "≤": "$\\leq$", "≥": "$\\geq$", "×": "$\\times$",
    "–": "--", "—": "---", "…": "\\dots{}", "\u{A0}": "~",
    "ε": "$\\varepsilon$", "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$", "δ": "$\\delta$",
    "θ": "$\\theta$", "λ": "$\\lambda$", "μ": "$\\mu$", "σ": "$\\sigma$", "ℓ": "$\\ell$",
  ]

  /// The text with everything that LaTeX would take for a command said by one.
  ///
  /// What no font of plain LaTeX has, such as Chinese, is named by its code, U+4E2D: the table
  /// compiles with booktabs alone.
  static func escaped(_ text: String) -> String {
    text.precomposedStringWithCanonicalMapping.replacingScalars { scalar in
      if scalar.isASCII || commands[scalar] != nil { return commands[scalar] }
      return isInFonts(scalar) ? nil : "U+" + String(scalar.value, radix: 16).uppercased()
    }
  }

  /// Whether the fonts that LaTeX begins with have a letter: those with one accent, and a few more.
  private static func isInFonts(_ scalar: Unicode.Scalar) -> Bool {
    if "ßæœøåłÆŒØÅŁıȷ§¶©£".unicodeScalars.contains(scalar) { return true }
    let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
    return scalar.value < 0x180 && parts.count == 2 && parts[0].isASCII
      && ((0x300...0x30C).contains(parts[1].value) || parts[1].value == 0x327)
  }

  /// Lines that LaTeX passes over.
  static func comment(_ lines: [String]) -> String {
    lines.map { "% " + $0.terminalText + "\n" }.joined()
  }
}
