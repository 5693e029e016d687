import Foundation
import Report
import SQLite
import Study
import Tracker

/// Everything that is recorded of a learned detector, as tables.
struct DetectorSections {
  private let sections: [(name: String, table: Table)]

  /// Reads a detector by its name.
  ///
  /// - Throws: ``ScoreError/unknownDetector(_:known:)``, and the errors of the tracker.
  init(of name: String, in tracker: Tracker) throws {
    let known = try tracker.read { connection in
      try connection.rows("SELECT detector_name FROM detectors ORDER BY detector_name", []) {
        try $0.text(0)
      }
    }
    guard known.contains(name) else { throw ScoreError.unknownDetector(name, known: known) }
    let parts: [(name: String, title: String, formats: [String: ColumnFormat], sql: String)] = [
      (
        "detector", "Detector", ["model": .run, "run": .run],
        """
        SELECT detector_name, learner, fitted_part,
          (SELECT group_concat(value, ', ') FROM json_each(fitted_attacks)) AS fitted_attacks,
          inputs, clean_images, adversarial_images, threshold, model, run
        FROM detectors WHERE detector_name = :detector
        """
      ),
      (
        "inputs", "What it reads", ["weight": .real(digits: 4)],
        """
        SELECT input, weight FROM detector_inputs WHERE detector_name = :detector ORDER BY place
        """
      ),
      (
        "results", "At its threshold",
        [
          "detection_accuracy": .percent, "detection_accuracy_low": .percent,
          "detection_accuracy_high": .percent, "images": .integer,
        ],
        """
        SELECT attack, part, fitted_on, images, detection_accuracy, detection_accuracy_low,
          detection_accuracy_high, true_positives, adversarial, false_positives, clean
        FROM detector_results WHERE detector_name = :detector ORDER BY part DESC, attack
        """
      ),
    ]
    sections = try parts.map { part in
      let result = try tracker.read { try $0.query(part.sql, ["detector": .text(name)]) }
      return (
        part.name,
        Table(
          title: part.title,
          columns: result.columns.map { Table.Column($0, $0, part.formats[$0] ?? .mixed) },
          rows: result.rows)
      )
    }
  }

  /// The sections in a format; CSV, TSV and JSON Lines have a row for each value, under its section,
  /// row and column.
  func rendered(as format: TableFormat) -> String {
    switch format {
    case .json:
      let members = sections.map { "\"\($0.name)\": " + $0.table.rendered(as: .json).dropLast() }
      return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    case .csv, .tsv, .jsonl: return flattened.rendered(as: format)
    case .text, .markdown, .latex, .html:
      return sections.filter { !$0.table.rows.isEmpty }
        .map { ($0.name == "detector" ? Self.transposed($0.table) : $0.table).shown(as: format) }
        .joined(separator: "\n")
    }
  }

  private static func transposed(_ table: Table) -> Table {
    Table(
      title: table.title,
      columns: [Table.Column("name", "", .text), Table.Column("value", "", .mixed)],
      rows: table.columns.indices.map { column in
        [.text(table.columns[column].heading), table.rows[0][column]]
      })
  }

  private var flattened: Table {
    let rows = sections.flatMap { section in
      section.table.rows.enumerated().flatMap { index, row in
        zip(section.table.columns, row).map { column, value in
          [.text(section.name), .integer(Int64(index)), .text(column.name), value]
        }
      }
    }
    let columns = ["section", "row", "column", "value"].map { Table.Column($0, $0, .text) }
    return Table(title: "", columns: columns, rows: rows)
  }
}
