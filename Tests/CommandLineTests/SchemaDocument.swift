import Foundation
import TestSupport
import Testing

/// docs/schema.md as its readers have it: the views that it describes, and its questions.
struct SchemaDocument {
  /// A question with its SQL, and the columns of the answer that is printed below it.
  struct Question {
    let title: String
    let sql: String
    let columns: [String]
  }

  /// A view with its key, and its columns with their types; older names are left out.
  struct View {
    let name: String
    let key: [String]
    let columns: [(name: String, type: String)]
  }

  let questions: [Question]
  let views: [View]

  init() throws {
    let text = try String(
      contentsOf: packageRoot.appending(path: "docs/schema.md"), encoding: .utf8)
    let sections = text.split(separator: "\n### ").dropFirst().map(String.init)
    questions = try sections.compactMap(Self.question)
    views = sections.compactMap(Self.view)
  }

  private static func question(_ section: String) throws -> Question? {
    guard let match = section.firstMatch(of: /^\d+\. (.+)/),
      let block = section.firstMatch(of: /```sql\n((?s).*?)```/)
    else { return nil }
    let heading = try #require(section[block.range.upperBound...].firstMatch(of: /\| (.+) \|/))
    return Question(
      title: String(match.output.1), sql: String(block.output.1),
      columns: heading.output.1.split(separator: " | ").map(String.init))
  }

  private static func view(_ section: String) -> View? {
    guard let key = section.firstMatch(of: /\nKey: (.+?)\./) else { return nil }
    return View(
      name: String(section.prefix { !$0.isNewline }),
      key: key.output.1.matches(of: /`(\w+)`/).map { String($0.output.1) },
      columns: section.matches(of: /\n\| `(\w+)` \| (\w+) \|/).map {
        (String($0.output.1), String($0.output.2))
      })
  }
}

/// A row of an answer by its columns' names.
struct AnswerRow {
  private let values: [String: Any]

  init(_ values: [String: Any]) {
    self.values = values
  }

  /// Its columns.
  var columns: Set<String> { Set(values.keys) }

  /// A number; nil for NULL or a text.
  subscript(number name: String) -> Double? { (values[name] as? NSNumber)?.doubleValue }

  /// A text; nil for NULL or a number.
  subscript(text name: String) -> String? { values[name] as? String }
}

extension Assay {
  /// What the sqlite3 shell answers, row by row.
  func rows(_ sql: String) throws -> [AnswerRow] {
    let result = try TestSupport.run(
      "sqlite3", ["-json", directory.path("assay.db")], input: sql)
    guard result.status == 0 else { throw CommandFailure("sqlite3: \(result.error)") }
    return try Self.rows(of: result.output)
  }

  /// What a named query answers, row by row.
  func rows(query words: String...) throws -> [AnswerRow] {
    let result = try run(["query"] + words + ["--format", "json"])
    guard result.status == 0 else { throw CommandFailure("\(words): \(result.error)") }
    return try Self.rows(of: result.output)
  }

  private static func rows(of json: String) throws -> [AnswerRow] {
    guard !json.isEmpty else { return [] }
    // Infinity, as thresholds may be, is written as a number that JSONSerialization refuses.
    let hasInfinity = json.utf8.contains(UInt8(ascii: "e")) && json.contains("999")
    let finite = hasInfinity ? json.replacing(/-?9(\.0)?e\+?999/, with: "null") : json
    let parsed = try JSONSerialization.jsonObject(with: Data(finite.utf8))
    return try #require(parsed as? [[String: Any]]).map(AnswerRow.init)
  }

  /// What a question of docs/schema.md is answered, as its text stands there. An answer has rows, and
  /// the columns of the one that is printed.
  func answer(to title: String) throws -> [AnswerRow] {
    let question = try #require(
      SchemaDocument().questions.first { $0.title == title }, "\(title)")
    let found = try rows(question.sql)
    let first = try #require(found.first, "no rows: \(title)")
    #expect(first.columns == Set(question.columns), "\(title)")
    return found
  }
}

/// Whether two numbers are the same but for what the shell does not print.
func isNear(_ left: Double?, _ right: Double?) -> Bool {
  guard let left, let right else { return left == nil && right == nil }
  return abs(left - right) <= 1e-9 * max(1, abs(left))
}
