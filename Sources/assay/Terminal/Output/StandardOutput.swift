import Foundation

/// Where results go unless a file is named.
enum StandardOutput {
  /// Whether a person sees it at a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes text as it is.
  ///
  /// - Throws: ``OutputError``.
  static func write(_ text: String) throws(OutputError) {
    try write(Array(text.utf8))
  }

  /// Writes bytes.
  ///
  /// - Throws: ``OutputError``.
  static func write(_ bytes: [UInt8]) throws(OutputError) {
    if isTerminal { StandardError.clear() }
    let code = Descriptor.write(bytes, to: STDOUT_FILENO)
    if code == EPIPE { endForLackOfReaders() }
    if code != 0 { throw OutputError(path: nil, code: code) }
  }

  /// Writes a line.
  ///
  /// - Throws: ``OutputError``.
  static func print(_ line: String) throws(OutputError) {
    try write(line + "\n")
  }
}

/// Swift's own function traps or says nothing where standard output cannot be written.
@available(*, unavailable, message: "use StandardOutput.print")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}
