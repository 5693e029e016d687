internal import SQLite
internal import Tracker

extension Router {
  /// A run, its curves, output, artifacts and labels, and several runs side by side.
  mutating func addRunPage() {
    on(.get, "/runs/:run") { visit in try visit.run() }
    on(.get, "/runs") { visit in .seeOther(visit.link()) }
    addCurves()
    addOutput()
    addArtifacts()
    addLabels()
    addComparison()
  }
}

extension Visit {
  /// Everything that is recorded of a run.
  fileprivate func run() throws -> HTTPResponse {
    let name = request.parameter("run")
    return try read { tracker in
      let run = try tracker.run(matching: name)
      let record = try RunRecord(of: run, in: tracker)
      let output = try outputPart(of: run, in: tracker)
      let difference = try difference(of: record, in: tracker)
      return page(
        title: record.title,
        """
        <div class="columns"><div class="stack">
        \(resultsPart(of: record))\(curvesPart(of: record))\(output)\(lineagePart(of: record))\
        \(provenancePart(of: record, difference: difference))
        </div><div class="stack">
        \(factsPart(of: record))\(parametersPart(of: record))\(artifactsPart(of: record))\
        \(labelsPart(of: record))\(attributesPart(of: record))
        </div></div>
        """, isLive: true, scripts: PlotFigure.scripts + [.runScript], actions: state(of: record))
    }
  }

  private func state(of record: RunRecord) -> HTML {
    let facts = record.facts
    return """
      <span id="state" data-live class="tags">\(Shown.state(facts["state"].text ?? ""))\
      \(Shown.progress(done: facts["progress_done"].integer ?? 0, total: facts["progress_total"].integer))\
      \(facts["hidden"].text.map { "<span class=\"tag\">\($0)</span>" as HTML } ?? .empty)</span>
      """
  }

  private func factsPart(of record: RunRecord) -> HTML {
    let facts = record.facts
    let command = RepeatedCommand(of: record)
    let repeated = command.map { command -> HTML in
      """
      <dt>To repeat</dt><dd><code id="command">\(command.text)</code> \
      <button type="button" class="plain" data-copy="command" hidden>Copy</button></dd>
      """
    }
    let trial = record.trial.map { sweep, number -> HTML in
      "<dt>Trial</dt><dd>\(number) of \(sweep)</dd>"
    }
    let error = facts["error"].text.map { text -> HTML in
      "<dt>Error</dt><dd class=\"state failed\">\(text)</dd>"
    }
    return """
      <section class="card"><h2>Run</h2><dl class="pair" id="facts" data-live>
      <dt>UUID</dt><dd class="mono">\(record.run.uuid)</dd>
      <dt>Kind</dt><dd>\(record.run.kind)</dd>
      \(error ?? .empty)
      <dt>Created (UTC)</dt><dd>\(Shown.time(facts["created"].text))</dd>
      <dt>Finished (UTC)</dt><dd>\(Shown.time(facts["finished"].text))</dd>
      <dt>Duration</dt><dd>\(Shown.duration(facts["duration_seconds"].real))</dd>
      <dt>Attempts</dt><dd>\(facts["executions"].integer ?? 0)</dd>
      <dt>Seed</dt><dd>\(Shown.value(facts["seed"]))</dd>
      <dt>Key</dt><dd class="mono">\(Shown.value(facts["key"]))</dd>
      \(trial ?? .empty)\(repeated ?? .empty)</dl></section>

      """
  }

  private func parametersPart(of record: RunRecord) -> HTML {
    let rows = record.parameters.map { row -> HTML in
      """
      <tr><th scope="row" class="wrap">\(row["parameter"].text ?? "")</th>\
      <td class="wrap \(Shown.isNumber(row["value"]) ? "number" : "")">\(Shown.value(row["value"]))</td></tr>

      """
    }
    guard !rows.isEmpty else { return .empty }
    return """
      <section class="card flush"><h2>Parameters</h2><div class="scroll short" role="region" aria-label="Parameters" tabindex="0">
      <table><tbody id="parameters" data-live>\(rows)</tbody></table></div></section>

      """
  }

  private func artifactsPart(of record: RunRecord) -> HTML {
    let rows = record.artifacts.map { row -> HTML in
      let name = row["artifact"].text ?? ""
      return """
        <tr><th scope="row" class="wrap"><a href="\(artifactLink(record.run, name))">\(name)</a></th>\
        <td class="number">\(Shown.bytes(row["size"].integer ?? 0))</td>\
        <td><a href="\(artifactLink(record.run, name, bytes: true))" download aria-label="Download \(name)">Save</a></td></tr>

        """
    }
    guard !rows.isEmpty || record.run.state == .running else { return .empty }
    return """
      <section class="card flush"><h2>Artifacts</h2><div class="scroll short" role="region" aria-label="Artifacts" tabindex="0">
      <table><tbody id="artifacts" data-live>\(rows)</tbody></table></div></section>

      """
  }

  private func attributesPart(of record: RunRecord) -> HTML {
    let rows = record.attributes.map { row -> HTML in
      """
      <dt>\(row["attribute"].text ?? "")</dt><dd>\(Shown.value(row["value"]))</dd>

      """
    }
    guard !rows.isEmpty else { return .empty }
    return """
      <section class="card"><details><summary>What MLflow's client says of it</summary>\
      <dl class="pair">\(rows)</dl></details></section>

      """
  }

  private func curvesPart(of record: RunRecord) -> HTML {
    guard !record.metrics.isEmpty || record.run.state == .running else { return .empty }
    // A metric with one value has no curve.
    let values = record.metrics.map { metric -> HTML in
      """
      <tr id="metric-\(PercentCoding.encoded(metric.name))"><th scope="row" class="wrap">\(metric.name)</th>\
      <td class="number">\(Shown.value(metric.value.map(SQLValue.real) ?? .null))</td>\
      <td class="number">\(metric.step)</td></tr>

      """
    }
    let plots = record.metrics.prefix(Self.mostPlots).map { metric in
      curvePlot(of: metric.name, runs: [record.run])
    }
    let left: HTML =
      record.metrics.count > Self.mostPlots
      ? "<p class=\"muted\">The first \(Self.mostPlots) of \(record.metrics.count) metrics have a plot here.</p>"
      : .empty
    return """
      <section><div class="head"><h2>Metrics</h2>\(PlotFigure.controls(self))</div>
      <div class="plots" id="curves" data-live="items">\(plots)</div>\(left)
      <details class="card flush values"\(plots.count > 6 ? "" : " open" as HTML)><summary>Last values</summary>
      <div class="scroll short" role="region" aria-label="Last values" tabindex="0"><table>
      <thead><tr><th scope="col">Metric</th><th scope="col" class="number">Last value</th><th scope="col" class="number">Step</th></tr></thead>
      <tbody id="values" data-live="rows">\(values)</tbody></table></div></details></section>

      """
  }

  /// How many plots a page has at most.
  static let mostPlots = 60

  private func lineagePart(of record: RunRecord) -> HTML {
    guard !record.lineage.members.isEmpty else { return .empty }
    return """
      <section class="card"><h2>Lineage</h2>\(record.lineage.drawing(around: record.run.uuid, self))</section>

      """
  }

  private func resultsPart(of record: RunRecord) -> HTML {
    let parts = record.results.map { title, result -> HTML in
      guard result.rows.count == 1 else { return long(title, result) }
      let pairs = zip(result.columns, result.rows[0]).map { name, value -> HTML in
        "<dt>\(name.replacing("_", with: " "))</dt><dd>\(Shown.value(value))</dd>\n"
      }
      return "<section class=\"card\"><h2>\(title)</h2><dl class=\"pair\">\(pairs)</dl></section>\n"
    }
    return HTML(joining: parts)
  }

  private func long(_ title: String, _ result: QueryResult) -> HTML {
    let heads = result.columns.map { name -> HTML in
      "<th scope=\"col\">\(name.replacing("_", with: " "))</th>"
    }
    let rows = result.rows.map { row -> HTML in
      let cells = row.map { value -> HTML in
        "<td class=\"\(Shown.isNumber(value) ? "number" : "")\">\(Shown.value(value))</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <section class="card flush"><h2>\(title)</h2><div class="scroll" role="region" aria-label="\(title)" tabindex="0">
      <table><thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div></section>

      """
  }
}
