internal import Report
internal import SQLite
internal import Tracker

extension Router {
  /// SQL: an editor, the queries that have names, and what they give.
  mutating func addSQL() {
    on(.get, "/sql") { visit in try visit.sql() }
    on(.get, "/sql/rows.csv") { visit in try visit.sqlRows(as: .csv) }
    on(.get, "/sql/rows.jsonl") { visit in try visit.sqlRows(as: .jsonl) }
  }
}

extension Visit {
  fileprivate func sql() throws -> HTTPResponse {
    let question = try SQLQuestion(self)
    let (views, result, status) = try read { tracker in
      let views = try database.publicViews(in: tracker)
      do {
        guard let query = question.query else { return (views, HTML.empty, HTTPStatus.ok) }
        let values = try question.values(self, in: tracker)
        let answer = try SQLAnswer(question, query, values, in: tracker)
        return (views, self.result(answer, question), HTTPStatus.ok)
      } catch {
        let failure = HTTPFailure(of: error)
        guard failure.status != .internalError else { throw error }
        return (views, HTML.alert(failure.message), failure.status)
      }
    }
    let schema = JSONValue.object(
      Dictionary(views.map { ($0.name, .array($0.columns.map(JSONValue.string))) }) { $1 })
    return page(
      title: question.isNamed ? question.query?.name ?? "SQL" : "SQL",
      """
      <div class="columns side-first sql"><aside class="stack">\(namedQueries(question))\(schemaList(views))</aside>
      <div class="stack">\(editor(question))<div id="result" class="stack">\(result)</div></div></div>
      <script type="application/json" id="schema">\(HTML(json: schema))</script>
      """, status: status, scripts: PlotFigure.scripts + [.sqlScript])
  }

  // MARK: - What is asked

  private func editor(_ question: SQLQuestion) -> HTML {
    let limits = [
      HTML.choice(
        "Rows", name: "rows", SQLQuestion.rowLimits.map { ("\($0)", "\($0) at most") },
        value: "\(question.rowLimit)"),
      HTML.choice(
        "Time", name: "seconds", SQLQuestion.timeLimits.map { ("\($0)", "\($0) s at most") },
        value: "\(Int(question.seconds))"),
    ]
    guard question.isNamed, let query = question.query else {
      let fields = (question.query.map { parameterNames(of: $0) } ?? []).map { name in
        HTML.field(":\(name)", name: "p-\(name)", value: request.value("p-\(name)"))
      }
      let example = "SELECT kind, count(*) AS runs FROM runs GROUP BY kind"
      return """
        <form class="card stack" method="get" action="\(link("sql"))" id="editor">
        <div class="field editor"><label for="query">A query, which can only read</label>
        <textarea id="query" name="q" class="mono" rows="8" spellcheck="false" autocomplete="off" \
        aria-describedby="keys" placeholder="\(example)">\(HTML(lines: "\n" + question.text))</textarea></div>
        <div class="filters">\(fields)\(limits)<div class="field"><button class="main">Run</button></div>
        <p class="muted" id="keys">Ctrl+Enter runs it.</p></div></form>
        """
    }
    let fields = query.parameters.map(parameterField)
    let details = query.details.map { text -> HTML in "<p class=\"muted\">\(text)</p>" }
    let open = site.address(of: database, ["sql"], [("q", query.sql)])
    return """
      <form class="card stack" method="get" action="\(link("sql"))">
      <div><p>\(query.summary)</p>\(details)</div>
      <input type="hidden" name="name" value="\(query.name)">
      <div class="filters">\(fields)\(limits)<div class="field"><button class="main">Run</button></div></div>
      <details><summary>Its text</summary><pre class="output">\(HTML(lines: query.sql))</pre>
      <p><a href="\(open)">Edit it as a query of your own</a></p></details></form>
      """
  }

  private func parameterNames(of query: NamedQuery) -> [String] {
    (try? read { tracker in try tracker.read { try $0.cursor(query.sql).parameters } }) ?? []
  }

  private func parameterField(_ parameter: QueryParameter) -> HTML {
    let name = "p-\(parameter.name)"
    let label = parameter.name.replacing("_", with: " ")
    let hint = [parameter.unbound, parameter.meaning].filter { !$0.isEmpty }.joined(separator: "; ")
    if case .choice(let texts) = parameter.kind {
      return .choice(
        label, name: name, texts.map { ($0, $0) }, value: request.value(name),
        none: parameter.unbound.isEmpty ? "all" : parameter.unbound)
    }
    return .field(label, name: name, value: request.value(name), hint: hint)
  }

  // MARK: - What it gives

  private func result(_ answer: SQLAnswer, _ question: SQLQuestion) -> HTML {
    let milliseconds = Int(answer.duration / .milliseconds(1))
    let count = answer.rows.count
    let words =
      (answer.isCut ? "The first \(count) rows" : count == 1 ? "1 row" : "\(count) rows")
      + " in \(milliseconds) ms"
    let isChart = given("show") == "chart"
    func tab(_ title: String, _ value: String, isOn: Bool) -> HTML {
      let mark: HTML = isOn ? " aria-current=\"true\"" : ""
      let target = address(changing: ["show": value.isEmpty ? [] : [value]])
      return "<a class=\"button\" href=\"\(target)\"\(mark)>\(title)</a>"
    }
    func download(_ title: String, _ name: String) -> HTML {
      let query = request.query.filter { !$0.value.isEmpty }.map {
        ($0.name, String?.some($0.value))
      }
      return """
        <a class="button" href="\(site.address(of: database, ["sql", name], query))" download>\(title)</a>
        """
    }
    let head: HTML = """
      <div class="head"><span class="tabs">\(tab("Table", "", isOn: !isChart))\(tab("Chart", "chart", isOn: isChart))</span>\
      <span class="muted">\(words)</span><span class="downloads">\(download("CSV", "rows.csv")) \
      \(download("JSON Lines", "rows.jsonl"))</span></div>
      """
    return "\(head)\(isChart ? SQLChart(self, answer).html(self) : table(answer))"
  }

  private func table(_ answer: SQLAnswer) -> HTML {
    guard !answer.rows.isEmpty else { return "<p class=\"card empty\">No rows.</p>" }
    let numeric = Set(answer.numericColumns)
    let heads = answer.columns.enumerated().map { place, name -> HTML in
      "<th scope=\"col\"\(numeric.contains(place) ? " class=\"number\"" as HTML : .empty)>\(name)</th>"
    }
    // A run's UUID leads to the run, whichever column it is in.
    let rows = answer.rows.map { row -> HTML in
      let cells = row.enumerated().map { place, value -> HTML in
        if let text = value.text, text.isRunUUID {
          return
            "<td class=\"mono\"><a href=\"\(link("runs", text))\" title=\"\(text)\">\(text.prefix(8))</a></td>"
        }
        return
          "<td class=\"\(numeric.contains(place) ? "number" : "cut")\">\(Shown.value(value))</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="card flush"><div class="scroll pane" role="region" aria-label="Rows" tabindex="0"><table>
      <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div></div>
      """
  }

  // MARK: - What can be asked

  private static let queriesWithNames = (try? QueryCatalogue().queries) ?? []

  private func namedQueries(_ question: SQLQuestion) -> HTML {
    let own: HTML =
      question.isNamed
      ? "<p><a class=\"button\" href=\"\(link("sql"))\">A query of your own</a></p>" : .empty
    let groups = QueryCatalogue.groupTitles.map { group, title -> HTML in
      let members = Self.queriesWithNames.filter { $0.group == group }
      let isOpen = members.contains { question.isNamed && $0.name == question.query?.name }
      let items = members.map { query -> HTML in
        let mark: HTML =
          question.isNamed && query.name == question.query?.name ? " aria-current=\"true\"" : ""
        let target = site.address(of: database, ["sql"], [("name", query.name)])
        return
          "<li><a href=\"\(target)\" title=\"\(query.summary)\"\(mark)>\(query.name)</a></li>\n"
      }
      return """
        <details\(isOpen ? " open" as HTML : .empty)><summary>\(title)</summary><ul class="names">\(items)</ul></details>

        """
    }
    return "<section class=\"card\"><h2>Queries with names</h2>\(own)\(groups)</section>"
  }

  private func schemaList(_ views: [PublicView]) -> HTML {
    let entries = views.map { view -> HTML in
      let columns = view.columns.map { name -> HTML in
        "<li><code data-insert=\"\(name)\">\(name)</code></li>"
      }
      return """
        <details><summary><code>\(view.name)</code></summary><ul class="names">\(columns)</ul></details>

        """
    }
    return """
      <section class="card"><h2>Views</h2><div class="views" tabindex="0" role="region" aria-label="Views">\(entries)</div></section>
      """
  }
}
