internal import Bytes
internal import SQLite
internal import Tracker

/// A group of runs as MLflow's clients see it.
struct MLflowExperiment {
  var number: String
  /// The group's name; that of no group is Default.
  var name: String
  var createdMilliseconds: Int64
  var changedMilliseconds: Int64
  var isDeleted = false
  /// Its row; nil where nothing but its runs is known of it.
  var row: Int64?

  static let defaultNumber = "0"
  static let defaultName = "Default"

  /// The group that its runs are in; nil: none.
  var group: String? { number == Self.defaultNumber ? nil : name }

  /// The number of a group that has no row.
  static func number(ofGroup name: String) -> String {
    let digits = ContentDigest.sha256(Array(name.utf8)).prefix(14)
    return String((Int64(digits, radix: 16) ?? 0) + 1)
  }
}

extension MLflowStore {
  /// All experiments, the newest first.
  func experiments() throws -> [MLflowExperiment] {
    let made = try connection.rows(
      "SELECT number, name, created_ms, changed_ms, is_deleted, id FROM experiment",
      decode: Self.experiment)
    let grown = try connection.rows(
      """
      SELECT group_name, min(created_ms), max(created_ms) FROM run_label
      JOIN run ON run.id = run_id
      WHERE group_name IS NOT NULL AND group_name NOT IN (SELECT name FROM experiment)
      GROUP BY group_name
      """
    ) { row in
      let name = try row.text(0)
      return MLflowExperiment(
        number: MLflowExperiment.number(ofGroup: name), name: name,
        createdMilliseconds: try row.int64(1), changedMilliseconds: try row.int64(2))
    }
    let created = try connection.rows("SELECT created_ms FROM database_identity") {
      try $0.int64(0)
    }
    let plain = MLflowExperiment(
      number: MLflowExperiment.defaultNumber, name: MLflowExperiment.defaultName,
      createdMilliseconds: created.first ?? 0, changedMilliseconds: created.first ?? 0)
    return
      (made + grown.filter { group in !made.contains { $0.number == group.number } } + [plain])
      .sorted { ($1.createdMilliseconds, $1.number) < ($0.createdMilliseconds, $0.number) }
  }

  /// The groups of some experiments, and whether Default, of the runs in none, is among them.
  func groups(of numbers: [String]) throws -> (names: [String], hasDefault: Bool) {
    let unknown = { (number: String) in try experiments().first { $0.number == number } }
    let groups = try numbers.filter { $0 != MLflowExperiment.defaultNumber }.compactMap {
      try (made("number", $0) ?? unknown($0))?.group
    }
    return (groups, numbers.contains(MLflowExperiment.defaultNumber))
  }

  /// An experiment that has a row, by its number or its name.
  private func made(_ column: StaticString, _ value: String) throws -> MLflowExperiment? {
    try connection.rows(
      """
      SELECT number, name, created_ms, changed_ms, is_deleted, id FROM experiment
      WHERE \(column) = ?
      """, [.text(value)], decode: Self.experiment
    ).first
  }

  private static func experiment(_ row: Row) throws -> MLflowExperiment {
    MLflowExperiment(
      number: try row.text(0), name: try row.text(1), createdMilliseconds: try row.int64(2),
      changedMilliseconds: try row.int64(3), isDeleted: try row.int(4) == 1,
      row: try row.int64(5))
  }

  /// An experiment by its name; nil if there is none.
  func experiment(named name: String) throws -> MLflowExperiment? {
    // All runs are looked at for the others, which are groups alone.
    try made("name", name) ?? experiments().first { $0.name == name }
  }

  /// An experiment by its number.
  ///
  /// - Throws: ``HTTPFailure`` if there is none.
  func experiment(_ number: String) throws -> MLflowExperiment {
    if let found = try made("number", number) { return found }
    guard let found = try experiments().first(where: { $0.number == number }) else {
      throw HTTPFailure.unknown("No Experiment with id=\(number) exists")
    }
    return found
  }

  /// The experiment that a program means which asks for one by name, while it is recorded as a run:
  /// the run's own, so that MLflow's client lets it log there.
  ///
  /// - Returns: It; nil if there is none of that name yet, and the program is to make it.
  func experiment(named name: String, of run: BoundRun) throws -> MLflowExperiment? {
    let id = try self.run(run.uuid).id
    if !run.keepsGroup {
      guard let found = try experiments().first(where: { $0.name == name }) else { return nil }
      try move(id, to: found)
      return found
    }
    let group =
      try connection.rows(
        "SELECT group_name FROM run_label WHERE run_id = ?", [.integer(id)]
      ) { $0.value(0).text }.first ?? nil
    return try experiments().first { $0.group == group }
  }

  /// Puts a run into an experiment.
  func move(_ run: Int64, to experiment: MLflowExperiment) throws {
    try connection.execute(
      """
      INSERT INTO run_label (run_id, group_name) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET group_name = excluded.group_name
      """, [.integer(run), experiment.group.map(SQLValue.text) ?? .null])
  }

  /// Makes an experiment.
  ///
  /// - Returns: Its number.
  func createExperiment(_ name: String, tags: [(String, String)]) throws -> String {
    guard name.unicodeScalars.count <= 500 else {
      throw HTTPFailure.invalid("'name' exceeds the maximum length of 500 characters")
    }
    let known = try experiments()
    if let found = known.first(where: { $0.name == name }) {
      throw HTTPFailure.exists(
        "Experiment(name=\(name)) already exists."
          + (found.isDeleted ? " It is deleted: restore it, or take another name." : ""))
    }
    var number = MLflowExperiment.number(ofGroup: name)
    while known.contains(where: { $0.number == number }) {
      number = String(Int64.random(in: 1...(1 << 56)))
    }
    try insert(
      MLflowExperiment(
        number: number, name: name, createdMilliseconds: Self.now, changedMilliseconds: Self.now))
    for (key, value) in tags { try setTag(key, value, ofExperiment: number) }
    return number
  }

  private func insert(_ experiment: MLflowExperiment) throws {
    try connection.execute(
      "INSERT INTO experiment (number, name, created_ms, changed_ms) VALUES (?, ?, ?, ?)",
      [
        .text(experiment.number), .text(experiment.name),
        .integer(experiment.createdMilliseconds), .integer(experiment.changedMilliseconds),
      ])
  }

  /// The row of an experiment, which is made if nothing but its runs was known.
  private func row(of experiment: MLflowExperiment) throws -> Int64 {
    if let row = experiment.row { return row }
    try insert(experiment)
    return connection.lastInsertedRow
  }

  func setTag(_ key: String, _ value: String, ofExperiment number: String) throws {
    guard key.unicodeScalars.count <= 250, value.unicodeScalars.count <= 20_000 else {
      throw HTTPFailure.invalid(
        "A tag's key exceeds the maximum length of 250 characters, or its value 20000")
    }
    try connection.execute(
      """
      INSERT INTO experiment_tag (experiment_id, name, value) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value
      """, [.integer(try row(of: experiment(number))), .text(key), .text(value)])
  }

  func deleteTag(_ key: String, ofExperiment number: String) throws {
    try connection.execute(
      "DELETE FROM experiment_tag WHERE experiment_id = ? AND name = ?",
      [.integer(try row(of: experiment(number))), .text(key)])
  }

  /// Deletes an experiment with its runs, or restores both.
  func setDeleted(_ isDeleted: Bool, experiment number: String) throws {
    let experiment = try experiment(number)
    guard let group = experiment.group else {
      throw HTTPFailure.invalid("The experiment Default, of runs in no group, cannot be deleted.")
    }
    try connection.execute(
      "UPDATE experiment SET is_deleted = ?, changed_ms = ? WHERE id = ?",
      [.integer(isDeleted ? 1 : 0), .integer(Self.now), .integer(try row(of: experiment))])
    let runs = "SELECT run_id FROM run_label WHERE group_name = ?1"
    if isDeleted {
      try connection.execute(
        """
        INSERT INTO hidden_run (run_id, how, since_ms)
        SELECT run_id, 'deleted', ?2 FROM (\(runs)) WHERE true
        ON CONFLICT DO UPDATE SET how = 'deleted', since_ms = excluded.since_ms
        """, [.text(group), .integer(Self.now)])
    } else {
      try connection.execute(
        "DELETE FROM hidden_run WHERE how = 'deleted' AND run_id IN (\(runs))", [.text(group)])
    }
  }

  func rename(experiment number: String, to name: String) throws {
    let experiment = try experiment(number)
    guard let group = experiment.group else {
      throw HTTPFailure.invalid("The experiment Default, of runs in no group, keeps its name.")
    }
    guard try !experiments().contains(where: { $0.name == name }) else {
      throw HTTPFailure.exists("Experiment(name=\(name)) already exists.")
    }
    try connection.execute(
      "UPDATE experiment SET name = ?, changed_ms = ? WHERE id = ?",
      [.text(name), .integer(Self.now), .integer(try row(of: experiment))])
    try connection.execute(
      "UPDATE run_label SET group_name = ? WHERE group_name = ?", [.text(name), .text(group)])
  }

  func write(_ experiment: MLflowExperiment, to json: inout JSONText) throws {
    let tags =
      try experiment.row.map { row in
        try connection.rows(
          "SELECT name, value FROM experiment_tag WHERE experiment_id = ? ORDER BY name",
          [.integer(row)]
        ) { (try $0.text(0), try $0.text(1)) }
      } ?? []
    json.object { object in
      object.string("experiment_id", experiment.number)
      object.string("name", experiment.name)
      object.string("artifact_location", "mlflow-artifacts:/\(experiment.number)")
      object.string("lifecycle_stage", experiment.isDeleted ? "deleted" : "active")
      object.integer("creation_time", experiment.createdMilliseconds)
      object.integer("last_update_time", experiment.changedMilliseconds)
      object.member("tags") { $0.pairs(tags) }
    }
  }
}

extension JSONText {
  /// Writes names with values as MLflow has them.
  mutating func pairs(_ pairs: [(String, String)]) {
    list(pairs) { json, pair in
      json.object { object in
        object.string("key", pair.0)
        object.string("value", pair.1)
      }
    }
  }
}
