import Report
import SQLite
import Tracker

/// The queries that can be asked by name, in groups.
struct QueryList {
  /// A group of queries on one subject.
  private struct Group {
    let title: String
    let queries: [NamedQuery]
  }

  private let groups: [Group]

  /// The program's queries by subject.
  static let subjects: [(title: String, queries: [Query])] = [
    (
      "Studies and their tables",
      [
        .studies, .table1, .table2, .table3, .networks, .ablations, .measures, .attacks, .seeds,
        .seedStudies,
      ]
    ),
    (
      "Detectors and thresholds",
      [
        .bestThresholds, .informationGainThresholds, .applyThresholds, .thresholdCurve, .detectors,
        .storedDetector, .detectionRates, .detectionScore, .detectionByClass, .roc, .auroc,
        .uncertaintyHistogram, .cropAgreement,
      ]
    ),
    (
      "Images",
      [.sets, .gallery, .hardestImages, .imagePixels, .confusion, .perturbationNorms]
    ),
    (
      "Runs and models",
      [.runs, .runValues, .lineage, .provenance, .models, .trainingCurve, .storage]
    ),
    (
      "Sweeps",
      [.sweepBest, .sweepHistory, .sweepParameterEffect, .sweepTrials, .paretoFront]
    ),
  ]

  /// Groups a catalogue's queries; those of the user's folder come last.
  init(_ catalogue: QueryCatalogue) {
    var rest = Dictionary(
      catalogue.queries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var groups = Self.subjects.map { subject in
      Group(
        title: subject.title,
        queries: subject.queries.compactMap { rest.removeValue(forKey: $0.rawValue) })
    }
    let own = catalogue.queries.filter { rest[$0.name] != nil }
    if !own.isEmpty { groups.append(Group(title: "Your own", queries: own)) }
    self.groups = groups
  }

  /// A row for each query: name, what it answers, group.
  var rows: [[SQLValue]] {
    groups.flatMap { group in
      group.queries.map { [.text($0.name), .text($0.summary), .text(group.title)] }
    }
  }

  /// The list for people, a line for each query.
  ///
  /// - Parameter width: The number of columns that lines are cut to; nil for whole lines.
  /// - Returns: The lines, below the title of each group.
  func text(width: Int?) -> String {
    let nameWidth = (groups.flatMap(\.queries).map { $0.name.count }.max() ?? 0) + 2
    return groups.map { group in
      let lines = group.queries.map { query in
        let padding = String(repeating: " ", count: nameWidth - query.name.count)
        let line = ("  " + query.name + padding + query.summary).terminalText
        return width.map { line.prefix(columns: $0) } ?? line
      }
      return ([group.title] + lines).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
