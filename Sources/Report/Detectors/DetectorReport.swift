internal import SQLite
public import Tracker

/// What goes beyond the seed's paper: all measures and detectors beside each other, or the study of
/// another detection system, ours beside its paper's numbers.
///
/// Every number comes from a named query; what is done here is layout.
public struct DetectorReport: Sendable {
  /// What can be reported, by the names that commands use.
  public enum Subject: String, Sendable, CaseIterable {
    /// All measures and detectors by attack.
    case detectors
    /// Feinman et al. 2017: density and uncertainty.
    case feinman
    /// Graese et al. 2016: transformations.
    case graese
    /// Guo et al. 2018: transformations that a network is behind.
    case guo
    /// Papernot and McDaniel 2017: distillation with a class of outliers.
    case distillation
    /// An evaluation: a model and its detector under many attacks.
    case evaluation

    /// The kind of the runs that end a study of another detection system.
    public static let studyKind = "study"
    /// The kind of the runs that join an evaluation.
    public static let evaluationKind = "evaluation"

    /// Whether it is about a study of its own name.
    public var isStudy: Bool { self != .detectors && self != .evaluation }

    /// What is reported, in a line.
    public var title: String {
      switch self {
      case .detectors: "Measures and detectors"
      case .feinman: "Density and uncertainty (Feinman et al. 2017)"
      case .graese: "Transformations that undo an attack (Graese et al. 2016)"
      case .guo: "Classification behind transformations (Guo et al. 2018)"
      case .distillation: "Distillation and the class of outliers (Papernot and McDaniel 2017)"
      case .evaluation: "What attacks leave of a defence"
      }
    }

    /// The figures that go with the tables.
    var figures: [Figure] {
      switch self {
      case .detectors: [.ranking, .detectorROC]
      case .feinman: [.detectorROC]
      case .graese, .guo: [.transformShares]
      case .distillation: [.outcomes]
      case .evaluation:
        [
          .evaluationCurve, .evaluationROC, .evaluationLosses, .evaluationDistortion,
          .evaluationGallery,
        ]
      }
    }

    /// The queries that the tables are made of; formats of one table have the first one's rows.
    public var queries: [Query] {
      switch self {
      case .detectors: [.detectorRanking, .publishedValues]
      case .feinman: [.pooledAuroc, .detectorRanking, .pairwiseShares, .publishedValues]
      case .graese, .guo: [.transformShares, .publishedValues]
      case .distillation: [.outcomes, .publishedValues]
      case .evaluation:
        [
          .evaluation, .evaluationWorstCase, .evaluationChecks, .evaluations, .publishedValues,
          .evaluationAblation,
        ]
      }
    }
  }

  let subject: Subject
  let run: Run
  let tracker: Tracker
  let attackOrder: [String]
  let measures: [String]?
  let options: ReportOptions
  let cleanImages: CleanImages?

  /// Prepares a report.
  ///
  /// - Parameters:
  ///   - subject: What is reported.
  ///   - run: The run that joins a study's results, or a model's training.
  ///   - tracker: The record.
  ///   - attackOrder: The attacks' names in the order in which they are shown.
  ///   - measures: The measures and detectors that are shown; nil for all.
  ///   - options: How the report is set.
  ///   - cleanImages: Where clean images come from, for a page's gallery; nil for nowhere.
  public init(
    _ subject: Subject, of run: Run, in tracker: Tracker, attackOrder: [String],
    measures: [String]? = nil, options: ReportOptions = ReportOptions(),
    cleanImages: CleanImages? = nil
  ) {
    self.subject = subject
    self.run = run
    self.tracker = tracker
    self.attackOrder = attackOrder
    self.measures = measures
    self.options = options
    self.cleanImages = cleanImages
  }

  /// The run that a report is about.
  ///
  /// - Parameters:
  ///   - subject: What is reported.
  ///   - request: What was requested; the newest study of the subject's name where nothing was.
  ///   - tracker: The record.
  /// - Returns: The run.
  /// - Throws: ``ReportError/noStudy(named:)`` if there is none of that name,
  ///   ``ReportError/noEvaluation``, `wrongKind`, or `TrackerError`.
  public static func run(
    of subject: Subject, _ request: ReportRequest, in tracker: Tracker
  ) throws -> Run {
    if subject == .evaluation { return try evaluation(request, in: tracker) }
    if case .study(let prefix) = request, subject.isStudy || !prefix.isEmpty {
      let run = try tracker.run(matching: prefix)
      if run.kind == Subject.studyKind, !subject.isStudy || run.isStudy(named: subject.rawValue) {
        return run
      }
      guard !subject.isStudy else {
        throw ReportError.wrongKind(
          run: run.uuid, kind: run.kind, needed: "\(Subject.studyKind) \(subject.rawValue)")
      }
    }
    guard subject.isStudy else {
      guard let run = try request.subject(in: tracker).run else {
        throw ReportError.nothingToReport
      }
      return run
    }
    let studies = try tracker.ownRuns(kind: Subject.studyKind)
    guard let run = studies.first(where: { $0.isStudy(named: subject.rawValue) }) else {
      throw ReportError.noStudy(named: subject.rawValue)
    }
    return run
  }

  /// The evaluation that was named, or else the newest, of a model if one was named.
  private static func evaluation(_ request: ReportRequest, in tracker: Tracker) throws -> Run {
    switch request {
    case .study(let prefix):
      let run = try tracker.run(matching: prefix)
      guard run.kind == Subject.evaluationKind else {
        throw ReportError.wrongKind(
          run: run.uuid, kind: run.kind, needed: Subject.evaluationKind)
      }
      return run
    case .model(let prefix):
      let model = try tracker.run(matching: prefix)
      let known = try tracker.query(.evaluations).records.filter {
        $0.text("model") == model.uuid && $0.text("state") == "finished"
      }
      guard let newest = known.first else { throw ReportError.noEvaluation }
      return try tracker.run(uuid: newest.text("evaluation"))
    case .newest, .trial, .sweeps:
      guard let newest = try tracker.ownRuns(kind: Subject.evaluationKind, limit: 1).first else {
        throw ReportError.noEvaluation
      }
      return newest
    }
  }

  /// The run that a figure of such a report is about.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - request: What was requested; else the newest study that has such a figure.
  ///   - tracker: The record.
  /// - Returns: The run.
  /// - Throws: As for a report.
  public static func run(
    of figure: Figure, _ request: ReportRequest, in tracker: Tracker
  ) throws -> Run {
    let subjects: [Subject] =
      switch figure {
      case .transformShares: [.graese, .guo]
      case .outcomes: [.distillation]
      case .evaluationCurve, .evaluationROC, .evaluationLosses, .evaluationDistortion,
        .evaluationGallery:
        [.evaluation]
      default: [.detectors]
      }
    var failure: (any Error)?
    for subject in subjects {
      do {
        return try run(of: subject, request, in: tracker)
      } catch let error as ReportError {
        failure = failure ?? error
      }
    }
    throw failure ?? ReportError.nothingToReport
  }

  /// The report in a format.
  ///
  /// Text, Markdown, LaTeX and HTML have tables as people read them. JSON has an object with the rows
  /// of each query; JSON Lines, CSV and TSV have the rows of the first.
  ///
  /// - Parameters:
  ///   - format: In what form.
  ///   - width: How many characters a line of text holds; nil for any number.
  /// - Returns: The text.
  /// - Throws: ``ReportError``, and what the queries throw.
  public func rendered(as format: TableFormat, width: Int? = nil) throws -> String {
    let material = try DetectorMaterial(of: self)
    let provenance = try ReportProvenance(of: run, in: tracker, queries: subject.queries)
    switch format {
    case .csv, .tsv, .jsonl:
      let table =
        subject == .evaluation
        ? material.partsWithFailedChecks : material.plainTable(subject.queries[0])
      return table.rendered(as: format)
    case .json:
      let members = subject.queries.map { query in
        "\"\(query.rawValue)\": " + material.plainTable(query).renderedJSON()
      }
      return "{\n" + (members + ["\"provenance\": " + provenance.json]).joined(separator: ",\n")
        + "\n}\n"
    case .text:
      let heading = opening(material).flatMap {
        $0.terminalText.wrapped(to: min(width ?? Table.noteWidth, Table.noteWidth))
      }.joined(separator: "\n")
      let tables = try material.tables.map { $0.table.renderedText(width: width) }
      return ([heading + "\n"] + tables + [provenance.text(width: width)]).joined(separator: "\n")
    case .markdown:
      let heading = opening(material).map { Markdown.escaped($0.terminalText) }
      let tables = try material.tables.map { $0.table.renderedMarkdown() }
      return ([heading.joined(separator: "\n\n") + "\n"] + tables + [provenance.markdown])
        .joined(separator: "\n")
    case .latex:
      let tables = try material.tables
      if tables.count > 1, options.latex.caption != nil || options.latex.label != nil {
        throw ReportError.severalTables(tables.count)
      }
      return LaTeX.comment(
        opening(material) + ["To be read by \\input; it needs \\usepackage{booktabs}."]
          + provenance.lines)
        + "\n"
        + tables.map { $0.table.renderedLaTeX(name: $0.name, style: options.latex) }
        .joined(separator: "\n")
    case .html: return try Page.of(self, material, provenance).html()
    }
  }

  /// What is reported of what, above the tables.
  private func opening(_ material: DetectorMaterial) -> [String] {
    heading + (subject == .evaluation ? material.evaluationStatement : [])
  }

  private var heading: [String] {
    let dataset = run.configuration["dataset"]?.string.map { " on \(PrintedName.ofDataset($0))" }
    let seed = run.seed.map { ", seed \($0)" } ?? ""
    return ["\(subject.title); \(run.kind) \(run.uuid.prefix(8))\(dataset ?? "")\(seed)"]
  }
}

extension Run {
  /// Whether it ends the study of a name.
  fileprivate func isStudy(named name: String) -> Bool {
    configuration["study"]?.string == name
  }
}

extension Page {
  /// The page of a report on detectors: its tables, then its figures.
  static func of(
    _ report: DetectorReport, _ material: DetectorMaterial, _ provenance: ReportProvenance
  ) throws -> Page {
    let figures = try report.subject.figures.compactMap { figure -> Block? in
      do {
        let drawn = try figure.drawn(of: report.figureSubject)
        return Block(
          .figure(drawn.sheet, title: figure.summary, caption: figure.caption(isOfModel: false)),
          sources: drawn.sources, name: figure.rawValue)
      } catch FigureError.nothingToDraw {
        return nil
      }
    }
    let tables = try material.tables.map { table in
      Block(.table(table.table), sources: [table.source], name: table.name)
    }
    let sections = [
      Section(
        name: "tables", title: "Tables",
        introduction: report.subject == .evaluation ? material.evaluationStatement : [],
        blocks: tables),
      Section(name: "figures", title: "Figures", blocks: figures),
    ]
    return Page(
      title: report.subject.title, subtitle: ["\(report.run.kind) \(report.run.uuid.prefix(8))"],
      caveats: report.subject == .evaluation ? material.failures : [],
      sections: sections.filter { !$0.blocks.isEmpty },
      facts: [("Run", report.run.uuid), ("Database", try report.tracker.databaseUUID)],
      runs: provenance.runs)
  }
}

extension DetectorReport {
  /// What its figures are drawn of.
  var figureSubject: FigureSubject {
    FigureSubject(
      tracker: tracker, study: run, protocolName: "heldout", attackOrder: attackOrder,
      cleanImages: cleanImages, measures: measures)
  }
}
