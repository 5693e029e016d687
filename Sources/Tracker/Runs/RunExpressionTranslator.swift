internal import SQLite

/// Makes SQL over the view runs of expressions in which people name metrics, parameters and tags.
///
/// A name stands for a column of runs, or else for a metric's last value or for a parameter.
/// `metric.NAME` and `parameter.NAME` say which of them is meant, `tag.NAME` is 1 for the runs that
/// have the tag and 0 for all others. Behind a metric's name, `.first`, `.min`, `.max` or `.points`
/// ask for something else than its last value.
struct RunExpressionTranslator {
  private let names: RunNames
  /// The names in what was translated, as parameters to be bound.
  private(set) var values: [String: SQLValue] = [:]

  init(_ names: RunNames) {
    self.names = names
  }

  private static let keywords: Set<String> = [
    "AND", "AS", "BETWEEN", "BINARY", "BLOB", "CASE", "CAST", "COLLATE", "DISTINCT", "ELSE", "END",
    "ESCAPE", "FALSE", "FROM", "GLOB", "IN", "INTEGER", "IS", "ISNULL", "LIKE", "NOCASE", "NOT",
    "NOTNULL", "NULL", "NUMERIC", "OR", "REAL", "RTRIM", "TEXT", "THEN", "TRUE", "WHEN",
  ]
  private static let queries: Set<String> = ["EXISTS", "SELECT", "VALUES", "WITH"]

  /// Translates an expression.
  ///
  /// - Parameter text: The expression.
  /// - Returns: SQL.
  /// - Throws: ``RunExpressionError`` or `SQLiteError`.
  mutating func expression(_ text: String) throws -> String {
    let parts = try list(text)
    guard parts.count == 1 else {
      let comma = text.firstRange(of: parts[1].text) ?? text.startIndex..<text.endIndex
      throw RunExpressionError(text, at: comma, .unusable("a second expression"))
    }
    return parts[0].sql
  }

  /// Translates expressions that commas separate.
  ///
  /// - Parameter text: The expressions.
  /// - Returns: Each as it is written, a name without its quotes, with its SQL; at least one.
  /// - Throws: ``RunExpressionError`` or `SQLiteError`.
  mutating func list(_ text: String) throws -> [(text: String, sql: String)] {
    let tokens = try RunExpressionToken.tokens(of: text)
    var parts: [(text: String, sql: String)] = [("", "")]
    var open: [RunExpressionToken] = []
    var place = 0
    while place < tokens.count {
      let token = tokens[place]
      switch token.source {
      case "(" where token.kind == .sign: open.append(token)
      case ")" where token.kind == .sign:
        guard open.popLast() != nil else {
          throw RunExpressionError(text, at: Self.range(of: token), .unopened)
        }
      case "," where token.kind == .sign && open.isEmpty:
        parts.append(("", ""))
        place += 1
        continue
      default: break
      }
      let name = try name(in: tokens, at: place, of: text)
      let used = name?.tokens ?? 1
      if let name {
        parts[parts.count - 1].sql += try sql(of: name, in: text)
      } else {
        parts[parts.count - 1].sql += token.source
      }
      parts[parts.count - 1].text += tokens[place..<place + used].map(\.source).joined()
      place += used
    }
    if let last = open.last { throw RunExpressionError(text, at: Self.range(of: last), .unended) }
    for index in parts.indices {
      parts[index].text = parts[index].text.trimmed
      guard !parts[index].text.isEmpty else {
        throw RunExpressionError(text, at: text.startIndex..<text.endIndex, .empty)
      }
      let own = try RunExpressionToken.tokens(of: parts[index].text)
      if own.count == 1, case .quoted(let name) = own[0].kind { parts[index].text = name }
    }
    return parts
  }

  private static func range(of token: RunExpressionToken) -> Range<String.Index> {
    token.source.startIndex..<token.source.endIndex
  }

  /// A name of several parts, which points separate.
  private struct Name {
    let parts: [String]
    let isQuoted: Bool
    let range: Range<String.Index>
    let tokens: Int
  }

  /// The name that begins at a token; nil if none does, but a keyword or a function.
  private func name(
    in tokens: [RunExpressionToken], at place: Int, of text: String
  ) throws -> Name? {
    let token = tokens[place]
    guard let first = token.name else { return nil }
    if token.kind == .word {
      let word = first.uppercased()
      guard !Self.queries.contains(word) else {
        throw RunExpressionError(text, at: Self.range(of: token), .query)
      }
      let isCall = tokens[(place + 1)...].first { $0.kind != .space }?.source == "("
      guard !Self.keywords.contains(word), !isCall else { return nil }
    }
    var (parts, end) = ([first], place + 1)
    while end < tokens.count {
      if tokens[end].source == ".", end + 1 < tokens.count, let next = tokens[end + 1].name {
        parts.append(next)
        end += 2
      } else if tokens[end].kind == .number, tokens[end].source.first == "." {
        // What follows the point may begin with a digit: metric.top.5
        parts.append(String(tokens[end].source.dropFirst()))
        end += 1
      } else {
        break
      }
    }
    return Name(
      parts: parts, isQuoted: token.kind != .word,
      range: token.source.startIndex..<tokens[end - 1].source.endIndex, tokens: end - place)
  }

  private mutating func sql(of name: Name, in text: String) throws -> String {
    var parts = name.parts
    if parts.count == 1, let point = parts[0].firstIndex(of: ".") {
      let rest = parts[0][parts[0].index(after: point)...]
      let head = String(parts[0][..<point])
      if Scope(rawValue: head.lowercased()) != nil { parts = [head, String(rest)] }
    }
    let rest = parts.dropFirst().joined(separator: ".")
    guard parts.count > 1, let scope = Scope(rawValue: parts[0].lowercased()) else {
      return try unscoped(parts.joined(separator: "."), name, in: text)
    }
    switch scope {
    case .runs:
      guard let column = column(rest) else {
        throw unknown(name, in: text, "column", rest, known: names.columns.sorted())
      }
      return column
    case .metric:
      guard let metric = try metric(rest) else {
        throw unknown(name, in: text, "metric", rest, known: try names.all(.metric))
      }
      return metric
    case .parameter, .param:
      guard try names.has(rest, .parameter) else {
        throw unknown(name, in: text, "parameter", rest, known: try names.all(.parameter))
      }
      return parameter(rest)
    case .tag:
      return """
        EXISTS (SELECT 1 FROM run_tag WHERE run_id = runs.record_number AND tag = \(bound(rest)))
        """
    }
  }

  private enum Scope: String {
    case runs
    case metric
    case parameter
    case param
    case tag
  }

  private mutating func unscoped(_ text: String, _ name: Name, in expression: String) throws
    -> String
  {
    if let column = column(text) { return column }
    let metric = try metric(text)
    let isParameter = try names.has(text, .parameter)
    if metric != nil, isParameter {
      throw RunExpressionError(expression, at: name.range, .ambiguous(text))
    }
    if let metric { return metric }
    guard isParameter else {
      let known = try names.columns.sorted() + names.all(.metric) + names.all(.parameter)
      throw unknown(name, in: expression, "column, metric or parameter", text, known: known)
    }
    return parameter(text)
  }

  private func unknown(
    _ name: Name, in text: String, _ what: String, _ missing: String, known: [String]
  ) -> RunExpressionError {
    RunExpressionError(
      text, at: name.range,
      .unknown(what: what, name: missing, known: known, isQuoted: name.isQuoted))
  }

  private func column(_ name: String) -> String? {
    names.columns.contains(name.lowercased()) ? "runs.\"\(name.lowercased())\"" : nil
  }

  /// The value of a metric; nil if no run has it.
  private mutating func metric(_ name: String) throws -> String? {
    if try names.has(name, .metric) { return Self.value("last", of: bound(name)) }
    guard let point = name.lastIndex(of: "."), try names.has(String(name[..<point]), .metric)
    else { return nil }
    let what = name[name.index(after: point)...].lowercased()
    guard Self.value(what, of: "") != nil else { return nil }
    return Self.value(what, of: bound(String(name[..<point])))
  }

  /// What is asked of a metric, whose name is a parameter to be bound.
  private static func value(_ what: String, of name: String) -> String? {
    let rows = "FROM metric WHERE run_id = runs.record_number AND name = \(name)"
    return switch what {
    case "last": "(SELECT value \(rows) ORDER BY step DESC LIMIT 1)"
    case "first": "(SELECT value \(rows) ORDER BY step LIMIT 1)"
    case "min", "max": "(SELECT \(what)(value) \(rows))"
    case "points": "(SELECT count(*) \(rows))"
    default: nil
    }
  }

  private mutating func parameter(_ name: String) -> String {
    """
    (SELECT value FROM parameter WHERE run_id = runs.record_number AND name = \(bound(name)))
    """
  }

  /// The parameter that a name is bound to.
  private mutating func bound(_ name: String) -> String {
    let known = values.first { $0.value == .text(name) }?.key
    let key = known ?? "name\(values.count + 1)"
    values[key] = .text(name)
    return ":" + key
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
