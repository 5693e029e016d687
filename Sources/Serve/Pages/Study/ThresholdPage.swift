internal import Report
internal import SQLite
internal import Tracker

extension Visit {
  /// A study's thresholds, to be moved by hand, and ROC curves.
  func thresholds() throws -> HTTPResponse {
    let study = try read { try self.study(in: $0) }
    return streamedPage(
      title: Self.title(of: study), head: tabs(of: study, .thresholds),
      scripts: [.figureScript, .thresholdsScript]
    ) {
      try read { tracker in
        guard
          let choice = try ThresholdChoice(of: study, self, withPresets: true, in: tracker)
        else {
          return """
            <p class="lead">Nothing has measured sets of this study yet, so there is nothing to put \
            thresholds on.</p>
            """
        }
        let counts = try choice.mixes.map { try choice.counts(of: $0, in: tracker) }
        return ThresholdSheet(
          visit: self, study: study, choice: choice, counts: counts
        ).html
      }
    }
  }
}

/// What Algorithm 1 with given thresholds declares of a mix, in images.
struct ThresholdCounts {
  var cleanRight: Int64 = 0
  var cleanWrong: Int64 = 0
  var cleanFlagged: Int64 = 0
  var adversarialRight: Int64 = 0
  var adversarialWrong: Int64 = 0
  var adversarialFlagged: Int64 = 0
  var sent: Int64 = 0

  var images: Int64 {
    cleanRight + cleanWrong + cleanFlagged + adversarialRight + adversarialWrong
      + adversarialFlagged
  }
  var detected: Int64 { cleanRight + cleanWrong + adversarialFlagged }
  var declaredClean: Int64 { cleanRight + cleanWrong + adversarialRight + adversarialWrong }
  var right: Int64 { cleanRight + adversarialRight }
  var clean: Int64 { cleanRight + cleanWrong + cleanFlagged }
  var adversarial: Int64 { adversarialRight + adversarialWrong + adversarialFlagged }
}

extension ThresholdChoice {
  /// What the thresholds declare of a mix's images, as the query apply_thresholds counts.
  ///
  /// - Throws: `SQLiteError`.
  func counts(of mix: Mix, in tracker: Tracker) throws -> ThresholdCounts {
    let rows = try tracker.query(
      .applyThresholds,
      [
        "measurement": .text(mix.measurement), "part": .text(part), "measure": .text(measure.name),
        "voters": .text(voters.name), "low_threshold": .real(low), "high_threshold": .real(high),
        "agreement_threshold": .integer(agreement),
      ]
    ).entries
    guard let row = rows.first else { return ThresholdCounts() }
    func count(_ column: String) -> Int64 { row[column].integer ?? 0 }
    return ThresholdCounts(
      cleanRight: count("clean_declared_clean_correct"),
      cleanWrong: count("clean_declared_clean_incorrect"),
      cleanFlagged: count("clean_declared_adversarial"),
      adversarialRight: count("adversarial_declared_clean_correct"),
      adversarialWrong: count("adversarial_declared_clean_incorrect"),
      adversarialFlagged: count("adversarial_declared_adversarial"), sent: count("sent_to_crops"))
  }
}

/// The page of thresholds.
struct ThresholdSheet {
  let visit: Visit
  let study: Run
  let choice: ThresholdChoice
  /// The counts of each of the choice's mixes.
  let counts: [ThresholdCounts]

  private var own: ThresholdCounts {
    choice.mixes.firstIndex { $0.measurement == choice.mix.measurement }.map { counts[$0] }
      ?? ThresholdCounts()
  }

  var html: HTML {
    """
    <div class="thresholds" id="thresholds" data-voters="\(choice.voters.voters)">
    \(form)
    <div class="panes">
    <section aria-labelledby="counts-title"><h2 id="counts-title">What they declare</h2>
    \(matrix)
    \(rates)
    </section>
    <section aria-labelledby="scores-title"><h2 id="scores-title">Scores</h2>
    <div class="card"><div class="chart" data-plot="scores"><noscript><p class="muted">The scores are drawn by a \
    script; the report has their histogram.</p></noscript></div></div>
    </section>
    <section aria-labelledby="roc-title"><h2 id="roc-title">ROC</h2>
    <div class="card"><div class="chart" data-plot="roc"><noscript><p class="muted">The curves are drawn by a script; \
    the report has them, too.</p></noscript></div></div>
    \(curves)
    </section>
    </div>
    <h2>The same thresholds on every attack</h2>
    \(attacks)
    \(presets)
    <p class="muted">Algorithm 1: a score below L is declared clean, one above H adversarial; between them \
    an image is declared clean if at least C voters agree. The score is the measure\
    \(choice.measure.orientation == "low" ? ", negated, since low values mean adversarial" : ""). Pairs \
    whose clean image the undefended network misclassifies do not count. Counts are those of the query \
    <code>apply_thresholds</code>.</p>
    </div>
    """
  }

  /// What is chosen, and the thresholds; without scripts a form like any other.
  private var form: HTML {
    let title =
      choice.measure.title + (choice.measure.unit.isEmpty ? "" : " (\(choice.measure.unit))")
    return """
      <form class="filters" method="get" action="\(visit.link("studies", study.uuid, "thresholds"))">
      \(HTML.choice("Attack", name: "measurement", choice.mixes.map { ($0.measurement, AttackName.heading($0.label)) }, value: choice.mix.measurement))
      \(HTML.choice("Measure", name: "measure", choice.measures.map { ($0.name, $0.title) }, value: choice.measure.name))
      \(HTML.choice("Images", name: "part", [("selection", "selection"), ("heldout", "held-out half")], value: choice.part))
      \(choice.voterSets.count > 1 ? HTML.choice("Voters", name: "voters", choice.voterSets.map { ($0.name, $0.title) }, value: choice.voters.name) : .empty)
      <fieldset class="sliders"><legend>Thresholds on \(title)</legend>
      \(slider("low", "L", choice.low))
      \(slider("high", "H", choice.high))
      <label class="slider"><b>C</b> <input type="range" data-range="agreement" min="0" \
      max="\(choice.voters.voters)" step="1" value="\(choice.agreement)" aria-label="C, voters that must agree" \
      hidden> <input type="number" name="agreement" min="0" max="\(choice.voters.voters)" step="1" \
      value="\(choice.agreement)"></label>
      </fieldset>
      <span class="actions"><button>Show</button></span>
      </form>
      """
  }

  /// A range that a script gives its ends, and a field; an infinite threshold leaves the field empty.
  private func slider(_ name: String, _ title: String, _ value: Double) -> HTML {
    let isLow = name == "low"
    return """
      <label class="slider"><b>\(title)</b> <input type="range" data-range="\(name)" min="0" max="1" \
      value="0" step="1" aria-label="\(title), image by image" hidden> <input type="number" name="\(name)" \
      step="any" value="\(value.isFinite ? "\(value)" : "")" placeholder="\(isLow ? "−∞" : "∞")"></label>
      """
  }

  /// A number that the script keeps up to date.
  private func cell(_ name: String, _ value: Int64) -> HTML {
    "<td class=\"number\" data-count=\"\(name)\">\(Typesetting.grouped(value))</td>"
  }

  private var matrix: HTML {
    """
    <div class="card flush"><div class="scroll" role="region" aria-label="Counts" tabindex="0">\
    <table class="counts">
    <thead><tr><th scope="col">Images</th><th scope="col" class="number">Declared clean, class right</th>\
    <th scope="col" class="number">Declared clean, class wrong</th>\
    <th scope="col" class="number">Declared adversarial</th></tr></thead>
    <tbody>
    <tr><th scope="row">clean</th>\(cell("cleanRight", own.cleanRight))\
    \(cell("cleanWrong", own.cleanWrong))\(cell("cleanFlagged", own.cleanFlagged))</tr>
    <tr><th scope="row">adversarial</th>\(cell("adversarialRight", own.adversarialRight))\
    \(cell("adversarialWrong", own.adversarialWrong))\
    \(cell("adversarialFlagged", own.adversarialFlagged))</tr>
    </tbody></table></div></div>
    """
  }

  private var rates: HTML {
    func rate(_ name: String, _ title: String, _ part: Int64, _ whole: Int64) -> HTML {
      let interval = Wilson.interval(part, of: whole)
      let value: SQLValue = whole > 0 ? .real(Double(part) / Double(whole)) : .null
      return """
        <div><dt>\(title)</dt><dd><b data-rate="\(name)">\(Typesetting.text(of: value, as: .percent))</b> \
        <span class="muted" data-interval="\(name)">\(interval.map {
          Typesetting.interval(.real($0.low), .real($0.high), as: .percent)
        } ?? "")</span></dd></div>
        """
    }
    return """
      <dl class="facts">
      \(rate("detection", "Detection accuracy", own.detected, own.images))
      \(rate("classification", "Classification accuracy of what is declared clean", own.right, own.declaredClean))
      \(rate("falsePositive", "Clean images declared adversarial", own.cleanFlagged, own.clean))
      \(rate("truePositive", "Adversarial images declared so", own.adversarialFlagged, own.adversarial))
      \(rate("sent", "Sent to the voters", own.sent, own.images))
      </dl>
      """
  }

  /// The measures whose curves can be drawn beside each other.
  private var curves: HTML {
    let items = choice.measures.map { measure -> HTML in
      let address = visit.link(
        "studies", study.uuid, "roc",
        query: [
          ("measurement", choice.mix.measurement), ("measure", measure.name), ("part", choice.part),
        ])
      let mark: HTML = measure.name == choice.measure.name ? " checked" : ""
      return """
        <label><input type="checkbox" data-roc="\(address)" data-name="\(measure.name)"\(mark)> \
        <span>\(measure.title)</span> <span class="muted" data-auroc></span></label>

        """
    }
    return
      "<fieldset class=\"curves\" hidden><legend>Curves, with their areas</legend>\(items)</fieldset>"
  }

  private var attacks: HTML {
    let rows = zip(choice.mixes, counts).map { mix, counts -> HTML in
      let address = visit.link(
        "studies", study.uuid, "mix",
        query: [
          ("measurement", mix.measurement), ("measure", choice.measure.name), ("part", choice.part),
          ("voters", choice.voters.name),
        ])
      let page = visit.link(
        "studies", study.uuid, "thresholds", query: choice.query(["measurement": mix.measurement]))
      func percent(_ name: String, _ part: Int64, _ whole: Int64) -> HTML {
        let value: SQLValue = whole > 0 ? .real(Double(part) / Double(whole)) : .null
        return
          "<td class=\"number\" data-rate=\"\(name)\">\(Typesetting.text(of: value, as: .percent))</td>"
      }
      let mark: HTML = mix.measurement == choice.mix.measurement ? " aria-current=\"true\"" : ""
      return """
        <tr data-mix="\(address)"\(mark)><th scope="row"><a href="\(page)">\(AttackName.heading(mix.label))</a></th>\
        \(percent("detection", counts.detected, counts.images))\
        \(percent("classification", counts.right, counts.declaredClean))\
        \(percent("falsePositive", counts.cleanFlagged, counts.clean))\
        \(percent("truePositive", counts.adversarialFlagged, counts.adversarial))\
        \(percent("sent", counts.sent, counts.images))\
        <td class="number" data-count="images">\(Typesetting.grouped(counts.images))</td></tr>

        """
    }
    let table = PageTable(
      [PageTable.Head("Attack")]
        + [
          "Detection accuracy", "Classification accuracy", "Clean declared adversarial",
          "Adversarial declared so", "Sent to voters", "Images",
        ].map { PageTable.Head($0, isNumber: true) })
    let title = "The same thresholds on every attack"
    return "<div class=\"card flush\">\(table.html(visit, label: title, rows: rows))</div>"
  }

  private var presets: HTML {
    let links = choice.presets.map { preset -> HTML in
      let address = visit.link(
        "studies", study.uuid, "thresholds",
        query: choice.query([
          "low": "\(preset.low)", "high": "\(preset.high)", "agreement": "\(preset.agreement)",
        ]))
      return """
        <li><a href="\(address)" data-low="\(preset.low)" data-high="\(preset.high)" \
        data-agreement="\(preset.agreement)">\(preset.title)</a> <span class="muted">\
        L \(Typesetting.text(of: .real(preset.low), as: .real(digits: 5))), \
        H \(Typesetting.text(of: .real(preset.high), as: .real(digits: 5))), C \(preset.agreement)</span></li>

        """
    }
    return links.isEmpty
      ? .empty : "<h2>Recorded thresholds</h2>\n<ul class=\"presets\">\n\(links)</ul>"
  }
}

/// Intervals of shares.
enum Wilson {
  /// The 95% confidence interval of a share by Wilson's score, as views have it; nil of nothing.
  static func interval(_ part: Int64, of whole: Int64) -> (low: Double, high: Double)? {
    guard whole > 0 else { return nil }
    let (part, whole) = (Double(part), Double(whole))
    let half = 1.959963984540054 * (part * (whole - part) / whole + 0.960364705173531).squareRoot()
    let middle = part + 1.920729410347062
    let scale = whole + 3.841458820694124
    return (max(0, (middle - half) / scale), min(1, (middle + half) / scale))
  }
}
