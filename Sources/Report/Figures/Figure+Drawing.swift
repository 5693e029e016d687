internal import SQLite
internal import Tracker

extension Figure {
  /// How many curves of measures a plot has at most.
  private static let mostCurves = 7

  /// The measures that were judged, the report's own first.
  private static func measures(
    in areas: QueryResult, first: String?, _ names: MeasureNames
  ) -> [String] {
    let known = Set(areas.records.map { $0.text("measure") })
    return [first].compactMap { $0 }.filter(known.contains)
      + names.sorted(known.filter { $0 != first })
  }

  /// Draws the figure of what a database holds.
  ///
  /// - Parameters:
  ///   - subject: What it is drawn of.
  ///   - isForTerminal: Whether to compute only what a terminal shows, which is quicker.
  /// - Returns: The figure.
  /// - Throws: ``FigureError/nothingToDraw(figure:reason:)`` if its queries give no rows, or what
  ///   they throw.
  public func drawn(
    of subject: FigureSubject, isForTerminal: Bool = false
  ) throws -> DrawnFigure {
    var inquiry = Inquiry(subject: isOfSweep ? try subject.withOneSweep(for: self) : subject)
    let own = try subject.study.flatMap { try $0.reportedMeasure(in: subject.tracker) }
    let names = try MeasureNames(of: subject.tracker)
    let measure = own.map { ["measure": SQLValue.text($0)] } ?? [:]
    let sheet: PanelSheet
    let text: (@Sendable (TerminalStyle) -> String)?
    switch self {
    case .figure1:
      let chart = HistogramChart(
        histogram: try inquiry.ask(.uncertaintyHistogram, measure),
        detectors: try inquiry.ask(.ablations, ["protocol": .text(subject.protocolName)]),
        names: names)
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .roc:
      let areas = try inquiry.ask(.measures, isForTerminal ? measure : [:])
      let measures = Self.measures(in: areas, first: own, names)
        .prefix(isForTerminal ? 1 : Self.mostCurves)
        .map { ["measure": SQLValue.text($0)] }
      let chart = ROCChart(
        curves: try measures.map { try inquiry.ask(.roc, $0) }, areas: areas,
        detected: try inquiry.ask(.detectionRates, isForTerminal ? measures.first ?? [:] : [:]),
        names: names)
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .thresholds:
      let voters = try subject.study.flatMap { study in
        try study.reportedVoters(of: own, in: subject.tracker)
      }
      var values = measure
      // The crops vote where nobody is named.
      if let voters, voters != "crops" { values["voters"] = .text(voters) }
      let chart = ThresholdMapChart(
        curve: try inquiry.ask(.thresholdCurve, values),
        detectors: try inquiry.ask(.ablations, ["protocol": .text("paper")]))
      (sheet, text) = (chart.sheet, nil)
    case .training:
      let chart = TrainingChart(try inquiry.ask(.trainingCurve))
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .gallery:
      let examples = try inquiry.ask(
        .gallery,
        measure.merging([
          "examples": .integer(Int64(GalleryChart.examplesPerRoute)),
          "protocol": .text(subject.protocolName),
        ]) { $1 })
      let chart = try GalleryChart(
        examples, cleanImages: inquiry.cleanImages(),
        recordedShape: examples.records.first.flatMap {
          try inquiry.subject.tracker.imageShape(ofSet: $0.text("adversarial_set"))
        }
      ) { set, index in try inquiry.pixels(of: set, index) }
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .sweepHistory:
      let chart = SweepHistoryChart(try inquiry.ask(.sweepHistory))
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .sweepParameters:
      (sheet, text) = (ParallelCoordinatesChart(try inquiry.ask(.sweepTrials), names).sheet, nil)
    case .sweepEffects:
      (sheet, text) = (ParameterEffectChart(try inquiry.ask(.sweepTrials), names).sheet, nil)
    case .ranking:
      let chart = RankingChart(try inquiry.ask(.detectorRanking))
      guard !chart.isEmpty else {
        throw FigureError.nothingToDraw(
          figure: rawValue, reason: "no set has a held-out half to choose thresholds on")
      }
      (sheet, text) = (chart.sheet, nil)
    case .detectorROC:
      let chart = try Self.detectorCurves(&inquiry, names)
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .transformShares:
      (sheet, text) = (ShareCurveChart(try inquiry.ask(.transformShares)).sheet, nil)
    case .outcomes:
      (sheet, text) = (OutcomeChart(try inquiry.ask(.outcomes)).sheet, nil)
    case .evaluationCurve:
      let chart = EvaluationCurveChart(
        try inquiry.ask(.evaluationCurve), about: try inquiry.ask(.evaluations))
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .evaluationROC:
      let chart = EvaluationROCChart(try inquiry.ask(.evaluationRoc))
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .evaluationLosses:
      let chart = EvaluationLossChart(try inquiry.ask(.evaluationLosses))
      (sheet, text) = (chart.sheet, { chart.text($0) })
    case .evaluationDistortion:
      let chart = EvaluationDistortionChart(
        try inquiry.ask(.evaluation), about: try inquiry.ask(.evaluations))
      (sheet, text) = (chart.sheet, nil)
    case .evaluationGallery:
      let examples = try inquiry.ask(.evaluationGallery)
      let chart = try EvaluationGalleryChart(
        examples, cleanImages: inquiry.cleanImages(),
        recordedShape: examples.records.first.flatMap {
          try inquiry.subject.tracker.imageShape(ofSet: $0.text("adversarial_set"))
        }
      ) { set, index in try inquiry.pixels(of: set, index) }
      (sheet, text) = (chart.sheet, { chart.text($0) })
    }
    guard inquiry.foundRows else {
      throw FigureError.nothingToDraw(
        figure: rawValue,
        reason: isOfSweep
          ? "no trial of the sweep is finished"
          : "the \(subject.study?.reportedName ?? "study") has no such rows")
    }
    return DrawnFigure(
      sheet: sheet, provenance: try inquiry.provenance(), sources: inquiry.sources,
      text: text)
  }
}

extension Figure {
  /// The curves of the measures and detectors that were named, or of the best ones.
  private static func detectorCurves(
    _ inquiry: inout Inquiry, _ names: MeasureNames
  ) throws -> ROCChart {
    let all = try inquiry.ask(.detectorRanking)
    try all.refuseUnknownMeasures(inquiry.subject.measures)
    let ranking = RankingChart.ofOneNetwork(all)
    let known = DetectorMaterial.ranked(ranking.records).map(\.measure)
    let chosen = inquiry.subject.measures ?? Array(known.prefix(mostCurves))
    let measurements = ranking.records.map { $0.text("measurement") }.reduce(
      into: [String]()
    ) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let curves = try chosen.filter(known.contains).flatMap { measure in
      try measurements.map {
        try inquiry.ask(.roc, ["measure": .text(measure), "measurement": .text($0)])
      }
    }
    // Another network than the one that is drawn may have been judged by what was named.
    inquiry.foundRows = !curves.isEmpty
    return ROCChart(curves: curves, ranking: ranking, names: names)
  }
}

/// Asks queries about a subject and keeps what was asked.
private struct Inquiry {
  let subject: FigureSubject
  private(set) var sources: [Page.Source] = []
  /// Whether the first query, which has what is drawn, gave any rows, and some of them are drawn.
  var foundRows = false

  init(subject: FigureSubject) {
    self.subject = subject
  }

  /// A query's rows about the subject, the attacks in order.
  mutating func ask(_ query: Query, _ values: [String: SQLValue] = [:]) throws -> QueryResult {
    var values = values
    switch query {
    case .sweepHistory, .sweepTrials:
      values["sweep"] = subject.sweep.map(SQLValue.text)
      values["objective"] = subject.objective.map(SQLValue.text)
    case .roc where values["measurement"] != nil: break
    case .evaluation, .evaluations, .evaluationCurve, .evaluationRoc, .evaluationLosses,
      .evaluationGallery:
      values["evaluation"] = (subject.study?.uuid).map(SQLValue.text)
    default: values["study"] = (subject.study?.uuid).map(SQLValue.text)
    }
    sources.append(Page.Source(query, values))
    let result = try subject.tracker.query(query, values)
    if sources.count == 1 { foundRows = !result.rows.isEmpty }
    // An evaluation's own order tells the attacks that know the detector from the others.
    guard values["evaluation"] == nil, let column = result.columns.firstIndex(of: "attack") else {
      return result
    }
    let order = subject.attackOrder
    let keyed = result.rows.enumerated().map { offset, row in
      (key: (AttackName.place(of: row[column].text ?? "", in: order), offset), row: row)
    }
    return QueryResult(
      columns: result.columns, rows: keyed.sorted { $0.key < $1.key }.map(\.row))
  }

  /// The clean images, if they are those that the study used.
  mutating func cleanImages() throws -> CleanImages? {
    guard let images = subject.cleanImages else { return nil }
    let digests = try ask(.provenance).records.compactMap { $0["dataset_sha256"].text }
    return digests.allSatisfy { $0 == images.digest } ? images : nil
  }

  /// An adversarial image; empty if its pixels are not kept.
  mutating func pixels(of set: String, _ index: Int) throws -> [Float] {
    let values: [String: SQLValue] = [
      "adversarial_set": .text(set), "image_index": .integer(Int64(index)),
    ]
    let source = Page.Source(.imagePixels, ["adversarial_set": .text(set)])
    if !sources.contains(source) { sources.append(source) }
    let rows = try subject.tracker.query(.imagePixels, values).records
    guard case .blob(let bytes)? = rows.first?["pixels"] else { return [] }
    return bytes.floats
  }
}

extension Inquiry {
  /// Where the figure's data come from: the study or sweep, its runs, and the queries.
  fileprivate func provenance() throws -> String {
    var lines: [String] = []
    if let study = subject.study {
      let runs = try subject.tracker.query(.provenance, ["study": .text(study.uuid)]).records
      for run in runs where run.text("run") == study.uuid {
        lines.append("Assay \(run.text("program_version")), finished \(run.text("finished"))")
        if let commit = run["git_commit"].text {
          lines.append("commit \(commit)\(run.integer("git_dirty") == 1 ? ", changed" : "")")
        }
      }
      lines += Set(runs.compactMap { $0["dataset_sha256"].text }).sorted().map { "data \($0)" }
      lines += runs.map { run in
        let words = [run.text("kind"), run.text("attack"), run.text("run")].filter { !$0.isEmpty }
        let seed = run["seed"].integer.map { ", seed \($0)" } ?? ""
        return "run \(words.joined(separator: " "))\(seed), key \(run.text("key"))"
      }
    } else if let sweep = subject.sweep {
      lines.append("sweep \(sweep)")
    }
    let queries = sources.map(\.query).reduce(into: [Query]()) { queries, query in
      if !queries.contains(query) { queries.append(query) }
    }
    lines += queries.map { "query \($0.rawValue), SHA-256 \($0.sha256)" }
    return lines.joined(separator: "\n")
  }
}
