internal import SQLite
internal import Tracker

/// The rows of the list of runs.
struct RunsTable {
  let visit: Visit
  let question: RunsQuestion
  /// The chosen runs with the values of the chosen columns, one more than are shown if there are more.
  private let found: [[SQLValue]]
  /// The names of the chosen columns.
  private let names: [String]
  /// What every list says of a run, by its UUID.
  private let facts: [String: QueryRow]

  init(_ visit: Visit, _ question: RunsQuestion, in tracker: Tracker) throws {
    (self.visit, self.question) = (visit, question)
    let result = try question.selection.rows(question.columnList, in: tracker)
    found = result.rows
    names = Array(result.columns.dropFirst())
    let list = JSONValue.array(
      found.prefix(RunsQuestion.runsOfPage).compactMap { $0[0].text.map(JSONValue.string) })
    let aside = question.selection.aside.rawValue
    facts = Dictionary(
      try tracker.query(.runs, ["runs": .text(list.canonical), "hidden": .text(aside)])
        .entries.compactMap { row in row["run"].text.map { ($0, row) } }
    ) { first, _ in first }
  }

  var isEmpty: Bool { found.isEmpty }

  private var shown: ArraySlice<[SQLValue]> { found.prefix(RunsQuestion.runsOfPage) }

  /// The address of the next page; nil on the last one.
  private var next: String? {
    guard found.count > RunsQuestion.runsOfPage, let last = shown.last?[0].text else { return nil }
    return visit.address(changing: ["after": [last]])
  }

  private var table: PageTable {
    var heads: [PageTable.Head] = [
      .init("Run", key: nil), .init("Name", key: "name"), .init("Kind", key: "kind"),
      .init("State", key: "state"),
      .init("Created (UTC)", key: "created", isDescendingFirst: true),
      .init("Duration", key: "duration", isNumber: true, isDescendingFirst: true),
    ]
    for (place, name) in names.enumerated() {
      heads.append(
        .init(
          Self.title(name),
          key: question.columns.count == names.count ? question.columns[place] : name,
          isNumber: true))
    }
    return PageTable(
      heads, sort: question.sort ?? "created",
      isDescending: question.sort == nil || question.selection.isDescending)
  }

  /// A column's name without what says that it is a metric or a parameter.
  static func title(_ name: String) -> String {
    for scope in ["metric.", "parameter."] where name.hasPrefix(scope) {
      return String(name.dropFirst(scope.count))
    }
    return name
  }

  /// The table in its pane, with the way to further pages.
  var html: HTML {
    let newest: HTML =
      visit.given("after") == nil
      ? .empty : "<a rel=\"first\" href=\"\(visit.address(changing: ["after": []]))\">First</a>"
    let further = next.map { address -> HTML in "<a rel=\"next\" href=\"\(address)\">More</a>" }
    return """
      <div class="card flush"><form method="get" action="\(visit.link("compare"))" id="chosen">
      <div class="scroll pane" data-list role="region" aria-label="Runs" tabindex="0"><table>
      <thead><tr><th scope="col" class="check"><label><span class="unseen">All runs that are shown</span>\
      <input type="checkbox" hidden></label></th>\(table.headCells(visit, dropping: ["after"]))</tr></thead>
      <tbody id="runs" data-live="rows">
      \(shown.map(row))</tbody></table>
      <div class="more">\(newest)\(further ?? .empty)</div>
      </div></form></div>
      """
  }

  private func row(_ found: [SQLValue]) -> HTML {
    let run = found[0].text ?? ""
    let fact = facts[run]
    func text(_ name: String) -> String { fact?[name].text ?? "" }
    let address = visit.link("runs", run)
    let name = text("name")
    let details = text("details")
    let labels = ([fact?["group_name"].text].compactMap { $0 } + tags(fact)).map { label -> HTML in
      " <span class=\"tag\">\(label)</span>"
    }
    let aside = fact?["hidden"].text.map { " <span class=\"tag\">\($0)</span>" as HTML } ?? .empty
    let title: HTML =
      name.isEmpty
      ? "<span class=\"muted\">\(details)</span>"
      : "<a href=\"\(address)\">\(name)</a> <span class=\"muted\">\(details)</span>"
    let progress =
      text("state") == "finished"
      ? nil
      : fact?["progress_total"].integer.flatMap { total in
        total > 0 ? (fact?["progress_done"].integer ?? 0) * 100 / total : nil
      }
    let share = progress.map { " <span class=\"muted\">\($0)%</span>" as HTML } ?? .empty
    let values = found.dropFirst().map { value -> HTML in
      let side: HTML = Shown.isNumber(value) ? "number" : "cut"
      return "<td class=\"\(side)\">\(Shown.value(value))</td>"
    }
    return """
      <tr id="run-\(run)"><td class="check"><label><span class="unseen">Choose \(run.prefix(8))</span>\
      <input type="checkbox" name="run" value="\(run)"></label></td>\
      <td><a class="mono" href="\(address)">\(run.prefix(8))</a></td>\
      <td class="cut">\(title)\(labels)\(aside)</td><td>\(text("kind"))</td>\
      <td>\(Shown.state(text("state")))\(share)</td><td>\(Shown.time(text("created")))</td>\
      <td class="number">\(Shown.duration(fact?["duration_seconds"].real))</td>\(values)</tr>

      """
  }

  private func tags(_ row: QueryRow?) -> [String] {
    let list = row?["tags"].text.flatMap { try? JSONValue(parsing: $0) }
    guard case .array(let tags)? = list else { return [] }
    return tags.compactMap(\.string)
  }
}
