public import SQLite

/// A query with its contract, read from the header comment of its file.
///
/// The head is a comment: what the query answers; after `in:` its parameters, after `out:` its
/// columns, each with name, type and meaning.
public struct NamedQuery: Sendable, Equatable {
  /// A parameter or a column.
  public struct Field: Sendable, Equatable {
    /// Its name, without a colon.
    public let name: String
    /// TEXT, INTEGER, REAL, BLOB or ANY.
    public let type: String
    /// Its meaning, unit or range, in one line.
    public internal(set) var meaning: String
  }

  /// The name: its file's, without the ending.
  public let name: String
  /// The file's text.
  public let sql: String
  /// What it answers, in one line; empty if the file has no header.
  public let summary: String
  /// The header's further paragraphs.
  public let details: [String]
  /// Its parameters.
  ///
  /// A parameter without a value means all.
  public let parameters: [Field]
  /// The columns of its result.
  public let columns: [Field]

  /// The types that a head may name.
  private static let types: Set<Substring> = ["TEXT", "INTEGER", "REAL", "BLOB", "ANY"]

  /// Reads a query's head.
  public init(name: String, sql: String) {
    self.name = name
    self.sql = sql
    var paragraphs: [String] = []
    var sections: [Substring: [Field]] = [:]
    var section: Substring = ""
    var isBroken = true
    for line in sql.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix(while: { $0.hasPrefix("--") })
    {
      var text = line.dropFirst(2).drop { $0 == " " }
      if let named = ["in", "out"].first(where: { text.hasPrefix("\($0): ") }) {
        section = named == "in" ? "in" : "out"
        text = text.dropFirst(named.count + 1)
      }
      let words = text.split(separator: " ", maxSplits: 2)
      if section.isEmpty {
        if text.isEmpty {
          isBroken = true
        } else if isBroken {
          paragraphs.append(String(text))
          isBroken = false
        } else {
          paragraphs[paragraphs.count - 1] += " " + text
        }
      } else if words.count > 1, Self.types.contains(words[1]) {
        let meaning = words.count > 2 ? words[2].drop { $0 == " " } : ""
        let name = words[0].drop { $0 == ":" }
        sections[section, default: []].append(
          Field(name: String(name), type: String(words[1]), meaning: String(meaning)))
      } else if let last = sections[section]?.indices.last {
        sections[section]?[last].meaning += " " + text
      }
    }
    summary = paragraphs.first ?? ""
    details = Array(paragraphs.dropFirst())
    parameters = sections["in"] ?? []
    columns = sections["out"] ?? []
  }
}

extension NamedQuery.Field {
  /// The only values that make sense, where the meaning lists them before anything else.
  public var choices: [String] {
    let beginning = meaning.prefix { $0 != ";" }
    guard beginning.hasPrefix("'"), !beginning.contains("such as") else { return [] }
    return beginning.matches(of: /'([^']+)'/).map { String($0.1) }
  }

  /// Whether a value names a run, so that the beginning of its UUID is enough.
  public var isRun: Bool { meaning.hasPrefix("run of ") || meaning.hasPrefix("run to ") }

  /// A value from what a user wrote.
  ///
  /// - Throws: ``TrackerError/unusableValue(parameter:value:expected:)``.
  public func value(of text: String) throws(TrackerError) -> SQLValue {
    guard choices.isEmpty || choices.contains(text) else {
      throw TrackerError.unusableValue(
        parameter: name, value: text, expected: "one of " + choices.joined(separator: ", "))
    }
    switch type {
    case "INTEGER":
      guard let number = Int64(text) else {
        throw TrackerError.unusableValue(parameter: name, value: text, expected: "a whole number")
      }
      return .integer(number)
    case "REAL":
      guard let number = Double(text), !number.isNaN else {
        throw TrackerError.unusableValue(parameter: name, value: text, expected: "a number")
      }
      return .real(number)
    case "TEXT", "BLOB": return .text(text)
    default: return Self.guessed(text)
    }
  }

  /// A value whose type nobody states: a number if it reads as one, else a text.
  public static func guessed(_ text: String) -> SQLValue {
    if let number = Int64(text) { return .integer(number) }
    if let number = Double(text), number.isFinite { return .real(number) }
    return .text(text)
  }
}
