internal import Report
internal import SQLite
internal import Tracker

extension Router {
  /// The pages of studies, evaluations, and models with all of their sets.
  mutating func addStudyPages() {
    on(.get, "/studies") { visit in try visit.studies() }
    on(.get, "/studies/:study") { visit in try visit.studyReport() }
    on(.get, "/studies/:study/detectors") { visit in try visit.studyDetectors() }
    on(.get, "/studies/:study/thresholds") { visit in try visit.thresholds() }
    on(.get, "/studies/:study/mix") { visit in try visit.mix() }
    on(.get, "/studies/:study/roc") { visit in try visit.rocPoints() }
    on(.get, "/static/report/:name") { visit in
      let name = visit.request.parameter("name")
      guard let asset = ReportAsset(rawValue: name) else {
        throw HTTPFailure(.notFound, "there is no file \(name) here")
      }
      return asset.response(to: visit.request)
    }
  }
}

extension Visit {
  /// As many studies, and models, has a page.
  private static let studiesOfPage = 50

  fileprivate func studies() throws -> HTTPResponse {
    let before = try number("before")
    let showsTrials = request.value("trials") == "yes"
    let (studies, models) = try read { tracker in
      let values: [String: SQLValue] = [
        "before": before.map(SQLValue.integer) ?? .null,
        "trials": .integer(showsTrials ? 1 : 0),
        "limit": .integer(Int64(Self.studiesOfPage + 1)),
      ]
      return (
        try tracker.pageRows(Self.studies, values),
        before == nil ? try tracker.pageRows(Self.models, values) : []
      )
    }
    let shown = Array(studies.prefix(Self.studiesOfPage))
    var older = HTML.empty
    if studies.count > Self.studiesOfPage, let last = shown.last?["id"].integer {
      let query = [("before", String(last)), ("trials", showsTrials ? "yes" : nil)]
      older = "<a rel=\"next\" href=\"\(link("studies", query: query))\">Older</a>"
    }
    let newest: HTML = before == nil ? .empty : "<a href=\"\(link("studies"))\">Newest</a> "
    let trials: HTML =
      showsTrials
      ? "<a href=\"\(link("studies"))\">Without those of trials</a>"
      : "<a href=\"\(link("studies", query: [("trials", "yes")]))\">With those of sweeps' trials</a>"
    let list: HTML =
      shown.isEmpty
      ? "<p class=\"lead\">No study yet. <code>assay reproduce</code> does a whole one.</p>"
      : studyTable("Studies and evaluations", shown)
    let modelList: HTML =
      models.isEmpty
      ? .empty
      : """
      <h2>Models</h2>
      <p class="muted">Each with all of its sets whose thresholds were chosen.</p>
      \(studyTable("Models", Array(models.prefix(Self.studiesOfPage))))
      """
    return page(
      title: "Studies",
      """
      \(HTML.recordsStyle)
      <div id="studies" data-live>
      \(list)
      <div class="more">\(newest)\(older) \(trials)</div>
      \(modelList)
      </div>
      """, isLive: true)
  }

  private func studyTable(_ title: String, _ rows: [QueryRow]) -> HTML {
    let lines = rows.map { row -> HTML in
      let (uuid, state) = (row["uuid"].text ?? "", row["state"].text ?? "")
      let about = row["about"].text ?? row["kind"].text ?? ""
      return """
        <tr><td><a href="\(link("studies", uuid))">\(String(uuid.prefix(8)))</a></td>\
        <td>\(about)</td><td>\(Shown.state(state))</td>\
        <td class="wrap">\(row["name"].text ?? "")</td>\
        <td>\(PrintedName.ofDataset(row["dataset"].text ?? ""))</td>\
        <td class="wrap">\(row["attacks"].text ?? "")</td>\
        <td class="number">\(row["seed"].integer.map(String.init) ?? "")</td>\
        <td>\(row["created"].text ?? "")</td></tr>

        """
    }
    let table = PageTable([
      .init("Study"), .init("Of"), .init("State"), .init("Name"), .init("Data"), .init("Attacks"),
      .init("Seed", isNumber: true), .init("Created (UTC)"),
    ])
    return "<div class=\"card flush\">\(table.html(self, label: title, rows: lines))</div>"
  }

  /// A whole number in the address.
  ///
  /// - Throws: ``HTTPFailure`` of status 400 if it is none.
  func number(_ name: String) throws(HTTPFailure) -> Int64? {
    guard let text = request.value(name), !text.isEmpty else { return nil }
    guard let number = Int64(text) else {
      throw HTTPFailure(.badRequest, "\(name) in the address is no whole number")
    }
    return number
  }

  private static let studies = """
    SELECT
      run.id, run.uuid, run.kind, coalesce(run_label.name, run.name) AS name, run.state, run.seed,
      configuration ->> '$.dataset' AS dataset,
      CASE run.kind
        WHEN 'reproduce' THEN 'detection'
        WHEN 'study' THEN configuration ->> '$.study'
        ELSE run.kind
      END
      || coalesce(
        (SELECT ' (' || sweep.name || ', trial ' || trial.number || ')'
         FROM trial_run
         JOIN trial ON trial.id = trial_run.trial_id
         JOIN sweep ON sweep.id = trial.sweep_id
         WHERE trial_run.run_id = run.id AND computed = 1 LIMIT 1), '') AS about,
      (SELECT group_concat(substr(role, 12), ', ')
       FROM lineage WHERE lineage.run_id = run.id AND role GLOB 'thresholds.*') AS attacks,
      strftime('%Y-%m-%d %H:%M', run.created_ms / 1000.0, 'unixepoch') AS created
    FROM run
    LEFT JOIN run_label ON run_label.run_id = run.id
    WHERE run.kind IN ('reproduce', 'study', 'evaluation')
      AND (:before IS NULL OR run.id < :before)
      AND (:trials OR EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = run.id))
      AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
    ORDER BY run.id DESC LIMIT :limit
    """

  private static let models = """
    SELECT
      run.id, run.uuid, run.kind, coalesce(run_label.name, run.name) AS name, run.state, run.seed,
      training_run.dataset, training_run.architecture AS about,
      (SELECT group_concat(attack, ', ') FROM (
         SELECT DISTINCT attack FROM adversarial_set WHERE model_id = run.id ORDER BY attack LIMIT 12))
        AS attacks,
      strftime('%Y-%m-%d %H:%M', run.created_ms / 1000.0, 'unixepoch') AS created
    FROM training_run
    JOIN run ON run.id = training_run.run_id
    LEFT JOIN run_label ON run_label.run_id = run.id
    WHERE EXISTS (
        SELECT 1 FROM measurement
        JOIN threshold_result ON threshold_result.measurement_id = measurement.run_id
        WHERE measurement.model_id = training_run.run_id)
      AND (:trials OR EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = run.id))
      AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
    ORDER BY training_run.run_id DESC LIMIT :limit
    """
}
