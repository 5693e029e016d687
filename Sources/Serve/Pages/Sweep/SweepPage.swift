internal import Report
internal import SQLite
internal import Tracker

extension Visit {
  /// A sweep: how far it is, what was found, what each parameter does, its trials, and who works on them.
  func sweepPage() throws -> HTTPResponse {
    let (name, state) = try read { tracker in
      let sheet = try SweepSheet(of: self, in: tracker)
      return (sheet.sweep.name, try sheet.state())
    }
    return streamedPage(
      title: "Sweep \(name)", head: state, isLive: true, scripts: [.figureScript, .sweepScript]
    ) {
      try read { tracker in try SweepSheet(of: self, in: tracker).trialsAndWork() }
    }
  }
}

/// The page of one sweep.
struct SweepSheet {
  let visit: Visit
  let sweep: Sweep
  let table: TrialTable
  let space: SweepSpace
  let tracker: Tracker

  var objectives: [SweepObjective] { sweep.description.objectives }

  /// Finds the sweep that the address of a visit names, and what the address asks of its trials.
  ///
  /// - Throws: ``HTTPFailure``, `TrackerError`, `SQLiteError`.
  init(of visit: Visit, in tracker: Tracker) throws {
    self.visit = visit
    self.tracker = tracker
    sweep = try visit.sweep(in: tracker)
    table = try TrialTable(visit.request, objectives: sweep.description.objectives)
    space = try SweepSpace(of: sweep, in: tracker)
  }

  /// The beginning of the page: how far the sweep is, and what was found.
  func state() throws -> HTML {
    """
    \(HTML.recordsStyle)\(HTML.reportStyle)
    <div id="sweep" data-points="\(address("points"))" data-objective="\(table.objective)">
    <div id="sweep-state" data-live>
    \(try summary())
    </div>
    \(actions)
    """
  }

  /// The rest of the page.
  func trialsAndWork() throws -> HTML {
    """
    <section aria-labelledby="best-title"><h2 id="best-title">Best value so far</h2>
    <div class="report card"><div class="chart" data-plot="history">\(fallback(.sweepHistory, "The best value by trial"))</div></div></section>
    <section aria-labelledby="parallel-title"><h2 id="parallel-title">Trials across the parameters</h2>
    <p class="muted" data-help="parallel" hidden>Drag along an axis to keep the trials that pass there; the \
    fields below do the same. Bright lines are the better trials.</p>
    <div class="report card"><div class="chart" data-plot="parallel">\(fallback(.sweepParameters, "Trials across the parameters"))</div></div>
    \(filters)
    </section>
    <section aria-labelledby="trials-title"><h2 id="trials-title">Trials</h2>
    <div id="sweep-trials" data-live>
    \(try trials())
    </div></section>
    <section aria-labelledby="effects-title"><h2 id="effects-title">What each parameter does</h2>
    <div id="sweep-effects" data-live>
    \(try effects())
    </div>
    <div class="report" data-drawing="\(address("effects"))">\(fallback(.sweepEffects, "What each parameter does"))</div></section>
    <section aria-labelledby="work-title"><h2 id="work-title">Who works on what</h2>
    <div id="sweep-work" data-live>
    \(try work())
    </div></section>
    </div>
    """
  }

  func address(_ rest: String...) -> String {
    visit.site.address(
      of: visit.database,
      [
        "sweeps", [".", ".."].contains(sweep.name) ? sweep.uuid : sweep.name,
      ] + rest, objectives.count > 1 ? [("objective", objectives[table.objective].name)] : [])
  }

  /// The report's own drawing, which a browser without scripts asks for.
  private func fallback(_ figure: Figure, _ words: String) -> HTML {
    guard sweep.counts.judged <= Visit.mostDrawn else {
      return "<noscript>\(Visit.tooMany(for: figure))</noscript>"
    }
    let drawing = address("\(figure.rawValue).svg")
    return """
      <noscript><a href="\(drawing)"><img src="\(drawing)" alt="\(words)" loading="lazy" width="720"></a></noscript>
      """
  }

  private func summary() throws -> HTML {
    let (counts, budget) = (sweep.counts, sweep.description.budget.trials)
    let state = sweep.state.rawValue
    let best = try tracker.bestTrial(of: sweep)
    let rate = counts.running > 0 ? try tracker.trialRate(of: sweep) : nil
    let left = rate.map { Double(max(0, budget - counts.finished)) / $0 }
    func fact(_ name: String, _ value: HTML) -> HTML {
      "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }
    func count(_ number: Int) -> HTML { "\(Typesetting.grouped(Int64(number)))" }
    let objective = objectives.first.map { "\($0.goal.rawValue) \($0.name)" } ?? ""
    let value: HTML =
      best.map {
        "<b>\(Typesetting.text(of: .real($0.value), as: .real(digits: 6)))</b> in trial \($0.number)"
      } ?? "none yet"
    let setting = best.map { best -> HTML in
      let words = best.parameters.leaves.map {
        "\($0.path) \($0.value.string ?? $0.value.canonical)"
      }
      return "<p class=\"best wrap\">Best trial: \(words.joined(separator: " · "))</p>"
    }
    return """
      <span data-judged="\(counts.judged)" data-state="\(state)"></span>
      <dl class="facts">
      \(fact("State", "<span class=\"state \(state)\">\(state)</span>"))
      \(fact("Finished", "\(count(counts.finished)) of \(count(budget)) <progress value=\"\(counts.finished)\" max=\"\(budget)\" aria-label=\"finished trials\"></progress>"))
      \(fact("Running", count(counts.running)))\(fact("Queued", count(counts.queued)))\
      \(fact("Pruned", count(counts.pruned)))\(fact("Failed", count(counts.failed)))
      \(fact("Best: \(objective)", value))
      \(fact("Trials a minute", "\(Typesetting.text(of: rate.map { .real($0 * 60) } ?? .null, as: .real(digits: 3)))"))
      \(fact("Left, about", "\(Typesetting.text(of: left.map(SQLValue.real) ?? .null, as: .seconds))"))
      </dl>
      \(setting ?? .empty)
      """
  }

  /// What stops and continues the sweep, where the server may record.
  private var actions: HTML {
    let command = "assay sweep stop \(sweep.name)"
    guard visit.database.writer != nil else {
      return sweep.state == .open
        ? """
        <p class="muted">This server only reads: <code>\(command)</code> stops the sweep, and a server \
        started with <code>--record</code> has a button for it.</p>
        """ : .empty
    }
    func form(_ verb: String, _ title: String, _ note: String) -> HTML {
      """
      <form method="post" action="\(address(verb))"><button>\(title)</button> \
      <span class="muted">\(note)</span></form>
      """
    }
    return switch sweep.state {
    case .open:
      form("stop", "Stop the sweep", "Its workers give back their trials and end.")
    case .stopped:
      form(
        "continue", "Continue the sweep",
        "Workers that are started take its trials again: assay sweep run, or assay sweep work.")
    case .finished:
      "<p class=\"muted\">Its budget is spent; assay sweep run with a larger one goes on.</p>"
    }
  }

  /// The ranges and words that trials are filtered by: what brushes write, and a form without them.
  private var filters: HTML {
    func field(_ name: String, _ title: String, _ value: Double?) -> HTML {
      """
      <label>\(title) <input type="number" step="any" size="9" name="\(name)" \
      value="\(value.map { "\($0)" } ?? "")"></label>
      """
    }
    let axes = space.parameters.map { parameter -> HTML in
      if let words = parameter.words {
        let chosen = table.words[parameter.name] ?? []
        let boxes = words.map { word -> HTML in
          let mark: HTML = chosen.contains(word) ? " checked" : ""
          return """
            <label><input type="checkbox" name="is.\(parameter.name)" value="\(word)"\(mark)> \(word)</label>
            """
        }
        return """
          <fieldset data-axis="\(parameter.name)" data-kind="words"><legend>\(parameter.name)</legend>\
          \(boxes)</fieldset>
          """
      }
      let range = table.ranges[parameter.name] ?? TrialTable.Range()
      return """
        <fieldset data-axis="\(parameter.name)" data-kind="numbers"><legend>\(parameter.name)</legend>\
        \(field("from." + parameter.name, "from", range.low)) \
        \(field("to." + parameter.name, "to", range.high))</fieldset>
        """
    }
    let isNarrow =
      !table.ranges.isEmpty || !table.words.isEmpty || table.values.low != nil
      || table.values.high != nil || table.state != nil
    let states = [("", "any state")] + TrialTable.states.map { ($0, $0) }
    let options = states.map { value, title -> HTML in
      let mark: HTML = value == table.state ?? "" ? " selected" : ""
      return "<option value=\"\(value)\"\(mark)>\(title)</option>"
    }
    let objectiveOptions = objectives.enumerated().map { place, objective -> HTML in
      let mark: HTML = place == table.objective ? " selected" : ""
      return "<option\(mark)>\(objective.name)</option>"
    }
    let objective: HTML =
      objectives.count > 1
      ? "<label>Objective <select name=\"objective\">\(objectiveOptions)</select></label>" : .empty
    // The order stays as it is; what the form has, or a page's start, does not.
    let carried = Set(visit.request.query.map(\.name)).subtracting(["sort", "order"])
    let open: HTML = isNarrow ? " open" : ""
    return """
      <details class="filter-box"\(open)><summary>Filter trials</summary>
      <form class="filters" id="brushes" method="get" action="\(visit.link(toSweep: sweep.name, uuid: sweep.uuid))">
      \(objective)
      <label>State <select name="state">\(options)</select></label>
      <fieldset data-axis="" data-kind="objective"><legend>\(objectives.isEmpty ? "value" : objectives[table.objective].name)\
      </legend>\(field("from", "from", table.values.low)) \(field("to", "to", table.values.high))</fieldset>
      \(axes)
      \(visit.carriedFields(without: carried))
      <span class="actions"><button>Filter</button> \
      <a href="\(visit.link(toSweep: sweep.name, uuid: sweep.uuid))">Clear</a></span>
      </form></details>
      """
  }
}
