internal import SQLite
internal import Tracker

extension Router {
  /// The list of runs.
  mutating func addRunList() {
    on(.get, "/") { visit in try visit.runs() }
  }
}

extension Visit {
  /// The runs that the address chooses, in groups or a page at a time.
  fileprivate func runs() throws -> HTTPResponse {
    let question = RunsQuestion(self)
    let (facets, content, isAlone, problem) = try read { tracker in
      let facets = try tracker.runFacets()
      do {
        let (content, isAlone) = try self.content(question, in: tracker)
        return (facets, content, isAlone, String?.none)
      } catch let error as RunExpressionError {
        return (facets, HTML.empty, false, error.description)
      } catch let error as SQLiteError where error.kind == .wrongQuery {
        return (facets, HTML.empty, false, error.description)
      }
    }
    if isAlone { return page(title: "Runs", content, isLive: true) }
    let compare: HTML = """
      <span class="muted" data-chosen-count aria-live="polite"></span>
      <button form="chosen" data-needs-chosen="2">Compare</button>
      """
    return page(
      title: "Runs",
      """
      \(RunsFilters(visit: self, question: question, facets: facets).html)
      \(problem.map { HTML.alert($0) } ?? .empty)
      \(content)
      """, status: problem == nil ? .ok : .badRequest, isLive: problem == nil,
      scripts: PageTable.scripts, actions: question.key == nil && problem == nil ? compare : .empty)
  }

  /// The table, or what stands in its place; and whether the database has no runs at all.
  private func content(
    _ question: RunsQuestion, in tracker: Tracker
  ) throws -> (HTML, isAlone: Bool) {
    if let key = question.key {
      let groups = try RunGroups(self, question, by: key, in: tracker)
      return (groups.isEmpty ? Self.nothing : groups.html, false)
    }
    let table = try RunsTable(self, question, in: tracker)
    guard table.isEmpty else { return (table.html, false) }
    let hasRuns = try tracker.read { connection in
      try !connection.rows("SELECT 1 FROM run LIMIT 1") { _ in true }.isEmpty
    }
    guard !hasRuns else { return (Self.nothing, false) }
    let first: HTML = """
      <div class="card empty" id="runs" data-live><p>No runs yet.</p>
      <p>Record any command with <code>assay run -- COMMAND</code>, or repeat the study with \
      <code>assay reproduce</code>. They appear here by themselves.</p></div>
      """
    return (first, true)
  }

  private static let nothing: HTML = """
    <div class="card empty" id="runs" data-live>No run is like that.</div>
    """
}
