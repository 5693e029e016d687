internal import Foundation
internal import SQLite

extension Tracker {
  /// Creates a sweep, or opens the sweep of the same name and definition.
  ///
  /// An existing sweep takes over the description's budget and retention.
  ///
  /// - Parameters:
  ///   - description: What it is.
  ///   - uuid: The UUID of a new sweep, where several files record parts of it; nil for a random one.
  /// - Returns: The sweep.
  /// - Throws: ``TrackerError/differentSweep(name:differences:)`` if the sweep of this name
  ///   searches something else; ``TrackerError/unusableName(_:of:)``; `SQLiteError`.
  public func openSweep(_ description: SweepDescription, uuid: String? = nil) throws -> Sweep {
    try RecordName.check(description.name, of: "sweep")
    for objective in description.objectives {
      try RecordName.check(objective.name, of: "objective")
    }
    return try write { connection in
      if let sweep = try Self.sweep(named: description.name, in: connection) {
        try sweep.description.requireSame(as: description)
        try connection.execute(
          """
          UPDATE sweep SET state = 'open', budget = ?, trial_limit = ?, attempt_limit = ?,
            kept_pixels = ?, kept_models = ?
          WHERE id = ?
          """, Self.changeable(description) + [.integer(sweep.id)])
      } else {
        _ = try Self.insert(
          description, uuid: uuid ?? UUID().uuidString.lowercased(), created: Clock.milliseconds,
          in: connection)
      }
      return try Self.existingSweep(named: description.name, in: connection)
    }
  }

  private static func changeable(_ description: SweepDescription) -> [SQLValue] {
    [
      .integer(Int64(description.budget.trials)), .integer(Int64(description.budget.trialLimit)),
      .integer(Int64(description.budget.attemptLimit)),
      .text(description.retention.pixels.rawValue), .text(description.retention.models.rawValue),
    ]
  }

  /// Inserts a sweep.
  ///
  /// - Returns: Its row's number.
  static func insert(
    _ description: SweepDescription, uuid: String, created: Int64, in connection: Connection
  ) throws -> Int64 {
    try connection.execute(
      """
      INSERT INTO sweep (
        budget, trial_limit, attempt_limit, kept_pixels, kept_models, uuid, name, definition, seed,
        created_ms
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      changeable(description) + [
        .text(uuid), .text(description.name),
        .text(description.definition.canonical), .integer(description.seed), .integer(created),
      ])
    let id = connection.lastInsertedRow
    for (number, objective) in description.objectives.enumerated() {
      try connection.execute(
        "INSERT INTO sweep_objective (sweep_id, number, name, goal) VALUES (?, ?, ?, ?)",
        [
          .integer(id), .integer(Int64(number)), .text(objective.name),
          .text(objective.goal.rawValue),
        ])
    }
    return id
  }

  /// The sweep of a name.
  ///
  /// - Throws: ``TrackerError/unknownSweep(_:)`` or `SQLiteError`.
  public func sweep(named name: String) throws -> Sweep {
    try read { try Self.existingSweep(named: name, in: $0) }
  }

  /// The sweep of a name, if there is one.
  ///
  /// - Throws: `SQLiteError`.
  public func findSweep(named name: String) throws -> Sweep? {
    try read { try Self.sweep(named: name, in: $0) }
  }

  /// Asks the workers of a sweep to give back their trials and end.
  ///
  /// - Throws: `SQLiteError`.
  public func stop(_ sweep: Sweep) throws {
    try write { connection in
      try connection.execute(
        "UPDATE sweep SET state = 'stopped' WHERE id = ? AND state = 'open'",
        [.integer(sweep.id)])
    }
  }

  /// Queues the failed trials of a sweep again.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - fromScratch: Whether to drop the work of their unfinished runs; otherwise these resume
  ///     from their checkpoints.
  /// - Returns: The number of trials queued again.
  /// - Throws: `SQLiteError`.
  public func retryFailedTrials(of sweep: Sweep, fromScratch: Bool) throws -> Int {
    try write { connection in
      if fromScratch {
        try connection.execute(
          """
          DELETE FROM run WHERE state IN ('interrupted', 'failed') AND id IN (
            SELECT trial_run.run_id FROM trial_run
            JOIN trial ON trial.id = trial_run.trial_id
            WHERE trial.sweep_id = ? AND trial.state = 'failed')
          """, [.integer(sweep.id)])
      }
      return try connection.execute(
        """
        UPDATE trial SET state = 'queued', error = NULL, ended_ms = NULL, attempts_forgiven = (
          SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id)
        WHERE sweep_id = ? AND state = 'failed'
        """, [.integer(sweep.id)])
    }
  }

  static func existingSweep(named name: String, in connection: Connection) throws -> Sweep {
    guard let sweep = try sweep(named: name, in: connection) else {
      throw TrackerError.unknownSweep(name)
    }
    return sweep
  }

  private static func sweep(named name: String, in connection: Connection) throws -> Sweep? {
    let objectives = try connection.rows(
      """
      SELECT sweep_objective.name, goal FROM sweep_objective
      JOIN sweep ON sweep.id = sweep_objective.sweep_id
      WHERE sweep.name = ? ORDER BY number
      """, [.text(name)]
    ) { row in
      SweepObjective(try row.text(0), try row.text(1) == "minimise" ? .minimise : .maximise)
    }
    return try connection.rows(
      "SELECT \(Sweep.columns) FROM sweep WHERE name = ?", [.text(name)]
    ) { try Sweep($0, objectives: objectives) }.first
  }
}

extension SweepDescription {
  /// Makes sure that another description searches the same.
  ///
  /// - Throws: ``TrackerError/differentSweep(name:differences:)``.
  package func requireSame(as wanted: SweepDescription) throws {
    var differences = definition.differences(from: wanted.definition)
    if seed != wanted.seed { differences.append("seed is \(wanted.seed), was \(seed)") }
    guard differences.isEmpty else {
      throw TrackerError.differentSweep(name: name, differences: differences)
    }
  }
}

extension JSONValue {
  /// What differs in another value, a sentence for each leaf, such as "training.epochs is 5, was
  /// 3".
  func differences(from other: JSONValue) -> [String] {
    let (ours, theirs) = (comparableLeaves, other.comparableLeaves)
    return Set(ours.keys).union(theirs.keys).sorted().compactMap { path in
      switch (theirs[path], ours[path]) {
      case (let new?, let old?): new == old ? nil : "\(path) is \(new), was \(old)"
      case (let new?, nil): "\(path) is new: \(new)"
      case (nil, let old?): "\(path) is gone, was \(old)"
      case (nil, nil): nil
      }
    }
  }

  /// The texts of all leaves by path; the elements of a list that have names go by them.
  private var comparableLeaves: [String: String] {
    Dictionary(namingElements.leaves.map { ($0.path, $0.value.canonical) }) { first, _ in first }
  }

  private var namingElements: JSONValue {
    switch self {
    case .object(let members): return .object(members.mapValues(\.namingElements))
    case .array(let elements):
      let names = elements.compactMap { $0["name"]?.string }
      guard names.count == elements.count, Set(names).count == names.count else { return self }
      return .object(Dictionary(uniqueKeysWithValues: zip(names, elements.map(\.namingElements))))
    default: return self
    }
  }
}
