import SQLite
import Tracker

/// A query's contract as people read it.
struct QueryManual {
  let text: String

  init(_ query: NamedQuery) {
    var parts = [([query.summary] + query.details).filter { !$0.isEmpty }.joined(separator: "\n\n")]
    parts.append(
      Self.section(
        "Parameters:",
        query.parameters.map {
          ("--" + $0.name.replacing("_", with: "-"), $0.kind.words, Self.meaning(of: $0))
        }))
    parts.append(
      Self.section("Columns:", query.columns.map { ($0.name, $0.type.lowercased(), $0.meaning) }))
    text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// What a parameter means, and first what the query takes without it.
  private static func meaning(of parameter: QueryParameter) -> String {
    let unbound = parameter.unbound.isEmpty ? "" : "without it: \(parameter.unbound)"
    return [unbound, parameter.meaning].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private static func section(
    _ title: String, _ entries: [(name: String, kind: String, meaning: String)]
  ) -> String {
    guard !entries.isEmpty else { return "" }
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { name, kind, meaning in
      let padding = String(repeating: " ", count: width - name.count + 2)
      return "  \(name)\(padding)\(kind)" + (meaning.isEmpty ? "" : ": \(meaning)")
    }
    return ([title] + lines).joined(separator: "\n")
  }
}

extension QueryParameter.Kind {
  /// What can be given, in words.
  fileprivate var words: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .real: "real"
    case .blob: "blob"
    case .any: "any"
    case .run(let kinds): kinds.isEmpty ? "run" : "run of kind \(kinds.joined(separator: " or "))"
    case .choice(let texts): texts.map { "'\($0)'" }.joined(separator: ", ")
    }
  }
}

/// How SQLite would run a query, as a tree.
struct QueryPlan {
  let text: String

  init(of sql: String, _ values: [String: SQLValue], on connection: Connection) throws {
    var depths: [Int64: Int] = [:]
    var lines: [String] = []
    for row in try connection.query("EXPLAIN QUERY PLAN " + sql, values).rows {
      guard row.count == 4, case .integer(let id) = row[0], case .integer(let parent) = row[1],
        case .text(let detail) = row[3]
      else { continue }
      let depth = depths[parent].map { $0 + 1 } ?? 0
      depths[id] = depth
      lines.append(String(repeating: "  ", count: depth + 1) + detail)
    }
    text = (["Plan:"] + lines).joined(separator: "\n")
  }
}
