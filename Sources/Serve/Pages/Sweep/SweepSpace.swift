internal import SQLite
internal import Tracker

/// The parameters that a sweep varies, as far as its page must know.
struct SweepSpace {
  /// A parameter.
  struct Parameter {
    let name: String
    /// The words that it is set to; nil for numbers.
    let words: [String]?
  }

  let parameters: [Parameter]

  /// Reads a sweep's definition, or where it has none, as for imported ones, its first trials.
  ///
  /// - Throws: `SQLiteError`.
  init(of sweep: Sweep, in tracker: Tracker) throws {
    if case .array(let space)? = sweep.description.definition["space"] {
      parameters = space.compactMap { json in
        guard let name = json["name"]?.string else { return nil }
        guard case .array(let values)? = json["values"] else {
          return Parameter(name: name, words: nil)
        }
        let isOfNumbers = values.allSatisfy { $0.real != nil }
        return Parameter(
          name: name, words: isOfNumbers ? nil : values.map { $0.string ?? $0.canonical })
      }
    } else {
      parameters = try tracker.pageRows(Self.first, ["sweep": .integer(sweep.id)]).map { row in
        let words = row["words"].text.flatMap { try? JSONValue(parsing: $0) }
        guard case .array(let list)? = words, !list.isEmpty else {
          return Parameter(name: row["key"].text ?? "", words: nil)
        }
        return Parameter(name: row["key"].text ?? "", words: list.compactMap(\.string))
      }
    }
  }

  private static let first = """
    SELECT key, json_group_array(DISTINCT word) FILTER (WHERE word IS NOT NULL) AS words
    FROM (
      SELECT
        entry.key,
        CASE
          WHEN entry.type IN ('integer', 'real') THEN NULL
          WHEN entry.type IN ('true', 'false') THEN entry.type
          ELSE CAST(entry.value AS TEXT)
        END AS word
      FROM (SELECT parameters FROM trial WHERE sweep_id = :sweep ORDER BY number LIMIT 100) AS trial
      JOIN json_each(trial.parameters) AS entry)
    GROUP BY key ORDER BY key
    """
}

extension JSONValue {
  /// The number; nil of anything else.
  var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
