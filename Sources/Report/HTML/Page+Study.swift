internal import SQLite
internal import Tracker

extension Page {
  /// The page of a study or of a model, or of a database's sweeps alone.
  ///
  /// - Parameters:
  ///   - subject: What the figures are drawn of.
  ///   - tables: The study's tables.
  ///   - report: What the tables are of; nil for one of the subject's study.
  ///   - sweeps: The sweeps that are shown; nil for all that have a finished trial.
  /// - Returns: The page.
  /// - Throws: What the queries throw.
  package static func of(
    _ subject: FigureSubject, tables: [Block], report: StudyReport? = nil, sweeps: [String]? = nil
  ) throws -> Page {
    let report =
      report
      ?? subject.study.map { study in
        StudyReport(
          tracker: subject.tracker, study: study, protocolName: nil,
          attackOrder: subject.attackOrder)
      }
    var sections: [Section] = []
    if let report {
      let first = try block(.figure1, subject)
      sections.append(try summary(of: report, figures: first.map { [$0] } ?? []))
    }
    if !tables.isEmpty {
      sections.append(Section(name: "tables", title: "Tables", blocks: tables))
    }
    if subject.study != nil {
      let figures = try Figure.allCases.filter { $0.isOfStudy && $0 != .figure1 }.compactMap {
        try block($0, subject)
      }
      sections.append(Section(name: "figures", title: "Figures", blocks: figures))
    }
    for (index, sweep) in try (sweeps ?? subject.sweepNames).enumerated() {
      sections.append(
        try section(
          ofSweep: FigureSubject(
            tracker: subject.tracker, sweep: sweep, objective: subject.objective),
          named: sweep, "sweep-\(index + 1)"))
    }
    guard let report else {
      return Page(
        title: sections.isEmpty ? "Nothing is finished yet" : "Sweeps", sections: sections,
        runs: QueryResult(columns: [], rows: []))
    }
    return try page(of: report, sections, runs: report.runs(of: report.allParts))
  }

  /// The page of a study's tables alone.
  ///
  /// - Parameters:
  ///   - report: The study's report.
  ///   - part: Which tables; nil for all, below what they come to.
  /// - Returns: The page.
  /// - Throws: What the queries throw.
  static func of(_ report: StudyReport, _ part: StudyReport.Part?) throws -> Page {
    let tables = Section(name: "tables", title: "Tables", blocks: try report.blocks(part))
    return try page(
      of: report, part == nil ? [try summary(of: report), tables] : [tables],
      runs: report.runs(of: part.map { [$0] } ?? report.allParts))
  }

  private static func page(
    of report: StudyReport, _ sections: [Section], runs: QueryResult
  ) throws -> Page {
    let study = report.study
    let finished = runs.records.first { $0.text("run") == study.uuid }?.text("finished") ?? ""
    let subtitle = [
      report.trial.map { "Trial \($0.number) of sweep \($0.sweep)" },
      "\(study.isModel ? "Model" : "Study") \(study.uuid.prefix(8))", study.name,
      study.seed.map { "seed \($0)" } ?? "imported",
      finished.isEmpty ? nil : "finished \(finished.prefix(10))",
    ]
    let attacks = try StudySummary(of: report).attacks.map(\.heading)
    let names =
      attacks.count > 6 ? "\(attacks.count) attacks" : attacks.joined(separator: ", ")
    return Page(
      title: try report.subjectName + (names.isEmpty ? "" : ": detecting \(names)"),
      subtitle: subtitle.compactMap(\.self), caveats: report.caveats(), sections: sections,
      facts: try facts(report, runs.records), runs: runs)
  }

  /// What a reader wants first: the study in sentences, how well each attack is detected, what
  /// failed.
  private static func summary(of report: StudyReport, figures: [Block] = []) throws -> Section {
    let summary = try StudySummary(of: report)
    var blocks: [Block] = []
    if !summary.attacks.isEmpty {
      blocks = [
        Block(
          .figure(
            DetectionChart(summary).sheet, title: "How well each attack is detected",
            caption: "Detection accuracy, \(summary.choiceOfThresholds)."),
          sources: Array(summary.sources.prefix(1)), name: "detection"),
        Block(.table(try summary.table()), sources: summary.sources, name: "results"),
        Block(.findings(try summary.findings()), sources: [], name: "failures"),
      ]
    }
    return Section(
      name: "summary", title: "What was found", introduction: try summary.sentences,
      blocks: blocks + figures)
  }

  /// A sweep's figures and its trials.
  private static func section(
    ofSweep subject: FigureSubject, named sweep: String, _ name: String
  ) throws -> Section {
    var values: [String: SQLValue] = ["sweep": .text(sweep)]
    values["objective"] = subject.objective.map(SQLValue.text)
    let trials = try SweepTrials(
      subject.tracker.query(.sweepTrials, values), MeasureNames(of: subject.tracker))
    let figures = try Figure.allCases.filter(\.isOfSweep).compactMap {
      try block($0, subject, prefix: name + "-")
    }
    let table = Block(
      .table(trials.table), sources: [Source(.sweepTrials, values)],
      name: name + "-trials")
    return Section(
      name: name, title: "Sweep \(sweep)", introduction: trials.sentences,
      blocks: figures + [table])
  }

  /// A figure with its sources; nil where the database has nothing for it.
  private static func block(
    _ figure: Figure, _ subject: FigureSubject, prefix: String = ""
  ) throws -> Block? {
    do {
      let drawn = try figure.drawn(of: subject)
      return Block(
        .figure(
          drawn.sheet, title: figure.summary,
          caption: figure.caption(isOfModel: subject.study?.isModel == true)),
        sources: drawn.sources, name: prefix + figure.rawValue)
    } catch FigureError.nothingToDraw {
      return nil
    }
  }

  /// What identifies a study or a model, its data and its database, from their records alone.
  private static func facts(
    _ report: StudyReport, _ runs: [Record]
  ) throws -> [(name: String, value: String)] {
    let study = report.study
    let own = runs.first { $0.text("run") == study.uuid }
    var facts = [
      ("Run", study.uuid), ("Database", try report.tracker.databaseUUID),
      ("Data", study.configuration["dataset"]?.string ?? "unknown"),
    ]
    if let data = runs.compactMap({ $0["dataset_sha256"].text }).first {
      facts.append(("SHA-256 of the data", data))
    }
    facts.append(("Seed", study.seed.map(String.init) ?? "unknown: imported"))
    let finished = String((own?.text("finished") ?? "").prefix(16)).replacing("T", with: " ")
    facts.append(("Finished", finished + " UTC"))
    facts.append(("Assay", own?.text("program_version") ?? ""))
    if let commit = own?["git_commit"].text {
      facts.append(("Commit", commit + (own?.integer("git_dirty") == 1 ? ", changed" : "")))
    }
    if study.isModel { facts.append(("Sets", try report.sets.names)) }
    if let trial = report.trial {
      facts.append(("Trial", "\(trial.number) of sweep \(trial.sweep)"))
    }
    return facts.map { (name: $0, value: $1) }
  }
}

extension FigureSubject {
  /// The sweeps that have a finished trial, by name.
  public var sweepNames: [String] {
    get throws {
      try tracker.query(.sweepHistory).records.grouped(by: "sweep").map(\.key)
    }
  }

  /// The same subject with the sweep that it names, or with the only one that there is.
  ///
  /// - Parameter figure: What is drawn of it, for messages.
  /// - Returns: The subject with a sweep that has a finished trial, and the objective.
  /// - Throws: ``FigureError``, and what the queries throw.
  func withOneSweep(for figure: Figure) throws -> FigureSubject {
    func nothing(of sweeps: String) -> FigureError {
      .nothingToDraw(figure: figure.rawValue, reason: "no trial of \(sweeps) is finished")
    }
    if let sweep {
      // Other sweeps are asked for only where they are told: they may have many trials.
      guard try tracker.query(.sweepHistory, ["sweep": .text(sweep)]).rows.isEmpty else {
        try refuseUnknownObjective(of: sweep)
        return self
      }
      guard try tracker.findSweep(named: sweep) == nil else {
        throw nothing(of: "the sweep '\(sweep)'")
      }
      throw FigureError.unknownSweep(sweep, names: try sweepNames)
    }
    let names = try sweepNames
    if names.isEmpty {
      let sweeps = try tracker.sweepNames
      if sweeps.count == 1 { throw nothing(of: "the sweep '\(sweeps[0])'") }
      if !sweeps.isEmpty { throw nothing(of: "the \(sweeps.count) sweeps") }
    }
    guard names.count == 1 else { throw FigureError.noSingleSweep(names: names) }
    try refuseUnknownObjective(of: names[0])
    return FigureSubject(tracker: tracker, sweep: names[0], objective: objective)
  }

  /// Refuses an objective that a sweep does not have.
  private func refuseUnknownObjective(of sweep: String) throws {
    guard let objective else { return }
    let names = try tracker.sweep(named: sweep).description.objectives.map(\.name)
    guard names.contains(objective) else {
      throw FigureError.unknownObjective(objective, sweep: sweep, names: names)
    }
  }
}
