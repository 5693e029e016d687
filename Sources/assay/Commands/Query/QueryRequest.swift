import ArgumentParser
import SQLite
import Tracker

/// What a user asks of which query: its name, and values as written.
struct QueryRequest {
  let name: String?
  private let values: [(parameter: String, text: String)]

  /// Reads the words that are no options of the command itself.
  ///
  /// - Parameters:
  ///   - words: A name and `--parameter value` or `--parameter=value`, in any order.
  ///   - assignments: `parameter=value` each.
  ///   - hasOwnText: Whether the query is the user's own, which has no name.
  /// - Throws: `ValidationError`.
  init(words: [String], assignments: [String], hasOwnText: Bool) throws {
    var names: [String] = []
    var values: [(parameter: String, text: String)] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-" else {
        names.append(word)
        continue
      }
      guard word.hasPrefix("--"), word.count > 2 else {
        throw ValidationError("there is no option \(word)")
      }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let text = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw ValidationError(
          names.isEmpty && !hasOwnText ? "there is no option \(word)" : "\(word) needs a value")
      }
      values.append((String(parts[0].replacing("-", with: "_")), text))
    }
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--param is written name=value, not '\(assignment)'")
      }
      let name = parts[0].drop { $0 == ":" }.replacing("-", with: "_")
      values.append((String(name), String(parts[1])))
    }
    if let extra = names.dropFirst(hasOwnText ? 0 : 1).first {
      throw ValidationError(
        "'\(extra)' is one word too many; parameters are written --name value")
    }
    if names.isEmpty, !hasOwnText, let first = values.first {
      throw ValidationError("--\(first.parameter) is no option without the name of a query")
    }
    name = names.first
    self.values = values
  }

  /// The values by parameter, as the query's head and text have them.
  ///
  /// - Throws: `TrackerError`, `SQLiteError`.
  func values(for query: NamedQuery, in tracker: Tracker) throws -> [String: SQLValue] {
    let known = try tracker.read { try $0.cursor(query.sql).parameters }
    var result: [String: SQLValue] = [:]
    for (parameter, text) in values {
      guard known.contains(parameter) else {
        throw TrackerError.unknownParameter(
          query: query.name, parameter: parameter, known: known.map { $0.replacing("_", with: "-") }
        )
      }
      guard let field = query.parameters.first(where: { $0.name == parameter }) else {
        result[parameter] = QueryParameter.guessed(text)
        continue
      }
      if case .run = field.kind {
        result[parameter] = try field.value(of: tracker.run(matching: text))
      } else {
        result[parameter] = try field.value(of: text)
      }
    }
    return result
  }
}
