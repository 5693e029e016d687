internal import Report
internal import SQLite
internal import Tracker

extension SweepSheet {
  /// The table of trials, with links that sort it and turn its pages.
  func trials() throws -> HTML {
    let found = try table.rows(of: sweep, in: tracker)
    let shown = Array(found.prefix(TrialTable.pageSize))
    let reached = try TrialTable.reached(
      shown.compactMap { $0["number"].integer }, of: sweep, in: tracker)
    guard !shown.isEmpty else {
      return
        "<p class=\"lead\">\(sweep.counts.all == 0 ? "No trial yet." : "No trial is like that.")</p>"
    }
    let names = space.parameters.map(\.name)
    let lines = shown.map { row in line(row, reached[row["number"].integer ?? -1] ?? [], names) }
    let isMinimised =
      !objectives.isEmpty && objectives[table.objective].goal == .minimise
    let heads: [PageTable.Head] =
      [.init("Trial", key: "number", isNumber: true, isDescendingFirst: true), .init("State")]
      + objectives.enumerated().map { place, objective in
        .init(
          objective.name, key: place == table.objective ? "value" : nil, isNumber: true,
          // The best first.
          isDescendingFirst: !isMinimised)
      }
      + names.map { .init($0, key: "parameter." + $0, isNumber: true) }
      + [
        .init("Seconds", key: "duration", isNumber: true, isDescendingFirst: true),
        .init("Attempts", isNumber: true), .init("Run"),
      ]
    let page = PageTable(heads, sort: table.key.name, isDescending: !table.isRising)
    return """
      <div class="card flush"><div class="scroll" role="region" aria-label="Trials" tabindex="0"><table>
      <thead><tr>\(page.headCells(visit, dropping: ["after"]))</tr></thead>
      <tbody>
      \(lines)</tbody></table></div>
      <div class="more">\(turns(shown, hasMore: found.count > TrialTable.pageSize))</div></div>
      """
  }

  private func line(_ row: QueryRow, _ reached: [SQLValue], _ names: [String]) -> HTML {
    let state = row["state"].text ?? ""
    let settings = row["parameters"].text.flatMap { try? JSONValue(parsing: $0) } ?? .null
    let values = objectives.indices.map { place -> HTML in
      let value = reached.indices.contains(place) ? reached[place] : .null
      return "<td class=\"number\">\(Typesetting.text(of: value, as: .real(digits: 6)))</td>"
    }
    let cells = names.map { name -> HTML in
      let setting = settings[name]
      let word =
        setting?.real.map { Typesetting.text(of: .real($0), as: .real(digits: 5)) }
        ?? setting?.string ?? setting?.canonical ?? Typesetting.missing
      return "<td class=\"number\">\(word)</td>"
    }
    let run = row["run"].text.map { uuid -> HTML in
      "<a href=\"\(visit.link("runs", uuid))\">\(String(uuid.prefix(8)))</a>"
    }
    let error = row["error"].text.map { text -> HTML in " <span class=\"muted wrap\">\(text)</span>"
    }
    return """
      <tr><td class="number">\(row["number"].integer ?? 0)</td>\
      <td>\(Shown.state(state))\(error ?? .empty)</td>\(values)\(cells)\
      <td class="number">\(Typesetting.text(of: row["seconds"], as: .seconds))</td>\
      <td class="number">\(row["attempts"].integer ?? 0)</td><td>\(run ?? .empty)</td></tr>

      """
  }

  private func turns(_ shown: [QueryRow], hasMore: Bool) -> HTML {
    let first: HTML =
      table.after == nil
      ? .empty : "<a rel=\"first\" href=\"\(visit.address(changing: ["after": []]))\">First</a> "
    guard hasMore, let last = shown.last, let number = last["number"].integer else { return first }
    let address = visit.address(
      changing: ["after": [TrialTable.place(last["sort_key"], number)]])
    return "\(first)<a rel=\"next\" href=\"\(address)\">Further trials</a>"
  }

  /// What each parameter explains of the objective's variance, and its best settings.
  func effects() throws -> HTML {
    let objective: SQLValue =
      objectives.isEmpty ? .null : .text(objectives[table.objective].name)
    let rows = try tracker.query(
      .sweepParameterEffect, ["sweep": .text(sweep.name), "objective": objective]
    ).entries
    guard !rows.isEmpty else { return "<p class=\"muted\">No trial is finished yet.</p>" }
    let lines = rows.map { row -> HTML in
      let explained = row["explained"].real
      let bar: HTML =
        explained.map {
          "<meter min=\"0\" max=\"1\" value=\"\($0)\" aria-label=\"explained\"></meter> "
        } ?? .empty
      let (from, to) = (row["best_from"].text ?? "", row["best_to"].text ?? "")
      return """
        <tr><th scope="row">\(row["parameter"].text ?? "")</th>\
        <td class="number">\(bar)\(Typesetting.text(of: row["explained"], as: .percent))</td>\
        <td>\(from == to ? from : "\(from) … \(to)")</td>\
        <td class="number">\(Typesetting.text(of: row["best_mean"], as: .real(digits: 5)))</td>\
        <td class="number">\(row["best_trials"].integer ?? 0)</td>\
        <td class="number">\(row["trials"].integer ?? 0)</td></tr>

        """
    }
    let table = PageTable([
      .init("Parameter"), .init("Variance explained", isNumber: true), .init("Best settings"),
      .init("Mean there", isNumber: true), .init("Trials there", isNumber: true),
      .init("Trials", isNumber: true),
    ])
    return """
      <div class="card flush">\(table.html(visit, label: "What each parameter does", rows: lines))</div>
      """
  }

  /// Who holds which trial, and who has worked on the newest ones.
  func work() throws -> HTML {
    let values: [String: SQLValue] = ["sweep": .integer(sweep.id)]
    let held = try tracker.pageRows(Self.held, values)
    let workers = try tracker.pageRows(Self.workers, values)
    let heldLines = held.map { row -> HTML in
      let report =
        row["step"].integer.map {
          "\(Typesetting.text(of: row["report"], as: .real(digits: 5))) at step \($0)"
        } ?? ""
      let run = row["run"].text.map { uuid -> HTML in
        "<a href=\"\(visit.link("runs", uuid))\">\(String(uuid.prefix(8)))</a>"
      }
      let lease: HTML =
        row["is_overdue"].integer == 1
        ? "<span class=\"state failed\">overdue since \(row["expires"].text ?? "")</span>"
        : "until \(row["expires"].text ?? "")"
      return """
        <tr><td>\(row["host"].text ?? "")</td><td class="number">\(row["process_id"].integer ?? 0)</td>\
        <td class="number">\(row["number"].integer ?? 0)</td>\
        <td class="number">\(row["attempt"].integer ?? 0)</td><td>\(row["started"].text ?? "")</td>\
        <td>\(lease)</td><td>\(report)</td><td>\(run ?? .empty)</td></tr>

        """
    }
    let workerLines = workers.map { row -> HTML in
      """
      <tr><td>\(row["host"].text ?? "")</td><td class="number">\(row["process_id"].integer ?? 0)</td>\
      <td class="number">\(row["finished"].integer ?? 0)</td>\
      <td class="number">\(row["pruned"].integer ?? 0)</td>\
      <td class="number">\(row["failed"].integer ?? 0)</td><td>\(row["last_seen"].text ?? "")</td></tr>

      """
    }
    let heldTable = PageTable([
      .init("Host"), .init("Process", isNumber: true), .init("Trial", isNumber: true),
      .init("Attempt", isNumber: true), .init("Began (UTC)"), .init("Lease (UTC)"),
      .init("Reported"), .init("Run"),
    ])
    let now: HTML =
      held.isEmpty
      ? "<p class=\"muted\">Nobody holds a trial.</p>"
      : """
      <div class="card flush">\(heldTable.html(visit, label: "Held trials", rows: heldLines))</div>
      """
    guard !workers.isEmpty else { return now }
    let workerTable = PageTable([
      .init("Host"), .init("Process", isNumber: true), .init("Finished", isNumber: true),
      .init("Pruned", isNumber: true), .init("Failed or lost", isNumber: true),
      .init("Last seen (UTC)"),
    ])
    return """
      \(now)
      <h3>Workers of the newest 500 trials</h3>
      <div class="card flush">\(workerTable.html(visit, label: "Workers", rows: workerLines))</div>
      """
  }

  private static let held = """
    SELECT
      trial.number, attempt.number AS attempt, host, process_id,
      strftime('%H:%M:%S', attempt.started_ms / 1000.0, 'unixepoch') AS started,
      strftime('%H:%M:%S', attempt.expires_ms / 1000.0, 'unixepoch') AS expires,
      attempt.expires_ms < 1000 * unixepoch('now') AS is_overdue, report.step, report.value AS report,
      (SELECT uuid FROM trial_run JOIN run ON run.id = run_id
       WHERE trial_id = trial.id AND computed = 1 ORDER BY run_id DESC LIMIT 1) AS run
    FROM trial
    JOIN trial_attempt AS attempt ON attempt.trial_id = trial.id AND attempt.outcome = 'running'
    LEFT JOIN trial_report AS report
      ON report.trial_id = trial.id
      AND report.step = (SELECT max(step) FROM trial_report WHERE trial_id = trial.id)
      AND report.sweep_id = trial.sweep_id
    WHERE trial.sweep_id = :sweep AND trial.state = 'running'
    ORDER BY host, process_id, trial.number LIMIT 500
    """

  private static let workers = """
    SELECT
      host, process_id, sum(outcome = 'finished') AS finished, sum(outcome = 'pruned') AS pruned,
      sum(outcome IN ('failed', 'lost')) AS failed,
      strftime('%Y-%m-%d %H:%M:%S', max(coalesce(ended_ms, started_ms)) / 1000.0, 'unixepoch')
        AS last_seen
    FROM (SELECT id FROM trial WHERE sweep_id = :sweep ORDER BY number DESC LIMIT 500) AS trial
    JOIN trial_attempt ON trial_id = trial.id
    GROUP BY host, process_id, process_started
    ORDER BY max(coalesce(ended_ms, started_ms)) DESC LIMIT 50
    """
}
