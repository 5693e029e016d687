import Report
import SQLite
import Tracker

/// Trials of a sweep with a column for each parameter and each objective.
struct SweepTrials {
  /// What the columns are called; a parameter called like another column has 'parameter.' before
  /// it.
  let columns: [String]
  /// A trial a row; NULL where a trial has no such parameter or value.
  let rows: [[SQLValue]]

  private static let leading = ["number", "state"]
  private static let trailing = ["attempts", "duration_seconds", "created", "ended", "error"]

  /// Reads trials in the order of their numbers.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - numbers: Of which trials; nil for all.
  ///   - tracker: Where they are recorded.
  /// - Throws: `SQLiteError`, `TrackerError`.
  init(of sweep: Sweep, numbers: [Int]? = nil, in tracker: Tracker) throws {
    let list = numbers.map { JSONValue.array($0.map { .integer(Int64($0)) }).canonical }
    let values: [String: SQLValue] = [
      "sweep": .text(sweep.name), "numbers": list.map(SQLValue.text) ?? .null,
    ]
    let known =
      "sweep = :sweep AND (:numbers IS NULL"
      + " OR number IN (SELECT value FROM json_each(:numbers)))"
    let fixed = (Self.leading + Self.trailing).joined(separator: ", ")
    let trials = try tracker.read {
      try $0.query("SELECT parameters, \(fixed) FROM trials WHERE \(known) ORDER BY number", values)
    }.rows
    let reached = try tracker.read {
      try $0.query("SELECT number, objective, value FROM trial_values WHERE \(known)", values)
    }.rows
    var results: [Int64: [String: SQLValue]] = [:]
    for row in reached { results[row[0].integer ?? 0, default: [:]][row[1].text ?? ""] = row[2] }
    let settings = try trials.map { try Self.settings($0[0]) }
    let objectives = sweep.description.objectives.map(\.name)
    let parameters = Set(settings.flatMap(\.keys)).sorted()
    let taken = Set(Self.leading + Self.trailing + objectives)
    columns =
      Self.leading + objectives
      + parameters.map { taken.contains($0) ? "parameter.\($0)" : $0 } + Self.trailing
    let count = Self.leading.count
    rows = zip(trials, settings).map { trial, settings -> [SQLValue] in
      let own = results[trial[1].integer ?? 0] ?? [:]
      var row = Array(trial[1...count])
      row += objectives.map { own[$0] ?? .null }
      row += parameters.map { settings[$0] ?? .null }
      row += trial[(count + 1)...]
      return row
    }
  }

  /// The settings of a trial by their paths.
  private static func settings(_ json: SQLValue) throws -> [String: SQLValue] {
    guard case .object(let members) = try JSONValue(parsing: json.text ?? "{}") else { return [:] }
    return members.mapValues { value in
      switch value {
      case .null: .null
      case .integer(let number): .integer(number)
      case .number(let number): .real(number)
      case .string(let text): .text(text)
      case .bool, .array, .object: .text(value.canonical)
      }
    }
  }

  /// What people want to know of trials: no times, and no column that is empty.
  var inShort: (columns: [String], rows: [[SQLValue]]) {
    let left = columns.indices.filter { index in
      !Self.trailing.contains(columns[index]) && rows.contains { $0[index] != .null }
    }
    return (left.map { columns[$0] }, rows.map { row in left.map { row[$0] } })
  }
}
