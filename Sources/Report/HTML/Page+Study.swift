internal import SQLite
internal import Tracker

extension Page {
  /// The page of a study or of a model, or of a database's sweeps alone.
  ///
  /// - Parameters:
  ///   - subject: What the figures are drawn of.
  ///   - tables: The study's tables.
  ///   - report: What the tables are of.
  ///   - sweeps: The sweeps that are shown; nil for all that have a finished trial.
  /// - Returns: The page.
  /// - Throws: What the queries throw.
  package static func of(
    _ subject: FigureSubject, tables: [Block], report: StudyReport? = nil, sweeps: [String]? = nil
  ) throws -> Page {
    let study = subject.study
    let runs = try study.map {
      try report?.runs(of: report?.allParts ?? [])
        ?? subject.tracker.query(.provenance, ["study": .text($0.uuid)])
    }
    var sections: [Section] = []
    if !tables.isEmpty {
      sections.append(Section(name: "tables", title: "Tables", blocks: tables))
    }
    if study != nil {
      let figures = try Figure.allCases.filter { !$0.isOfSweep }.compactMap {
        try block($0, subject)
      }
      sections.append(Section(name: "figures", title: "Figures", blocks: figures))
    }
    for (index, sweep) in try (sweeps ?? subject.sweepNames).enumerated() {
      let subject = FigureSubject(tracker: subject.tracker, sweep: sweep)
      let figures = try Figure.allCases.filter(\.isOfSweep).compactMap { try block($0, subject) }
      sections.append(
        Section(name: "sweep-\(index + 1)", title: "Sweep \(sweep)", blocks: figures))
    }
    return Page(
      title: study.map(title)
        ?? (sections.isEmpty ? "Nothing is finished yet" : "Sweeps"),
      facts: try facts(
        study, runs?.records ?? [], report, in: subject.tracker, order: subject.attackOrder),
      sections: sections,
      runs: runs ?? QueryResult(columns: [], rows: []))
  }

  /// The page of a study's tables alone.
  ///
  /// - Parameters:
  ///   - report: The study's report.
  ///   - part: Which tables; nil for all.
  /// - Returns: The page.
  /// - Throws: What the queries throw.
  static func of(_ report: StudyReport, _ part: StudyReport.Part?) throws -> Page {
    let runs = try report.runs(of: part.map { [$0] } ?? report.allParts)
    return Page(
      title: title(report.study),
      facts: try facts(
        report.study, runs.records, report, in: report.tracker, order: report.attackOrder),
      sections: [Section(name: "tables", title: "Tables", blocks: try report.blocks(part))],
      runs: runs)
  }

  /// A figure with its sources; nil where the database has nothing for it.
  private static func block(_ figure: Figure, _ subject: FigureSubject) throws -> Block? {
    do {
      let drawn = try figure.drawn(of: subject)
      return Block(
        .figure(
          drawn.sheet, title: figure.summary,
          caption: figure.caption(isOfModel: subject.study?.isModel == true)),
        sources: drawn.sources)
    } catch FigureError.nothingToDraw {
      return nil
    }
  }

  private static func title(_ study: Run) -> String {
    (study.isModel ? "Model " : "Study ") + study.uuid.prefix(8)
  }

  /// What a study or a model is of, from its records alone.
  private static func facts(
    _ study: Run?, _ runs: [Record], _ report: StudyReport?, in tracker: Tracker, order: [String]
  ) throws -> [(name: String, value: String)] {
    guard let study else { return [] }
    let own = runs.first { $0.text("run") == study.uuid }
    let data = runs.compactMap { $0["dataset_sha256"].text }.first
    var facts = [
      ("Data", study.configuration["dataset"]?.string ?? "unknown"),
      ("Seed", study.seed.map(String.init) ?? "unknown: imported"),
      (
        "Finished",
        String((own?.text("finished") ?? "").prefix(16)).replacing("T", with: " ") + " UTC"
      ),
      ("Assay", own?.text("program_version") ?? ""),
    ]
    if let commit = own?["git_commit"].text { facts.append(("Commit", String(commit.prefix(12)))) }
    facts.append(("Run", study.uuid))
    facts.append(("Database", try tracker.databaseUUID))
    if let data { facts.append(("SHA-256 of the data", String(data.prefix(16)) + "…")) }
    if study.isModel {
      let sets = try ReportedSets(of: study, in: tracker, order: order)
      facts.append(("Sets", sets.names))
    }
    if let trial = report?.trial {
      facts.append(("Trial", "\(trial.number) of sweep \(trial.sweep)"))
    }
    if report?.isStandIn == true { facts.append(("Why this model", StudyReport.standInNote)) }
    if study.configuration["quick"] == .bool(true) {
      facts.append(("A quick study", "one epoch, few images: for a first look only"))
    }
    return facts.map { (name: $0, value: $1) }
  }
}

extension FigureSubject {
  /// Whether there is a sweep with a finished trial.
  public var hasSweeps: Bool { get throws { try !sweepNames.isEmpty } }

  /// The sweeps that have a finished trial, by name.
  public var sweepNames: [String] {
    get throws {
      try tracker.query(.sweepHistory).records.grouped(by: "sweep").map(\.key)
    }
  }

  /// The same subject with the sweep that it names, or with the only one that there is.
  func withOneSweep() throws -> FigureSubject {
    let names = try sweepNames
    if let sweep {
      guard names.contains(sweep) else { throw FigureError.unknownSweep(sweep, names: names) }
      return self
    }
    guard names.count == 1 else { throw FigureError.noSingleSweep(names: names) }
    return FigureSubject(tracker: tracker, sweep: names[0], objective: objective)
  }
}
