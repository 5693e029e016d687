internal import SQLite
internal import Tracker

/// A condition on runs in MLflow's words, such as `metrics.loss < 0.1 AND params.model = 'cnn'`,
/// translated into SQL over the table run.
struct MLflowFilter {
  /// The condition; true for every run if there is none.
  private(set) var sql = "TRUE"
  private(set) var values: [SQLValue] = []

  /// Reads a filter.
  ///
  /// - Parameters:
  ///   - text: The filter; empty: none.
  ///   - first: The number of the first parameter that the SQL may use.
  /// - Throws: ``HTTPFailure``.
  init(_ text: String, firstParameter first: Int) throws(HTTPFailure) {
    var words = try Self.words(of: text)[...]
    var conditions: [String] = []
    while !words.isEmpty {
      conditions.append(try condition(&words, first))
      guard let joint = words.popFirst() else { break }
      guard joint.isWord("AND"), !words.isEmpty else {
        throw .invalid("Invalid clause(s) in filter string: expected AND at '\(joint.text)'")
      }
    }
    if !conditions.isEmpty { sql = conditions.map { "(\($0))" }.joined(separator: " AND ") }
  }

  private mutating func add(_ value: SQLValue, _ first: Int) -> String {
    values.append(value)
    return "?\(first + values.count - 1)"
  }

  private mutating func condition(
    _ words: inout ArraySlice<Word>, _ first: Int
  ) throws(HTTPFailure) -> String {
    guard let word = words.popFirst(), word.kind == .name else {
      throw .invalid("Invalid clause(s) in filter string")
    }
    let key = try MLflowKey(word.text)
    var place = ""
    let left = key.sql { name in
      place = add(.text(name), first)
      return place
    }
    guard let comparison = words.popFirst() else {
      throw .invalid("Invalid clause(s) in filter string: '\(word.text)' is compared with nothing")
    }
    switch comparison.text.uppercased() {
    case "IS":
      guard var next = words.popFirst() else {
        throw .invalid("Invalid clause(s) in filter string")
      }
      var isNegated = false
      if next.isWord("NOT"), let following = words.popFirst() {
        (isNegated, next) = (true, following)
      }
      guard next.isWord("NULL"), key.kind == .parameter || key.kind == .tag else {
        throw .invalid("IS NULL is for params and tags alone")
      }
      return "\(left) IS \(isNegated ? "NOT " : "")NULL"
    case "IN", "NOT":
      let isNegated = comparison.isWord("NOT")
      if isNegated {
        guard words.popFirst()?.isWord("IN") == true else {
          throw .invalid("Invalid clause(s) in filter string")
        }
      }
      guard key.kind == .attribute else {
        throw .invalid("Only attributes can be compared with a list")
      }
      let list = try list(&words).map { add(key.value($0), first) }.joined(separator: ", ")
      return "\(left) \(isNegated ? "NOT " : "")IN (\(list))"
    case let sign where ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE"].contains(sign):
      guard let value = words.popFirst() else {
        throw .invalid(
          "Invalid clause(s) in filter string: '\(word.text)' is compared with nothing")
      }
      return try compare(key, left, place, sign, value, first)
    default:
      throw .invalid("Invalid comparison operator '\(comparison.text)' in filter string")
    }
  }

  private mutating func compare(
    _ key: MLflowKey, _ left: String, _ namePlace: String, _ sign: String, _ value: Word,
    _ first: Int
  ) throws(HTTPFailure) -> String {
    if key.isNumeric {
      guard value.kind == .number, let number = Double(value.text), !sign.hasSuffix("LIKE") else {
        throw .invalid(
          "Expected numeric value type for \(key.kind.rawValue). Found \(value.text)")
      }
      return "\(left) \(sign) \(add(.real(number), first))"
    }
    guard value.kind == .text || value.kind == .name else {
      throw .invalid(
        "Expected a quoted string value for \(key.kind.rawValue) (e.g. 'my-value'). Got value "
          + value.text)
    }
    switch sign {
    case "=", "!=":
      let place = add(key.value(value.text), first)
      // By the index of values: asking each run for its own takes much longer.
      if key.kind == .parameter {
        return """
          run.id IN (
            SELECT run_id FROM parameter WHERE name = \(namePlace) AND value \(sign) \(place))
          """
      }
      return "\(left) \(sign) \(place)"
    case "LIKE", "ILIKE":
      // SQLite's LIKE tells no capitals apart, MLflow's does: GLOB compares exactly.
      let pattern = sign == "LIKE" ? Self.glob(value.text) : value.text
      let place = add(.text(pattern), first)
      return "CAST(\(left) AS TEXT) \(sign == "LIKE" ? "GLOB" : "LIKE") \(place)"
    default:
      throw .invalid(
        "Invalid comparator '\(sign)' for a \(key.kind.rawValue): =, !=, LIKE and ILIKE are there")
    }
  }

  /// A pattern of LIKE as one of GLOB.
  private static func glob(_ pattern: String) -> String {
    var glob = ""
    for character in pattern {
      switch character {
      case "%": glob += "*"
      case "_": glob += "?"
      case "*", "?", "[": glob += "[\(character)]"
      default: glob.append(character)
      }
    }
    return glob
  }

  private func list(_ words: inout ArraySlice<Word>) throws(HTTPFailure) -> [String] {
    guard words.popFirst()?.text == "(" else { throw .invalid("A list stands in parentheses") }
    var values: [String] = []
    while let word = words.popFirst() {
      guard word.kind == .text else { break }
      values.append(word.text)
      guard let next = words.popFirst() else { break }
      if next.text == ")" { return values }
      guard next.text == "," else { break }
    }
    throw .invalid("A list has quoted values, separated by commas, in parentheses")
  }
}

/// What runs are compared or ordered by, such as `metrics.loss`.
struct MLflowKey {
  enum Kind: String {
    case metric
    case parameter = "param"
    case tag
    case attribute
  }

  let kind: Kind
  let name: String

  /// Reads a key.
  ///
  /// - Throws: ``HTTPFailure``.
  init(_ text: String) throws(HTTPFailure) {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else {
      self.init(.attribute, text.trimming { "`\"".contains($0) })
      try checkAttribute()
      return
    }
    let name = halves[1].trimming { "`\"".contains($0) }
    switch halves[0].lowercased() {
    case "metric", "metrics": self.init(.metric, name)
    case "param", "params", "parameter", "parameters": self.init(.parameter, name)
    case "tag", "tags": self.init(.tag, name)
    case "attribute", "attributes", "attr", "run":
      self.init(.attribute, name)
      try checkAttribute()
    default:
      throw .invalid(
        "Invalid entity type '\(halves[0])'. Valid values are ['metric', 'parameter', 'tag', "
          + "'attribute']")
    }
  }

  private init(_ kind: Kind, _ name: String) { (self.kind, self.name) = (kind, name) }

  private func checkAttribute() throws(HTTPFailure) {
    guard Self.attributes[name.lowercased()] != nil else {
      throw .invalid(
        "Invalid attribute key '\(name)' specified. Valid keys are "
          + "\(Self.attributes.keys.sorted())")
    }
  }

  /// Whether it is compared with numbers.
  var isNumeric: Bool {
    kind == .metric
      || (kind == .attribute && ["start_time", "end_time", "created"].contains(name.lowercased()))
  }

  private static let attributes: [String: String] = {
    let status = MLflowStore.statuses.map { "WHEN '\($0.state.rawValue)' THEN '\($0.name)'" }
      .joined(separator: " ")
    let name = "coalesce((SELECT name FROM run_label WHERE run_id = run.id), run.name)"
    let end =
      "coalesce(run.finished_ms, (SELECT max(ended_ms) FROM execution WHERE run_id = run.id))"
    let user = """
      (SELECT value FROM run_attribute
       WHERE run_id = run.id AND kind = 'tag' AND name = 'mlflow.user')
      """
    return [
      "start_time": "run.created_ms", "created": "run.created_ms", "end_time": end,
      "run_name": name, "run name": name, "run_id": "run.uuid",
      "status": "(CASE run.state \(status) END)", "user_id": user,
    ]
  }()

  /// The SQL of it; values that it needs are handed to a body, which says where they are.
  func sql(_ place: (String) -> String) -> String {
    switch kind {
    case .metric:
      return """
        (SELECT value FROM metric WHERE run_id = run.id AND name = \(place(name))
         ORDER BY step DESC LIMIT 1)
        """
    case .parameter:
      return "(SELECT value FROM parameter WHERE run_id = run.id AND name = \(place(name)))"
    case .tag:
      let name = place(self.name)
      return """
        coalesce(
          (SELECT value FROM run_attribute
           WHERE run_id = run.id AND kind = 'tag' AND name = \(name)),
          (SELECT substr(tag, length(\(name)) + 2) FROM run_tag
           WHERE run_id = run.id
             AND (tag = \(name) OR substr(tag, 1, length(\(name)) + 1) = \(name) || '=')))
        """
    case .attribute: return Self.attributes[name.lowercased()] ?? "NULL"
    }
  }

  /// A text that it is compared with, as a column has it.
  func value(_ text: String) -> SQLValue {
    switch kind {
    case .parameter: MLflowValue.stored(text)
    case .attribute where name.lowercased() == "run_id": .text(MLflowStore.uuid(text))
    default: .text(text)
    }
  }
}

extension MLflowFilter {
  /// A piece of a filter.
  struct Word {
    enum Kind {
      case name
      case text
      case number
      case sign
    }

    let kind: Kind
    let text: String

    func isWord(_ word: String) -> Bool { kind == .name && text.uppercased() == word }
  }

  /// The pieces of a filter: names with quotes as they are, texts without theirs.
  static func words(of text: String) throws(HTTPFailure) -> [Word] {
    var words: [Word] = []
    var rest = Array(text)[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "'" || first == "\"" {
        words.append(Word(kind: .text, text: try quoted(&rest)))
      } else if "(),".contains(first) {
        words.append(Word(kind: .sign, text: String(rest.removeFirst())))
      } else if "<>!=".contains(first) {
        var sign = String(rest.removeFirst())
        if rest.first == "=" { sign.append(rest.removeFirst()) }
        words.append(Word(kind: .sign, text: sign))
      } else {
        var name = ""
        while let next = rest.first, !next.isWhitespace, !"(),<>!=".contains(next) {
          if next == "`" || (next == "\"" && name.hasSuffix(".")) {
            name += "\(next)\(try quoted(&rest))\(next)"
          } else {
            name.append(rest.removeFirst())
          }
        }
        let isNumber = Double(name) != nil && !(name.first?.isLetter ?? true)
        words.append(Word(kind: isNumber ? .number : .name, text: name))
      }
    }
    return words
  }

  private static func quoted(_ rest: inout ArraySlice<Character>) throws(HTTPFailure) -> String {
    let quote = rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else {
      throw .invalid("A quotation in the filter string has no end")
    }
    defer { rest = rest[(end + 1)...] }
    return String(rest[..<end])
  }
}
