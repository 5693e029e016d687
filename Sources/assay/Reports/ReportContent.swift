import ArgumentParser
import Report
import Study
import Tracker

/// What `assay report` is asked for: everything, all tables, a table or a figure.
enum ReportChoice: Equatable {
  case everything
  case tables
  case table(StudyReport.Part)
  case figure(Figure)

  /// The choice of a name; nil if there is none of it.
  init?(named name: String) {
    if name == "tables" {
      self = .tables
    } else if let part = StudyReport.Part(rawValue: name) {
      self = .table(part)
    } else if let figure = Figure(rawValue: name) {
      self = .figure(figure)
    } else {
      return nil
    }
  }

  /// What can be chosen.
  static var names: [String] {
    ["tables"] + StudyReport.Part.allCases.map(\.rawValue) + Figure.allCases.map(\.rawValue)
  }

  /// The formats that there are of it.
  var formats: [ReportFormat] {
    switch self {
    case .everything: [.text, .markdown, .csv, .json, .html]
    case .tables, .table: [.text, .markdown, .csv, .json]
    case .figure: [.svg, .png, .pdf, .text]
    }
  }
}

/// Makes what `assay report` was asked for out of what a database holds now.
struct ReportContent {
  let tracker: Tracker
  /// The beginning of a study's UUID; nil takes the newest finished one.
  let study: String?
  let protocolName: String?
  let sweep: String?
  let objective: String?
  let cleanImages: CleanImageSource
  let style: TerminalStyle
  /// How often a page loads itself anew; nil for never.
  var refreshSeconds: Int?

  /// The bytes of a file.
  func rendered(_ choice: ReportChoice, as format: ReportFormat) throws -> [UInt8] {
    switch choice {
    case .figure(let figure): try rendered(figure, as: format)
    case .table(let part):
      try Array(report(of: chosenStudy()).rendered(part, as: table(format)).utf8)
    case .tables: try Array(report(of: chosenStudy()).rendered(as: table(format)).utf8)
    case .everything where format == .html: try Array(page.utf8)
    case .everything where format == .text: try Array(everythingAsText.utf8)
    case .everything: try Array(report(of: chosenStudy()).rendered(as: table(format)).utf8)
    }
  }

  private func rendered(_ figure: Figure, as format: ReportFormat) throws -> [UInt8] {
    let drawn = try figure.drawn(
      of: subject(figure.isOfSweep ? nil : chosenStudy(), withImages: figure == .gallery),
      isForTerminal: format == .text)
    switch format {
    case .png: return drawn.png
    case .pdf: return drawn.pdf
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

  /// All tables, then the figures that terminals can show at a glance.
  private var everythingAsText: String {
    get throws {
      let study = try chosenStudy()
      let figures = try [Figure.figure1, .roc, .training].compactMap { figure in
        try figure.drawn(of: subject(study), isForTerminal: true).rendered(for: style)
      }
      return ([try report(of: study).rendered(as: .text)] + figures).joined(separator: "\n")
    }
  }

  /// The page of the newest study and of all sweeps.
  private var page: String {
    get throws {
      // A page that is kept up to date may begin before anything is finished.
      let study = study == nil && refreshSeconds != nil ? try newestStudy : try studyOrSweeps()
      return try ReportPage(
        subject: subject(study, withImages: study != nil), report: study.map(report)
      ).html(refreshSeconds: refreshSeconds)
    }
  }

  private func table(_ format: ReportFormat) -> TableFormat { format.tableFormat ?? .text }

  private func report(of study: Run) -> StudyReport {
    StudyReport(
      tracker: tracker, study: study, protocolName: protocolName,
      attackOrder: Reproduction.attackOrder)
  }

  private func subject(_ study: Run?, withImages: Bool = false) -> FigureSubject {
    FigureSubject(
      tracker: tracker, study: study, protocolName: protocolName ?? "paper",
      attackOrder: Reproduction.attackOrder,
      cleanImages: withImages ? study.flatMap(cleanImages.images) : nil, sweep: sweep,
      objective: objective)
  }

  private var newestStudy: Run? {
    get throws {
      try tracker.runs(kind: Reproduction.kind, state: .finished, limit: 1).first
    }
  }

  /// The study; nil where there are only sweeps.
  private func studyOrSweeps() throws -> Run? {
    if study == nil, try newestStudy == nil, try subject(nil).hasSweeps { return nil }
    return try chosenStudy()
  }

  private func chosenStudy() throws -> Run {
    guard let study else {
      guard let run = try newestStudy else {
        throw StudyError.nothingRecorded(
          kind: Reproduction.kind, remedy: "run the study first: assay reproduce")
      }
      return run
    }
    let run = try tracker.run(matching: study)
    guard run.kind == Reproduction.kind else {
      throw StudyError.wrongKind(run: run.uuid, kind: run.kind, needed: Reproduction.kind)
    }
    return run
  }
}
