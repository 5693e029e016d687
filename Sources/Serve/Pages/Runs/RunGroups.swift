internal import Report
internal import SQLite
internal import Tracker

/// Runs in groups that share a value, with means and deviations of the chosen columns.
struct RunGroups {
  let visit: Visit
  let question: RunsQuestion
  private let result: QueryResult
  private let key: String

  init(_ visit: Visit, _ question: RunsQuestion, by key: String, in tracker: Tracker) throws {
    (self.visit, self.question, self.key) = (visit, question, key)
    result = try question.selection.groups(
      by: key, question.columnList ?? "duration_seconds", withDeviations: true, in: tracker)
  }

  var isEmpty: Bool { result.rows.isEmpty }

  var html: HTML {
    let names = stride(from: 2, to: result.columns.count, by: 4).map {
      String(result.columns[$0].dropLast(" mean".count))
    }
    let expressions = question.columns.isEmpty ? ["duration_seconds"] : question.columns
    var heads: [PageTable.Head] = [
      .init(RunsTable.title(result.columns[0]), key: key), .init("Runs", isNumber: true),
    ]
    for (place, name) in names.enumerated() {
      let title = RunsTable.title(name)
      let sort = expressions.count == names.count ? expressions[place] : name
      heads += [
        .init("\(title), mean", key: sort, isNumber: true), .init("± deviation", isNumber: true),
        .init("lowest", isNumber: true), .init("highest", isNumber: true),
      ]
    }
    let table = PageTable(
      heads, sort: question.sort ?? key, isDescending: question.selection.isDescending)
    let rows = result.rows.enumerated().map { place, row -> HTML in
      let cells = stride(from: 2, to: row.count, by: 4).map { column -> HTML in
        // Mean, smallest, largest and deviation stand in another order than they are read in.
        let values = [row[column], row[column + 3], row[column + 1], row[column + 2]]
        return HTML(
          joining: values.map { "<td class=\"number\">\(Shown.value($0))</td>" }, separator: "")
      }
      return """
        <tr id="group-\(place)"><th scope="row" class="wrap"><a href="\(address(of: row[0]))">\
        \(row[0] == .null ? "<span class=\"muted\">none</span>" : Shown.value(row[0]))</a></th>\
        <td class="number">\(Shown.value(row[1]))</td>\(cells)</tr>

        """
    }
    let note: HTML =
      result.rows.count < RunsQuestion.mostGroups
      ? .empty : "<p class=\"more muted\">The first \(RunsQuestion.mostGroups) groups.</p>"
    return """
      <div class="card flush">\(table.html(visit, label: "Groups of runs", rows: rows, id: "groups"))\(note)</div>
      """
  }

  /// The list of a group's runs: what was asked for holds, and the value is theirs.
  private func address(of value: SQLValue) -> String {
    let own =
      switch value {
      case .null: "\(key) IS NULL"
      case .text(let text): "\(key) = \(RunsQuestion.quoted(text, "'"))"
      case .integer(let number): "\(key) = \(number)"
      case .real(let number): "\(key) = \(number)"
      case .blob: "1"
      }
    let both = visit.given("where").map { "(\($0)) AND \(own)" } ?? own
    return visit.address(changing: ["where": [both], "by": [], "sort": [], "order": []])
  }
}
