import ArgumentParser
import Report
import Study
import Tracker

/// What was made of a database that does not change meanwhile: a report, and figures by name.
final class ReportCache {
  var subject: ReportSubject?
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
  /// What the report is about.
  var request: ReportRequest
  var protocolName: String?
  var options: ReportOptions
  /// The sweep of the figures; in a whole report nil stands for all.
  var sweep: String?
  /// The sweeps that a page shows; nil for all that have a finished trial, or the one that is named.
  var sweeps: [String]?
  var objective: String?
  /// The measures and detectors that reports on these show; nil for all.
  var measures: [String]?
  let cleanImages: CleanImageSource
  let style: TerminalStyle
  /// What is kept while the database does not change; nil makes everything anew.
  var cache: ReportCache?
  /// How often a page loads itself anew; nil for never.
  var refreshSeconds: Int?
  /// The options by which the commands that a summary ends with are about the same.
  var nextOptions = ""

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
    case .summary: try Array(summary.utf8)
    case .figure(let figure): try rendered(figure, as: format)
    case .table(let part): try Array(tables(part, as: format).utf8)
    case .detectors(let subject):
      try Array(
        detectorReport(subject, withImages: format == .html).rendered(
          as: format.tableFormat ?? .text, width: style.tableWidth
        ).utf8)
    case .macros: try Array(report.macros().utf8)
    case .tables: try Array(tables(as: format).utf8)
    case .everything where format == .html: try Array(page.utf8)
    case .everything where format == .text: try Array(everythingAsText.utf8)
    case .everything: try Array(tables(as: format).utf8)
    }
  }

  private func rendered(_ figure: Figure, as format: ReportFormat) throws -> [UInt8] {
    guard format != .text || figure.isForTerminals else {
      throw ValidationError(
        "\(figure.rawValue) is not drawn in a terminal; write it to a file: "
          + "assay report \(figure.rawValue) -o \(figure.rawValue).svg\(GivenFiles.database)")
    }
    let drawn = try drawn(figure, isForTerminal: format == .text)
    return switch format {
    case .png: try drawn.png()
    case .pdf: try drawn.pdf()
    case .text: Array((drawn.rendered(for: style) ?? "").utf8)
    default: drawn.svg
    }
  }

  /// A figure of the study or of the sweep.
  func drawn(_ figure: Figure, isForTerminal: Bool = false) throws -> DrawnFigure {
    let name = "\(figure.rawValue) \(sweep ?? "")"
    if let known = cache?[name] { return known }
    let drawn = try figure.drawn(
      of: try figureSubject(try run(of: figure), withImages: figure.showsImages),
      isForTerminal: isForTerminal)
    cache?[name] = drawn
    return drawn
  }

  /// The queries that something's numbers come from.
  func queries(of choice: ReportChoice) throws -> [Query] {
    switch choice {
    case .table(let part): [part.query]
    case .tables, .macros: try report.allParts.map(\.query)
    case .figure(let figure): try drawn(figure).queries
    case .detectors(let subject): subject.queries
    case .everything, .summary: []
    }
  }

  /// What a figure is of: the study, or that of another detection system; nil for a sweep's.
  private func run(of figure: Figure) throws -> Run? {
    guard !figure.isOfSweep else { return nil }
    guard !figure.isOfStudy else { return try subject.run }
    return try DetectorReport.run(of: figure, request, in: tracker)
  }

  /// A report on detectors; clean images are of a page alone.
  private func detectorReport(
    _ subject: DetectorReport.Subject, withImages: Bool
  ) throws -> DetectorReport {
    let run = try DetectorReport.run(of: subject, request, in: tracker)
    return DetectorReport(
      subject, of: run, in: tracker, attackOrder: Reproduction.attackOrder, measures: measures,
      options: options,
      cleanImages: try withImages && subject == .evaluation
        ? run.sourceOfCleanImages(in: tracker).flatMap(cleanImages.images) : nil)
  }

  /// What the study comes to, and where a reader goes from there.
  private var summary: String {
    get throws {
      let summary = try StudySummary(of: report)
      let parts = ["--full", summary.mainPart?.rawValue, "-o report.html"].compactMap(\.self)
      return try summary.text(
        for: style, next: parts.map { "assay report \($0)\(nextOptions)" })
    }
  }

  /// All tables, then the figures that terminals can show at a glance.
  private var everythingAsText: String {
    get throws {
      let study = try subject.run
      let figures = try [Figure.figure1, .roc, .training].compactMap { figure in
        do {
          return try figure.drawn(of: try figureSubject(study), isForTerminal: true)
            .rendered(for: style)
        } catch FigureError.nothingToDraw {
          // How an imported model was trained is not known.
          return nil
        }
      }
      return try report.rendered(
        as: .text, width: style.tableWidth, followedBy: figures)
    }
  }

  /// The page of the study and of the sweeps.
  private var page: String {
    get throws {
      // A page that is kept up to date may begin before anything is finished.
      let subject = try request.wholeSubject(
        self.subject, sweeps: sweepNames, mayBeEmpty: refreshSeconds != nil)
      return try ReportPage(
        subject: try figureSubject(subject.run, withImages: subject.run != nil),
        report: subject.run == nil ? nil : report(of: subject), sweeps: sweepNames
      ).html(refreshSeconds: refreshSeconds)
    }
  }

  /// A table of the study, or all of them.
  private func tables(_ part: StudyReport.Part? = nil, as format: ReportFormat) throws -> String {
    try report.rendered(
      part, as: format.tableFormat ?? .text, width: style.tableWidth)
  }

  private func report(of subject: ReportSubject) throws -> StudyReport {
    if let known = cache?.report { return known }
    guard let study = subject.run else { throw ReportError.nothingToReport }
    let report = StudyReport(
      tracker: tracker, study: study, protocolName: protocolName,
      attackOrder: Reproduction.attackOrder, isStandIn: subject.isStandIn, trial: subject.trial,
      options: options)
    cache?.report = report
    return report
  }

  /// The report of the study or the model.
  var report: StudyReport { get throws { try report(of: subject) } }

  func figureSubject(_ study: Run?, withImages: Bool = false) throws -> FigureSubject {
    FigureSubject(
      tracker: tracker, study: study, protocolName: protocolName ?? "paper",
      attackOrder: Reproduction.attackOrder,
      cleanImages: try withImages
        ? study?.sourceOfCleanImages(in: tracker).flatMap(cleanImages.images) : nil,
      measures: measures,
      sweep: sweep, objective: objective)
  }

  /// The sweeps that there are figures of, by name.
  var sweepNames: [String] {
    get throws {
      try sweeps ?? figureSubject(nil).sweepNames.filter { [nil, $0].contains(sweep) }
    }
  }

  /// The study or the model that the report is about.
  var subject: ReportSubject {
    get throws {
      if let known = cache?.subject { return known }
      let subject = try request.subject(in: tracker)
      cache?.subject = subject
      return subject
    }
  }

  /// The same; sweeps alone where nobody named a study and there are only sweeps.
  var subjectOrSweeps: ReportSubject {
    get throws { try request.wholeSubject(subject, sweeps: sweepNames) }
  }
}
