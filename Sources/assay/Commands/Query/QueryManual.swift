import SQLite
import Tracker

/// A query's contract as people read it.
struct QueryManual {
  let text: String

  init(_ query: NamedQuery) {
    var parts = [([query.summary] + query.details).filter { !$0.isEmpty }.joined(separator: "\n\n")]
    if !query.parameters.isEmpty {
      let names = query.parameters.map { "--" + $0.name.replacing("_", with: "-") }
      parts.append(Self.section("Parameters:", names, query.parameters))
    }
    if !query.columns.isEmpty {
      parts.append(Self.section("Columns:", query.columns.map(\.name), query.columns))
    }
    text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func section(
    _ title: String, _ names: [String], _ fields: [NamedQuery.Field]
  ) -> String {
    let width = names.map(\.count).max() ?? 0
    let lines = zip(names, fields).map { name, field in
      let padding = String(repeating: " ", count: width - name.count + 2)
      return "  \(name)\(padding)\(field.type.lowercased()): "
        + field.meaning.replacing("unbound = ", with: "without it: ")
    }
    return ([title] + lines).joined(separator: "\n")
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
