internal import Tracker

/// Words as HTML has them.
package enum HTMLText {
  /// Words from anywhere, in one line, for text and for quoted attributes: what would move, turn or hide
  /// text is shown as its code.
  package static func escaped(_ words: String) -> String { SVG.escaped(words.terminalText) }
}
