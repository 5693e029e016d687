/// A query with its contract, read from the header comment of its file.
///
/// The head is a comment: what the query answers, its group, after `in:` its parameters, and after
/// `out:` its columns. queries/README.md has the grammar.
public struct NamedQuery: Sendable, Equatable {
  /// A column of the answer.
  public struct Column: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// TEXT, INTEGER, REAL, BLOB or ANY.
    public let type: String
    /// Its meaning, unit or range, in one line.
    public let meaning: String
  }

  /// The name: its file's, without the ending.
  public let name: String
  /// The file's text.
  public let sql: String
  /// What it answers, in one line; empty if the file has no header.
  public let summary: String
  /// The header's further paragraphs.
  public let details: [String]
  /// The list that it belongs to, such as "detection"; nil if the file does not say.
  public let group: String?
  /// Its parameters.
  ///
  /// One without a value is NULL, and the query runs as the parameter's ``QueryParameter/unbound``
  /// says.
  public let parameters: [QueryParameter]
  /// The columns of its result.
  public let columns: [Column]

  /// The types that a column may have.
  private static let types: Set<Substring> = ["TEXT", "INTEGER", "REAL", "BLOB", "ANY"]

  /// Reads a query's head.
  ///
  /// What does not follow the grammar is taken as a meaning.
  public init(name: String, sql: String) {
    self.name = name
    self.sql = sql
    let head = Head(of: sql)
    summary = head.paragraphs.first ?? ""
    details = Array(head.paragraphs.dropFirst())
    group = head.group
    parameters = head.parameters.map { QueryParameter($0) }
    columns = head.columns.map { text in
      let words = text.split(separator: " ", maxSplits: 2)
      return Column(
        name: String(words[0]), type: String(words[1]),
        meaning: words.count > 2 ? String(words[2]) : "")
    }
  }

  /// The parts of a head, each in one line.
  private struct Head {
    var paragraphs: [String] = []
    var group: String?
    var parameters: [String] = []
    var columns: [String] = []

    init(of sql: String) {
      enum Section { case text, parameters, columns }
      var section = Section.text
      var isBroken = true
      for line in sql.split(separator: "\n", omittingEmptySubsequences: false)
        .prefix(while: { $0.hasPrefix("--") })
      {
        // Names, types and meanings stand in columns.
        var text = line.dropFirst(2).split(separator: " ").joined(separator: " ")
        if text.hasPrefix("group: ") {
          group = String(text.dropFirst(7))
          isBroken = true
          continue
        }
        for (word, next) in [("in: ", Section.parameters), ("out: ", .columns)]
        where text.hasPrefix(word) {
          section = next
          text.removeFirst(word.count)
        }
        switch section {
        case .text where text.isEmpty: isBroken = true
        case .text:
          isBroken ? paragraphs.append(text) : (paragraphs[paragraphs.count - 1] += " " + text)
          isBroken = false
        case .parameters: Self.add(text, to: &parameters, isNew: text.hasPrefix(":"))
        case .columns:
          let words = text.split(separator: " ", maxSplits: 2)
          Self.add(
            text, to: &columns, isNew: words.count > 1 && NamedQuery.types.contains(words[1]))
        }
      }
    }

    private static func add(_ text: String, to entries: inout [String], isNew: Bool) {
      if isNew {
        entries.append(text)
      } else if let last = entries.indices.last {
        entries[last] += " " + text
      }
    }
  }
}
