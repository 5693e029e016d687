internal import SQLite
internal import Tracker

/// The SQLite database that Optuna 3 and later keep studies in; that of 2.4 to 2.10 lacks columns for
/// infinities.
final class OptunaDatabase: OptunaSource {
  private let connection: Connection
  private let path: String
  /// The SQL of values and intermediate values with the words for those that are no finite numbers.
  private let valueColumns: (value: String, intermediate: String)
  private var distributions: [String: OptunaDistribution] = [:]
  /// The trial that was asked for last, which its description and its values both are taken from.
  private var newest: (key: Int64, details: OptunaDetails)?

  /// Opens a database for reading.
  ///
  /// - Throws: ``ForeignTrackerError``, `SQLiteError`.
  init(_ path: String, _ context: ImportContext) throws {
    self.path = path
    connection = try ForeignDatabase.open(
      path, tool: OptunaStore.tool.title,
      tables: [
        "studies": ["study_id", "study_name"],
        "study_directions": ["study_id", "direction", "objective"],
        "study_system_attributes": ["study_id", "key", "value_json"],
        "trials": [
          "trial_id", "number", "study_id", "state", "datetime_start", "datetime_complete",
        ],
        "trial_params": ["trial_id", "param_name", "param_value", "distribution_json"],
        "trial_values": ["trial_id", "objective", "value"],
        "trial_intermediate_values": ["trial_id", "step", "intermediate_value"],
        "trial_user_attributes": ["trial_id", "key", "value_json"],
        "trial_system_attributes": ["trial_id", "key", "value_json"],
      ], context)
    let opened = connection
    func column(_ name: String, of table: String) throws -> String {
      try ForeignDatabase.columns(of: table, in: opened).contains(name) ? name : "'FINITE'"
    }
    valueColumns = (
      try column("value_type", of: "trial_values"),
      try column("intermediate_value_type", of: "trial_intermediate_values")
    )
  }

  func studies() throws -> [OptunaStudy] {
    let studies = try connection.rows("SELECT study_id, study_name FROM studies ORDER BY study_id")
    {
      (id: try $0.int64(0), name: try $0.text(1))
    }
    return try studies.map { id, name in
      let directions = try connection.rows(
        "SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective",
        [.integer(id)]
      ) { try $0.text(0) }
      let names = try connection.rows(
        """
        SELECT value_json FROM study_system_attributes
        WHERE study_id = ? AND key = 'study:metric_names'
        """, [.integer(id)]
      ) { try $0.text(0) }.first
      let first = try connection.rows(
        "SELECT min(datetime_start) FROM trials WHERE study_id = ?", [.integer(id)]
      ) { $0.value(0).text ?? "" }.first
      return OptunaStudy(
        id: "\(name)@\(first ?? "")", name: name,
        objectives: OptunaStudy.objectives(
          directions: directions, names: names.flatMap(Self.texts)),
        space: try space(of: id), trials: try trials(of: id))
    }
  }

  private static func texts(_ json: String) -> [String]? {
    guard case .array(let elements) = JSONValue(python: json) else { return nil }
    return elements.compactMap(\.string)
  }

  private func space(of study: Int64) throws -> [JSONValue] {
    let ranges = try connection.rows(
      """
      SELECT param_name, distribution_json, min(param_id)
      FROM trial_params JOIN trials ON trials.trial_id = trial_params.trial_id
      WHERE study_id = ? GROUP BY param_name ORDER BY min(param_id)
      """, [.integer(study)]
    ) { (name: try $0.text(0), text: try $0.text(1)) }
    return try ranges.map { try distribution($0.text).range(of: $0.name) }
  }

  private func distribution(_ text: String) throws -> OptunaDistribution {
    if let known = distributions[text] { return known }
    guard let read = OptunaDistribution(text) else {
      throw ForeignTrackerError.damaged(
        path: path, problem: "'\(text.prefix(60))' is no distribution")
    }
    distributions[text] = read
    return read
  }

  /// Optuna writes times of the computer's own zone.
  private func trials(of study: Int64) throws -> [OptunaTrial] {
    func milliseconds(_ column: String) -> String {
      "CAST(round((julianday(\(column), 'utc') - 2440587.5) * 86400000) AS INTEGER)"
    }
    return try connection.rows(
      """
      SELECT
        trial_id, number, state, \(milliseconds("datetime_start")),
        \(milliseconds("datetime_complete"))
      FROM trials WHERE study_id = ? ORDER BY number
      """, [.integer(study)]
    ) { row in
      let state = try row.text(2)
      guard let known = OptunaState(rawValue: state) else {
        throw ForeignTrackerError.otherVersion(
          path: path, tool: OptunaStore.tool.title, found: "the state '\(state)'",
          known: OptunaState.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return OptunaTrial(
        key: try row.int64(0), number: try row.int(1), state: known,
        started: row.value(3).integer, ended: row.value(4).integer)
    }
  }

  func details(of trial: OptunaTrial) throws -> OptunaDetails {
    if let newest, newest.key == trial.key { return newest.details }
    var details = OptunaDetails()
    let key = [SQLValue.integer(trial.key)]
    _ = try connection.rows(
      "SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ?", key
    ) { row in
      let name = try row.text(0)
      let distribution = try distribution(try row.text(2))
      guard let value = distribution.value(of: row.value(1).real ?? .nan) else {
        throw ForeignTrackerError.damaged(
          path: path, problem: "trial \(trial.number) has no choice for '\(name)'")
      }
      details.parameters[name] = value
    }
    details.values = try connection.rows(
      """
      SELECT value, \(valueColumns.value) FROM trial_values WHERE trial_id = ? ORDER BY objective
      """, key
    ) { Self.number($0.value(0), try $0.text(1)) }
    _ = try connection.rows(
      """
      SELECT step, intermediate_value, \(valueColumns.intermediate)
      FROM trial_intermediate_values WHERE trial_id = ?
      """, key
    ) { details.intermediateValues[try $0.int64(0)] = Self.number($0.value(1), try $0.text(2)) }
    _ = try connection.rows(
      "SELECT key, value_json FROM trial_user_attributes WHERE trial_id = ?", key
    ) { row in
      let text = try row.text(1)
      details.attributes[try row.text(0)] = JSONValue(python: text) ?? .string(text)
    }
    if trial.state == .fail {
      details.failure =
        try connection.rows(
          """
          SELECT value_json FROM trial_system_attributes WHERE trial_id = ? AND key = 'fail_reason'
          """, key
        ) { JSONValue(python: try $0.text(0))?.string }.first ?? nil
    }
    newest = (trial.key, details)
    return details
  }

  private static func number(_ value: SQLValue, _ kind: String) -> Double {
    switch kind {
    case "INF_POS": .infinity
    case "INF_NEG": -.infinity
    default: value.real ?? value.integer.map { Double($0) } ?? .nan
    }
  }
}
