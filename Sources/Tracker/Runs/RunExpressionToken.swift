/// A word or a sign of an expression over runs.
struct RunExpressionToken: Equatable {
  /// What it is.
  enum Kind: Equatable {
    /// Spaces and line ends.
    case space
    /// A word that may be a keyword, a function or the beginning of a name.
    case word
    /// A name in double quotes, grave accents or brackets, without these.
    case quoted(String)
    /// A text in single quotes.
    case text
    /// A number.
    case number
    /// Anything else, such as `<=`.
    case sign
  }

  let kind: Kind
  /// As it is written.
  let source: Substring

  /// The name that it is or begins; nil for all but words and quoted names.
  var name: String? {
    switch kind {
    case .word: String(source)
    case .quoted(let name): name
    case .space, .text, .number, .sign: nil
    }
  }

  /// Splits an expression.
  ///
  /// - Throws: ``RunExpressionError`` at what no expression holds: a comment, a second statement, a
  ///   parameter to be bound, a quotation that does not end.
  static func tokens(of expression: String) throws(RunExpressionError) -> [RunExpressionToken] {
    var tokens: [RunExpressionToken] = []
    var place = expression.startIndex
    while place < expression.endIndex {
      let kind = try kind(in: expression, at: place)
      let end = try end(of: kind, in: expression, from: place)
      let source = expression[place..<end]
      if case .quoted = kind {
        tokens.append(RunExpressionToken(kind: .quoted(unquoted(source)), source: source))
      } else {
        tokens.append(RunExpressionToken(kind: kind, source: source))
      }
      place = end
    }
    return tokens
  }

  private static let closing: [Character: Character] = ["\"": "\"", "`": "`", "[": "]"]
  private static let strange: Set<Character> = [";", "?", ":", "@", "$", "#", "\\", "{", "}"]

  private static func kind(
    in text: String, at place: String.Index
  ) throws(RunExpressionError) -> Kind {
    let sign = text[place]
    let rest = text[text.index(after: place)...]
    if sign.isWhitespace { return .space }
    if sign == "'" { return .text }
    if closing[sign] != nil { return .quoted("") }
    if sign.isNumber || (sign == "." && rest.first?.isNumber == true) { return .number }
    if isOfWords(sign) { return .word }
    let isComment = (sign == "-" && rest.first == "-") || (sign == "/" && rest.first == "*")
    guard !isComment, !strange.contains(sign) else {
      throw RunExpressionError(
        text, at: place..<text.index(after: place), .unusable(isComment ? "a comment" : nil))
    }
    return .sign
  }

  private static func isOfWords(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private static func end(
    of kind: Kind, in text: String, from place: String.Index
  ) throws(RunExpressionError) -> String.Index {
    let next = text.index(after: place)
    switch kind {
    case .space: return text[next...].firstIndex { !$0.isWhitespace } ?? text.endIndex
    case .word: return text[next...].firstIndex { !isOfWords($0) } ?? text.endIndex
    case .number:
      let number = text[place...].prefixMatch(of: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/)
      return number?.range.upperBound ?? next
    case .sign: return next
    case .text, .quoted:
      let last = closing[text[place]] ?? "'"
      var end = next
      while let found = text[end...].firstIndex(of: last) {
        end = text.index(after: found)
        // A doubled quotation mark stands for itself; a bracket cannot be doubled.
        guard last != "]", end < text.endIndex, text[end] == last else { return end }
        end = text.index(after: end)
      }
      throw RunExpressionError(text, at: place..<text.endIndex, .unended)
    }
  }

  private static func unquoted(_ source: Substring) -> String {
    let inner = source.dropFirst().dropLast()
    guard let mark = source.first, mark != "[" else { return String(inner) }
    return String(inner).replacing("\(mark)\(mark)", with: "\(mark)")
  }
}
