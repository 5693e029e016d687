import ArgumentParser
import Report
import Study
import Tracker

/// What was made of a database that does not change meanwhile: a report, and figures by name.
final class ReportCache {
  var report: StudyReport?
  private var figures: [String: DrawnFigure] = [:]

  subscript(name: String) -> DrawnFigure? {
    get { figures[name] }
    set { figures[name] = newValue }
  }
}

/// Makes what `assay report` was asked for out of what a database holds now.
struct ReportContent {
  let tracker: Tracker
  /// The beginning of a study's UUID; nil takes the newest finished one.
  var study: String?
  /// The beginning of a model's UUID, which is reported instead of a study.
  var model: String?
  var protocolName: String?
  var sweep: String?
  let objective: String?
  let cleanImages: CleanImageSource
  let style: TerminalStyle
  /// What is kept while the database does not change; nil makes everything anew.
  var cache: ReportCache?
  /// How often a page loads itself anew; nil for never.
  var refreshSeconds: Int?

  /// The same of a sweep; nil leaves the one that was named.
  func of(sweep name: String?) -> ReportContent {
    guard let name else { return self }
    var content = self
    content.sweep = name
    return content
  }

  /// The bytes of a file.
  func rendered(_ choice: ReportChoice, as format: ReportFormat) throws -> [UInt8] {
    switch choice {
    case .figure(let figure): try rendered(figure, as: format)
    case .table(let part): try Array(tables(part, as: format).utf8)
    case .macros: try Array(report(of: chosenStudy()).macros().utf8)
    case .tables: try Array(tables(as: format).utf8)
    case .everything where format == .html: try Array(page.utf8)
    case .everything where format == .text: try Array(everythingAsText.utf8)
    case .everything: try Array(tables(as: format).utf8)
    }
  }

  private func rendered(_ figure: Figure, as format: ReportFormat) throws -> [UInt8] {
    let drawn = try drawn(figure, isForTerminal: format == .text)
    switch format {
    case .png: return try drawn.png()
    case .pdf: return try drawn.pdf()
    case .text:
      guard let text = drawn.rendered(for: style) else {
        throw ValidationError(
          "\(figure.rawValue) is not drawn in a terminal; write it to a file: "
            + "assay report \(figure.rawValue) -o \(figure.rawValue).svg")
      }
      return Array(text.utf8)
    default: return drawn.svg
    }
  }

  /// A figure of the study or of the sweep.
  func drawn(_ figure: Figure, isForTerminal: Bool = false) throws -> DrawnFigure {
    let name = "\(figure.rawValue) \(sweep ?? "")"
    if let known = cache?[name] { return known }
    let drawn = try figure.drawn(
      of: subject(figure.isOfSweep ? nil : chosenStudy(), withImages: figure == .gallery),
      isForTerminal: isForTerminal)
    cache?[name] = drawn
    return drawn
  }

  /// The queries that something's numbers come from.
  func queries(of choice: ReportChoice) throws -> [Query] {
    switch choice {
    case .table(let part): [part.query]
    case .tables, .macros: try report(of: chosenStudy()).allParts.map(\.query)
    case .figure(let figure): try drawn(figure).queries
    case .everything: []
    }
  }

  /// All tables, then the figures that terminals can show at a glance.
  private var everythingAsText: String {
    get throws {
      let study = try chosenStudy()
      let figures = try [Figure.figure1, .roc, .training].compactMap { figure in
        do {
          return try figure.drawn(of: subject(study), isForTerminal: true).rendered(for: style)
        } catch FigureError.nothingToDraw {
          // How an imported model was trained is not known.
          return nil
        }
      }
      return try report(of: study).rendered(
        as: .text, width: style.tableWidth, followedBy: figures)
    }
  }

  /// The page of the newest study and of all sweeps.
  private var page: String {
    get throws {
      // A page that is kept up to date may begin before anything is finished.
      let study =
        study == nil && model == nil && refreshSeconds != nil
        ? try newestStudy ?? (subject(nil).hasSweeps ? nil : newestModel) : try studyOrSweeps()
      return try ReportPage(
        subject: subject(study, withImages: study != nil), report: study.map(report)
      ).html(refreshSeconds: refreshSeconds)
    }
  }

  /// A table of the study, or all of them.
  private func tables(_ part: StudyReport.Part? = nil, as format: ReportFormat) throws -> String {
    try report(of: chosenStudy()).rendered(
      part, as: format.tableFormat ?? .text, width: style.tableWidth)
  }

  func report(of study: Run) throws -> StudyReport {
    if let known = cache?.report { return known }
    let report = StudyReport(
      tracker: tracker, study: study, protocolName: protocolName,
      attackOrder: Reproduction.attackOrder, isStandIn: try isStandIn(study))
    cache?.report = report
    return report
  }

  func subject(_ study: Run?, withImages: Bool = false) -> FigureSubject {
    FigureSubject(
      tracker: tracker, study: study, protocolName: protocolName ?? "paper",
      attackOrder: Reproduction.attackOrder,
      cleanImages: withImages ? study.flatMap(cleanImages.images) : nil, sweep: sweep,
      objective: objective)
  }

  private var newestStudy: Run? {
    get throws {
      try tracker.runs(kind: Reproduction.kind, state: .finished, limit: 1).first.map(checked)
    }
  }

  /// The newest of the models that have thresholds.
  private var newestModel: Run? {
    get throws {
      try Run.newestReportedModel(in: tracker).map(checked)
    }
  }

  /// Whether a model is the one that is reported where there is no study.
  private func isStandIn(_ run: Run) throws -> Bool {
    guard run.kind == Run.modelKind,
      try tracker.runs(kind: Reproduction.kind, state: .finished, limit: 1).isEmpty
    else { return false }
    return try newestModel?.uuid == run.uuid
  }

  /// The study or the model; nil where there are only sweeps.
  func studyOrSweeps() throws -> Run? {
    if study == nil, model == nil, try newestStudy == nil, try subject(nil).hasSweeps { return nil }
    return try chosenStudy()
  }

  /// The study or the model that was named, or the newest study, or the newest model that has
  /// thresholds.
  func chosenStudy() throws -> Run {
    if let model { return try named(model, kind: Run.modelKind) }
    guard let study else {
      guard let run = try newestStudy ?? newestModel else {
        throw StudyError.nothingRecorded(kind: Reproduction.kind)
      }
      return run
    }
    return try named(study, kind: Reproduction.kind)
  }

  private func named(_ prefix: String, kind: String) throws -> Run {
    let run = try tracker.run(matching: prefix)
    guard run.kind == kind else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: kind)
    }
    return try checked(run)
  }

  /// A study whose numbers belong to one data set, or such a model that has any.
  private func checked(_ study: Run) throws -> Run {
    let report = StudyReport(
      tracker: tracker, study: study, protocolName: nil, attackOrder: Reproduction.attackOrder)
    try report.refuseModelWithoutSets()
    try report.refuseMixedData()
    return study
  }
}
