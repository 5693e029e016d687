/// A command line as a shell splits it into words.
enum ShellWords {
  /// Why a text is no plain command line.
  enum Problem: Error, Equatable {
    /// A quote does not end.
    case openQuote(Character)
    /// A character that a shell would act on.
    case shellSyntax(Character)
  }

  /// What a shell acts on where it stands without quotes.
  private static let syntax: Set<Character> = [
    "|", "&", ";", "<", ">", "(", ")", "$", "`", "*", "?",
  ]

  /// Splits a text at its spaces, without those in quotes or behind a backslash.
  ///
  /// - Throws: ``Problem``.
  static func split(_ text: String) throws(Problem) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        // Within double quotes a backslash stands for itself before most characters.
        let stays = quote == "\"" && !["\"", "\\", "$", "`"].contains(character)
        word = (word ?? "") + (stays ? "\\" : "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else if syntax.contains(character) {
        throw .shellSyntax(character)
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let quote { throw .openQuote(quote) }
    if isEscaped { throw .openQuote("\\") }
    if let done = word { words.append(done) }
    return words
  }
}
