import Report
import Tracker

/// The part that `assay report` makes.
enum ReportChoice: Equatable {
  case everything
  case summary
  case tables
  case macros
  case table(StudyReport.Part)
  case figure(Figure)
  case detectors(DetectorReport.Subject)

  /// The choice of a name; nil if there is none.
  init?(named name: String) {
    if name == "summary" {
      self = .summary
    } else if name == "tables" {
      self = .tables
    } else if name == "macros" {
      self = .macros
    } else if let part = StudyReport.Part(rawValue: name) {
      self = .table(part)
    } else if let figure = Figure(rawValue: name) {
      self = .figure(figure)
    } else if let subject = DetectorReport.Subject(rawValue: name) {
      self = .detectors(subject)
    } else {
      return nil
    }
  }

  /// What can be chosen.
  static var names: [String] {
    ["summary", "tables", "macros"] + StudyReport.Part.allCases.map(\.rawValue)
      + DetectorReport.Subject.allCases.map(\.rawValue) + Figure.allCases.map(\.rawValue)
  }

  /// What names it in a command; nothing for everything.
  var name: String {
    switch self {
    case .everything: ""
    case .summary: "summary"
    case .tables: "tables"
    case .macros: "macros"
    case .table(let part): part.rawValue
    case .figure(let figure): figure.rawValue
    case .detectors(let subject): subject.rawValue
    }
  }

  /// Whether it shows some of the measures and detectors on request.
  var takesMeasures: Bool {
    switch self {
    case .detectors(let subject): subject.queries.contains(.detectorRanking)
    case .figure(.detectorROC): true
    default: false
    }
  }

  /// The formats that there are of it.
  var formats: [ReportFormat] {
    switch self {
    case .everything, .tables, .table, .detectors:
      [.text, .json, .jsonl, .csv, .tsv, .markdown, .latex, .html]
    case .summary: [.text]
    case .macros: [.latex]
    case .figure: [.svg, .png, .pdf, .text]
    }
  }
}
