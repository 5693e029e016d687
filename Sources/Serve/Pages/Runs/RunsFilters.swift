internal import Tracker

/// The form above the list of runs: which runs, which columns, in which groups.
struct RunsFilters {
  let visit: Visit
  let question: RunsQuestion
  let facets: RunFacets

  var html: HTML {
    func choice(_ label: String, _ name: String, _ values: [String], none: String) -> HTML {
      guard !values.isEmpty || visit.given(name) != nil else { return .empty }
      return .choice(
        label, name: name, values.map { ($0, $0) }, value: visit.given(name), none: none)
    }
    let keys = facets.parameters.map { (RunsQuestion.expression("parameter", $0), $0) }
    let own = [("kind", "kind"), ("state", "state"), ("group_name", "group"), ("name", "name")]
    let aside = [("archived", "with archived"), ("deleted", "deleted alone")]
    return """
      <form class="filters quick" method="get" action="\(visit.link())" aria-label="Which runs">
      \(HTML.field("Condition", name: "where", value: visit.given("where"),
        hint: "metric.loss < 0.1 AND parameter.lr = 0.01 AND tag.baseline", isGrowing: true))
      <div class="field"><button>Show</button> <a class="button" href="\(visit.link())">Reset</a></div>
      \(columns)
      <span class="break"></span>
      \(choice("Kind", "kind", facets.kinds, none: "every kind"))
      \(choice("State", "state", RunState.allCases.map(\.rawValue), none: "every state"))
      \(choice("Group", "group", facets.groups, none: "every group"))
      \(choice("Tag", "tag", facets.tags, none: "any"))
      \(choice("Data set", "dataset", facets.datasets, none: "any"))
      \(HTML.choice("Grouped by", name: "by", own + keys, value: question.key, none: "nothing"))
      \(HTML.choice("Put aside", name: "aside", aside, value: visit.given("aside"), none: "left out"))
      <div class="field">\(HTML.tick("Trials of sweeps", name: "trials", value: "1",
        isOn: visit.given("trials") != nil))</div>
      \(visit.carriedFields(without: [
        "where", "kind", "state", "group", "tag", "dataset", "by", "aside", "trials", "column", "after",
      ]))
      </form>
      """
  }

  /// The menu in which columns are ticked.
  private var columns: HTML {
    let parameters = facets.parameters.map { (RunsQuestion.expression("parameter", $0), $0) }
    let metrics = facets.metrics.map { (RunsQuestion.expression("metric", $0), $0) }
    let known = Set((parameters + metrics).map(\.0))
    let others = question.columns.filter { !known.contains($0) }.map { ($0, $0) }
    func part(_ title: String, _ entries: [(String, String)]) -> HTML {
      guard !entries.isEmpty else { return .empty }
      let ticks = entries.map { expression, name in
        HTML.tick(
          name, name: "column", value: expression, isOn: question.columns.contains(expression))
      }
      return "<h3>\(title)</h3>\(ticks)"
    }
    let count = question.columns.isEmpty ? "" : " (\(question.columns.count))"
    return """
      <details class="menu"><summary>Columns\(count)</summary><div>
      \(part("Chosen", others))\(part("Metrics, their last value", metrics))\(part("Parameters", parameters))
      <h3><label for="field-column">Any expression</label></h3>
      <input id="field-column" name="column" placeholder="metric.loss.min" spellcheck="false" autocomplete="off">
      <p></p><button class="main">Show columns</button>
      </div></details>
      """
  }
}
