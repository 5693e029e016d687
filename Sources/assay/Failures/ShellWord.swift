/// A text as one word of a shell's command line, so that a command that is shown can be run.
struct ShellWord: CustomStringConvertible {
  /// What no shell reads as more than itself, beside letters and digits.
  private static let plain = Array("_./:=@%+-,".utf8)

  private let text: String

  /// Takes any text.
  init(_ text: String) {
    self.text = text
  }

  /// The text itself where no shell would read it otherwise, or else within quotes.
  var description: String {
    let isPlain = text.utf8.allSatisfy { byte in
      Self.plain.contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return isPlain && !text.isEmpty
      ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}
