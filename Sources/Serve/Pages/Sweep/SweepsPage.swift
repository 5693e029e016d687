internal import Report
internal import SQLite
internal import Tracker

extension Router {
  /// The pages of sweeps.
  mutating func addSweepPages() {
    on(.get, "/sweeps") { visit in try visit.sweeps() }
    on(.get, "/sweeps/:sweep") { visit in try visit.sweepPage() }
    on(.get, "/sweeps/:sweep/points") { visit in try visit.sweepPoints() }
    on(.get, "/sweeps/:sweep/effects") { visit in try visit.sweepEffects() }
    for figure in [Figure.sweepHistory, .sweepParameters, .sweepEffects] {
      on(.get, "/sweeps/:sweep/\(figure.rawValue).svg") { visit in try visit.sweepDrawing(figure) }
    }
    on(.post, "/sweeps/:sweep/stop") { visit in try visit.stopSweep() }
    on(.post, "/sweeps/:sweep/continue") { visit in try visit.continueSweep() }
  }
}

extension Visit {
  /// As many sweeps has a page.
  private static let sweepsOfPage = 50

  /// The address of a sweep's page: by its name, unless the name would be taken for a folder.
  func link(toSweep name: String, uuid: String, _ rest: String...) -> String {
    let word = [".", ".."].contains(name) ? uuid : name
    return site.address(of: database, ["sweeps", word] + rest, [])
  }

  fileprivate func sweeps() throws -> HTTPResponse {
    let before = try number("before")
    let found = try read { tracker in
      try tracker.pageRows(
        Self.sweepsQuery,
        [
          "before": before.map(SQLValue.integer) ?? .null,
          "limit": .integer(Int64(Self.sweepsOfPage + 1)),
        ])
    }
    let shown = Array(found.prefix(Self.sweepsOfPage))
    var older = HTML.empty
    if found.count > Self.sweepsOfPage, let last = shown.last?["id"].integer {
      older = """
        <a rel="next" href="\(link("sweeps", query: [("before", String(last))]))">Older</a>
        """
    }
    let newest: HTML = before == nil ? .empty : "<a href=\"\(link("sweeps"))\">Newest</a> "
    let list: HTML =
      shown.isEmpty
      ? "<p class=\"lead\">No sweep yet. <code>assay sweep run FILE</code> searches what a file describes.</p>"
      : sweepTable(shown)
    return page(
      title: "Sweeps",
      """
      <div id="sweeps" data-live>
      \(list)
      <div class="more">\(newest)\(older)</div>
      </div>
      """, isLive: true)
  }

  private func sweepTable(_ rows: [QueryRow]) -> HTML {
    let lines = rows.map { row -> HTML in
      func count(_ column: String) -> Int64 { row[column].integer ?? 0 }
      let (name, state) = (row["name"].text ?? "", row["state"].text ?? "")
      let address = link(toSweep: name, uuid: row["uuid"].text ?? "")
      let best = Typesetting.text(of: row["best"], as: .real(digits: 5))
      return """
        <tr><td class="wrap"><a href="\(address)">\(name)</a></td>\
        <td>\(Shown.state(state))</td>\
        <td><progress value="\(count("finished_trials"))" max="\(count("budget"))" \
        aria-label="finished trials"></progress></td>\
        <td class="number">\(Typesetting.grouped(count("finished_trials"))) of \
        \(Typesetting.grouped(count("budget")))</td>\
        <td class="number">\(Typesetting.grouped(count("running")))</td>\
        <td class="number">\(Typesetting.grouped(count("pruned_trials")))</td>\
        <td class="number">\(Typesetting.grouped(count("failed_trials")))</td>\
        <td>\(row["objective"].text ?? "")</td><td class="number">\(best)</td>\
        <td>\(row["created"].text ?? "")</td></tr>

        """
    }
    let table = PageTable([
      .init("Sweep"), .init("State"), .init("Progress"), .init("Finished", isNumber: true),
      .init("Running", isNumber: true), .init("Pruned", isNumber: true),
      .init("Failed", isNumber: true), .init("Objective"), .init("Best value", isNumber: true),
      .init("Created (UTC)"),
    ])
    return "<div class=\"card flush\">\(table.html(self, label: "Sweeps", rows: lines))</div>"
  }

  private static let sweepsQuery = """
    SELECT
      sweep.id, sweep.uuid, sweep.name, state, budget, finished_trials, pruned_trials, failed_trials,
      (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running') AS running,
      objective.name AS objective,
      -- Either end is found in the index.
      iif(
        objective.goal = 'minimise',
        (SELECT min(value) FROM trial_value WHERE sweep_id = sweep.id AND objective = 0),
        (SELECT max(value) FROM trial_value WHERE sweep_id = sweep.id AND objective = 0)) AS best,
      strftime('%Y-%m-%d %H:%M', created_ms / 1000.0, 'unixepoch') AS created
    FROM sweep
    LEFT JOIN sweep_objective AS objective ON objective.sweep_id = sweep.id AND objective.number = 0
    WHERE :before IS NULL OR sweep.id < :before
    ORDER BY sweep.id DESC LIMIT :limit
    """
}
