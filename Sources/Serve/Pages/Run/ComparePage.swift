internal import SQLite
internal import Tracker

extension Router {
  /// Several runs side by side.
  mutating func addComparison() {
    on(.get, "/compare") { visit in try visit.compare() }
  }
}

/// The values of several runs, a line each: what differs comes first.
struct RunTableau {
  /// A value of each run.
  struct Line {
    let section: String
    let name: String
    var values: [SQLValue]
    var differs: Bool { values.contains { $0 != values[0] } }
  }

  let runs: [Run]
  private(set) var lines: [Line] = []
  /// The metrics of any of the runs; those that most of them have come first.
  let metrics: [String]

  init(of runs: [Run], in tracker: Tracker) throws {
    self.runs = runs
    var places: [[String]: Int] = [:]
    var lines: [Line] = []
    func set(_ section: String, _ name: String, _ value: SQLValue, _ run: Int) {
      let key = [section, name]
      let place = places[key] ?? lines.count
      if place == lines.count {
        lines.append(
          Line(section: section, name: name, values: runs.map { _ in SQLValue.null }))
        places[key] = place
      }
      lines[place].values[run] = value
    }
    var counts: [String: Int] = [:]
    for (place, run) in runs.enumerated() {
      let (columns, rows) = try tracker.read { connection in
        try connection.query(
          """
          SELECT kind, state, seed, created, duration_seconds AS duration, group_name AS "group",
            git_commit AS "commit", host
          FROM runs WHERE run = :run
          """, ["run": .text(run.uuid)])
      }
      for (name, value) in zip(columns, rows.first ?? []) { set("Run", name, value, place) }
      let parameters = try tracker.read { connection in
        try connection.query(
          "SELECT parameter, value FROM parameters WHERE run = :run ORDER BY parameter",
          ["run": .text(run.uuid)]
        ).rows
      }
      for row in parameters { set("Parameters", row[0].text ?? "", row[1], place) }
      for metric in try tracker.lastMetrics(of: run) {
        counts[metric.name, default: 0] += 1
        set("Metrics", metric.name, metric.value.map(SQLValue.real) ?? .null, place)
      }
    }
    let order = ["Metrics", "Parameters", "Run"]
    self.lines = lines.sorted { left, right in
      if left.differs != right.differs { return left.differs }
      if left.section != right.section {
        return (order.firstIndex(of: left.section) ?? 3)
          < (order.firstIndex(of: right.section) ?? 3)
      }
      return left.section != "Run" && left.name < right.name
    }
    metrics = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }
}

extension Visit {
  fileprivate func compare() throws -> HTTPResponse {
    let names = request.values("run").filter { !$0.isEmpty }
    guard !names.isEmpty else {
      return page(
        title: "Compare",
        """
        <div class="card empty">Choose runs in <a href="\(link())">the list</a>, then Compare.</div>
        """)
    }
    let tableau = try read { tracker in
      let runs = try names.prefix(Self.mostCurves).map { try tracker.run(matching: $0) }
        .reduce(into: [Run]()) { known, run in if !known.contains(run) { known.append(run) } }
      return try RunTableau(of: runs, in: tracker)
    }
    let showsAll = given("all") != nil
    let differing = tableau.lines.count(where: \.differs)
    let lines = tableau.lines.prefix(showsAll ? tableau.lines.count : differing)
    let plots = tableau.metrics.prefix(Self.mostPlots).map { metric in
      curvePlot(of: metric, runs: tableau.runs)
    }
    let metrics: HTML =
      plots.isEmpty
      ? .empty
      : """
      <section><div class="head"><h2>Curves</h2>\(PlotFigure.controls(self))</div>
      <div class="plots" id="curves" data-live="items">\(plots)</div></section>
      """
    let cut: HTML =
      names.count > Self.mostCurves
      ? "<p class=\"muted\">The first \(Self.mostCurves) of \(names.count) runs.</p>" : .empty
    return page(
      title: "\(tableau.runs.count) runs",
      """
      \(cut)<div class="stack">
      \(comparedTable(tableau, Array(lines), showsAll: showsAll))
      \(metrics)</div>
      """, isLive: true, scripts: PlotFigure.scripts,
      actions: "<a class=\"button\" href=\"\(link())\">Choose others</a>")
  }

  private func comparedTable(
    _ tableau: RunTableau, _ lines: [RunTableau.Line], showsAll: Bool
  ) -> HTML {
    let heads = tableau.runs.enumerated().map { place, run -> HTML in
      let others = request.values("run").filter { !run.uuid.hasPrefix($0) && $0 != run.uuid }
      let remove: HTML =
        tableau.runs.count < 2
        ? .empty
        : """
         <a href="\(address(changing: ["run": others]))" aria-label="Leave out \(run.uuid.prefix(8))" \
        title="Leave out">×</a>
        """
      return """
        <th scope="col" class="cut"><span class="key series-\(place % 7)"></span>\
        <a href="\(link("runs", run.uuid))">\(run.name ?? String(run.uuid.prefix(8)))</a>\(remove)\
        <br><span class="muted mono">\(run.uuid.prefix(8))</span></th>
        """
    }
    var section = ""
    let rows = lines.map { line -> HTML in
      let cells = line.values.map { value -> HTML in
        let shown: HTML =
          line.name == "duration" && line.section == "Run"
          ? "\(Shown.duration(value.real))"
          : line.name == "created" ? Shown.time(value.text) : Shown.value(value)
        return "<td class=\"\(Shown.isNumber(value) ? "number" : "cut")\">\(shown)</td>"
      }
      let title = "\(line.section)\(line.differs ? "" : ", the same in all")"
      let head: HTML =
        title == section
        ? .empty
        : """
        <tr class="section"><th scope="rowgroup" colspan="\(line.values.count + 1)">\(title)</th></tr>

        """
      section = title
      return """
        \(head)<tr class="\(line.differs ? "differs" : "same")"><th scope="row" class="wrap first">\(line.name)</th>\(cells)</tr>

        """
    }
    let note: HTML =
      lines.isEmpty ? "<p class=\"more muted\">Nothing differs between them.</p>" : .empty
    let other: HTML =
      showsAll
      ? "<a href=\"\(address(changing: ["all": []]))\">Only what differs</a>"
      : "<a href=\"\(address(changing: ["all": ["1"]]))\">Also what is the same</a>"
    return """
      <section class="card flush"><div class="scroll compared" role="region" aria-label="Values of the runs" tabindex="0">
      <table><thead><tr><th scope="col" class="first">Value</th>\(heads)</tr></thead>
      <tbody id="compared" data-live>\(rows)</tbody></table></div>\(note)<div class="more">\(other)</div></section>
      """
  }
}
