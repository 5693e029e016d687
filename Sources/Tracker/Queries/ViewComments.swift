/// What the comments in a view's definition say of its columns.
///
/// SQLite keeps the text of a statement with its comments. The one behind a column's code or above
/// it is the column's.
struct ViewComments {
  /// The meaning of each column of the first SELECT that is in no parentheses; empty where it has no
  /// comment.
  let meanings: [String]

  /// A word, a quoted text, a comment or a single sign, with its place.
  private struct Token {
    let text: Substring
    let line: Int
    let column: Int
  }

  /// What stands between two commas, as far as it has come.
  private struct Item {
    var hasCode = false
    var comments: [Substring] = []
  }

  /// Reads a definition.
  init(of statement: String) {
    let tokens = Self.tokens(of: statement)
    var level = 0
    let start = tokens.firstIndex { token in
      level += Self.step(of: token)
      return level == 0 && token.text.uppercased() == "SELECT"
    }
    meanings = start.map { Self.meanings(in: tokens[($0 + 1)...]) } ?? []
  }

  /// How many parentheses a token opens; -1 for one that closes.
  private static func step(of token: Token) -> Int {
    token.text == "(" ? 1 : token.text == ")" ? -1 : 0
  }

  /// Reads the list of columns up to its FROM.
  private static func meanings(in tokens: ArraySlice<Token>) -> [String] {
    var items = [Item()]
    // Whose code stood last, on which line, and in which column its comment began.
    var (owner, codeLine, commentColumn) = (0, -1, -1)
    var level = 0
    for token in tokens {
      let current = items.count - 1
      if token.text.hasPrefix("--") {
        let words = token.text.dropFirst(2).drop { $0 == " " }
        if token.line == codeLine {
          items[owner].comments.append(words)
          commentColumn = token.column
        } else if token.column == commentColumn {
          items[owner].comments.append(words)
        } else if !items[current].hasCode {
          items[current].comments.append(words)
        }
        continue
      }
      (codeLine, commentColumn) = (token.line, -1)
      if level == 0, token.text == ";" || token.text.uppercased() == "FROM" { break }
      level += step(of: token)
      owner = current
      if level == 0, token.text == "," {
        items.append(Item())
      } else {
        items[current].hasCode = true
      }
    }
    return items.map { $0.comments.joined(separator: " ") }
  }

  private static func tokens(of statement: String) -> [Token] {
    var (line, lineStart, seen) = (0, statement.startIndex, statement.startIndex)
    let words = /--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\S/
    return statement.matches(of: words).map { match in
      for place in statement[seen..<match.range.lowerBound].indices
      where statement[place] == "\n" {
        line += 1
        lineStart = statement.index(after: place)
      }
      seen = match.range.lowerBound
      return Token(
        text: match.output, line: line,
        column: statement.distance(from: lineStart, to: match.range.lowerBound))
    }
  }
}
