import Report
import SQLite
import Tracker

/// The queries that can be asked by name, in groups.
struct QueryList {
  /// A group of queries on one subject.
  private struct Group {
    let title: String
    let queries: [NamedQuery]
  }

  private let groups: [Group]

  /// Groups a catalogue's queries; those that name no group come last.
  init(_ catalogue: QueryCatalogue) {
    let known = Dictionary(grouping: catalogue.queries, by: \.group)
    var groups = QueryCatalogue.groupTitles.map {
      Group(title: $1, queries: known[$0, default: []])
    }
    let names = QueryCatalogue.groupTitles.map(\.0)
    let own = catalogue.queries.filter { query in !names.contains { $0 == query.group } }
    if !own.isEmpty { groups.append(Group(title: "Your own", queries: own)) }
    self.groups = groups
  }

  /// A row for each query: name, what it answers, group.
  var rows: [[SQLValue]] {
    groups.flatMap { group in
      group.queries.map { [.text($0.name), .text($0.summary), .text(group.title)] }
    }
  }

  /// The list for people, a line for each query.
  ///
  /// - Parameter width: The number of columns that lines are cut to; nil for whole lines.
  /// - Returns: The lines, below the title of each group.
  func text(width: Int?) -> String {
    let nameWidth = (groups.flatMap(\.queries).map { $0.name.count }.max() ?? 0) + 2
    return groups.map { group in
      let lines = group.queries.map { query in
        let padding = String(repeating: " ", count: nameWidth - query.name.count)
        let line = ("  " + query.name + padding + query.summary).terminalText
        return width.map { line.prefix(columns: $0) } ?? line
      }
      return ([group.title] + lines).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
