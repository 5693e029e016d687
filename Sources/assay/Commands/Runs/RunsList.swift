import ArgumentParser
import Report
import SQLite
import Tracker

extension RunsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists runs, the newest first.",
      discussion: """
        Conditions, keys and columns are SQL expressions over the columns of the view runs. A name that is \
        no column is a metric's last value or a parameter. metric.loss, metric.loss.min (also max, first, \
        points), parameter.lr and tag.baseline say which is meant; "metric.val/acc" takes any name.

        The list leaves out archived runs and runs that only sweeps' trials computed, unless you give --all. \
        In the text format it ends after 200 runs, unless you give --limit.

        Example: assay runs list --state interrupted --format json
        Example: assay runs list --kind attack --since 2d --sort duration
        Example: assay runs list --where "metric.loss < 0.1 AND tag.baseline" --sort metric.loss
        Example: assay runs list --columns name,parameter.lr,metric.loss.min --sort loss --descending
        Example: assay runs list --kind program --group-by parameter.lr --columns metric.loss
        """)

    @OptionGroup var reading: ReadingOptions

    @OptionGroup var chosen: RunChoiceOptions

    @Option(
      help: ArgumentHelp(
        "The order: created (newest first), duration (longest first), or any column, metric, parameter or "
          + "expression, the smallest first. (default: created)", valueName: "key"))
    var sort: String?

    @Flag(help: "With --sort, the largest first.")
    var descending = false

    @Option(
      help: ArgumentHelp(
        "Lists these in place of the usual columns, separated by commas.", valueName: "columns"))
    var columns: String?

    @Option(
      help: ArgumentHelp(
        "Lists groups of runs that share a value, with the mean, smallest and largest of --columns.",
        valueName: "key"))
    var groupBy: String?

    @Option(help: "The number of runs to list; 0 for all. (default: 200 as text, else all)")
    var limit: Int?

    /// How many runs people are shown at a time.
    private static let usualLimit = 200

    func validate() throws {
      if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more, not \(limit)") }
      if descending, sort == nil { throw ValidationError("--descending needs a --sort") }
    }

    private var isForPeople: Bool { reading.format == .text }

    func run() throws {
      let tracker = try reading.openTracker()
      if !isForPeople, let note = try unknownKind(in: tracker) { StandardError.write(note) }
      let isUsual = [nil, "created", "duration", "kind", "name", "state"].contains(sort)
      guard chosen.condition == nil, columns == nil, groupBy == nil, isUsual, !descending else {
        return try listSelection(in: tracker)
      }
      let result = try tracker.query(
        .runs,
        [
          "kind": chosen.kind.map(SQLValue.text) ?? .null,
          "state": chosen.state.map { .text($0.rawValue) } ?? .null,
          "since": chosen.since.map { .text($0.text) } ?? .null,
          "sort": .text(sort ?? "created"),
          "limit": rowLimit.map { .integer(Int64($0)) } ?? .null,
          "hidden": .text(chosen.aside.rawValue), "trials": .integer(chosen.all ? 1 : 0),
        ])
      try show(result.rows, of: result, in: tracker)
    }

    /// How many rows to ask for; nil for all.
    private var rowLimit: Int? {
      let limit = limit ?? (isForPeople ? Self.usualLimit : 0)
      // One more tells whether there are more.
      return limit > 0 ? limit + (isForPeople ? 1 : 0) : nil
    }

    /// Lists what expressions choose, order or ask for.
    private func listSelection(in tracker: Tracker) throws {
      var selection = chosen.selection
      (selection.order, selection.isDescending, selection.limit) = (sort, descending, rowLimit)
      if sort == "created" || sort == "duration" {
        selection.order = sort == "created" ? "record_number" : "duration_seconds"
        selection.isDescending = true
      }
      if let groupBy {
        let groups = try selection.groups(by: groupBy, columns, in: tracker)
        return try show(Table(columns: groups.columns, rows: groups.rows), in: tracker)
      }
      if let columns {
        let result = try selection.rows(columns, in: tracker)
        return try show(Table(columns: result.columns, rows: result.rows), in: tracker)
      }
      // What the order is by is shown beside the usual columns, unless it is one of these.
      let key = sort.flatMap { RunListTable.usualColumns.contains($0) ? nil : $0 }
      let order = try selection.rows(key, in: tracker)
      let list = JSONValue.array(order.rows.compactMap { $0[0].text.map(JSONValue.string) })
      let result = try tracker.query(
        .runs, ["runs": .text(list.canonical), "hidden": .text(chosen.aside.rawValue)])
      let byRun = Dictionary(
        result.rows.compactMap { row in row[0].text.map { ($0, row) } }
      ) { first, _ in first }
      let found = order.rows.compactMap { row in
        row[0].text.flatMap { byRun[$0] }.map { (row: $0, key: row.last ?? .null) }
      }
      try show(
        found.map(\.row), of: result, beside: key.map { ($0, found.map(\.key)) }, in: tracker)
    }

    private func show(
      _ rows: [[SQLValue]], of result: QueryResult,
      beside key: (name: String, values: [SQLValue])? = nil, in tracker: Tracker
    ) throws {
      guard isForPeople else {
        let columns = result.columns.map { Table.Column($0, $0, .text) }
        return try StandardOutput.write(
          Table(title: "", columns: columns, rows: rows).shown(as: reading.format))
      }
      let (count, notes) = try shownCount(of: rows.count, in: tracker)
      try StandardOutput.write(
        RunListTable(
          rows: Array(rows.prefix(count)), columns: result.columns,
          key: key.map { ($0.name, Array($0.values.prefix(count))) }
        ).table(notes: notes).shown(as: .text))
    }

    private func show(_ table: Table, in tracker: Tracker) throws {
      guard isForPeople else { return try StandardOutput.write(table.shown(as: reading.format)) }
      let (count, notes) = try shownCount(of: table.rows.count, in: tracker)
      try StandardOutput.write(
        Table(
          title: "", notes: notes, columns: table.columns, rows: Array(table.rows.prefix(count))
        ).shown(as: .text))
    }

    /// How many rows people are shown, and what is said of the others.
    private func shownCount(
      of count: Int, in tracker: Tracker
    ) throws -> (count: Int, notes: [String]) {
      let hasMore = rowLimit.map { count >= $0 } ?? false
      var notes = hasMore ? ["There are more; --limit 0 shows all."] : []
      if let note = try unknownKind(in: tracker) { notes.append(note) }
      if !chosen.all {
        let trials = """
          SELECT 1 FROM trial_runs WHERE computed
            AND NOT EXISTS (SELECT 1 FROM own_runs WHERE own_runs.run = trial_runs.run) LIMIT 1
          """
        if try tracker.hasRows(trials) {
          notes.append("Runs of sweeps' trials are left out; --all shows them.")
        }
        let archived = "SELECT 1 FROM runs WHERE hidden = 'archived' LIMIT 1"
        if !chosen.deleted, try tracker.hasRows(archived) {
          notes.append("Archived runs are left out; --all shows them.")
        }
      }
      return (hasMore ? count - 1 : count, notes)
    }
  }
}

extension RunsCommand.List {
  /// Names a kind that no run is of, which may be a slip; nil if there are such runs.
  private func unknownKind(in tracker: Tracker) throws -> String? {
    guard let kind = chosen.kind else { return nil }
    let known = try tracker.read {
      try $0.rows("SELECT DISTINCT kind FROM runs ORDER BY kind") { try $0.text(0) }
    }
    guard !known.isEmpty, !known.contains(kind) else { return nil }
    let near = Suggestions.near(kind, among: known)
    return "No run is of the kind '\(kind)'; "
      + (near.isEmpty
        ? "there are: \(known.joined(separator: ", "))"
        : "did you mean \(near.joined(separator: " or "))?")
  }
}

extension Tracker {
  fileprivate func hasRows(_ sql: String) throws -> Bool {
    try !read { try $0.rows(sql) { _ in true } }.isEmpty
  }
}
