internal import SQLite

/// A sweep's best finished trial.
public struct BestTrial: Sendable, Equatable {
  /// Its number.
  public let number: Int
  /// Its parameters, an object by name.
  public let parameters: JSONValue
  /// Its value of the sweep's first objective.
  public let value: Double

  /// Describes a trial.
  package init(number: Int, parameters: JSONValue, value: Double) {
    self.number = number
    self.parameters = parameters
    self.value = value
  }
}

extension Tracker {
  /// The best trial by the first objective, the earliest of equal ones; nil if no trial has a
  /// value.
  ///
  /// An index finds it, so the time doesn't depend on the number of trials.
  ///
  /// - Throws: `SQLiteError`.
  public func bestTrial(of sweep: Sweep) throws -> BestTrial? {
    let order = sweep.description.objectives.first?.goal == .minimise ? "ASC" : "DESC"
    return try read { connection in
      try connection.rows(
        """
        SELECT trial.number, trial.parameters, trial_value.value
        FROM trial_value JOIN trial ON trial.id = trial_value.trial_id
        WHERE trial_value.sweep_id = ? AND objective = 0 AND trial_value.value IS NOT NULL
        ORDER BY trial_value.value \(order), trial_value.trial_id LIMIT 1
        """, [.integer(sweep.id)]
      ) { row in
        BestTrial(
          number: try row.int(0), parameters: try JSONValue(parsing: try row.text(1)),
          value: try row.double(2))
      }.first
    }
  }

  /// The numbers of the trials on the Pareto front: no other trial beats them in all objectives.
  ///
  /// - Throws: `SQLiteError`.
  public func bestTrials(of sweep: Sweep) throws -> [Int] {
    guard sweep.description.objectives.count > 1 else {
      return try bestTrial(of: sweep).map { [$0.number] } ?? []
    }
    let front = try query(.paretoFront, ["sweep": .text(sweep.name)])
    let index = front.columns.firstIndex(of: "number") ?? 0
    return Set(front.rows.compactMap { $0[index].integer.map { Int($0) } }).sorted()
  }

  /// The parameters of a trial, an object by name.
  ///
  /// - Throws: ``TrackerError/unknownTrial(sweep:number:)`` or `SQLiteError`.
  public func parameters(ofTrial number: Int, in sweep: Sweep) throws -> JSONValue {
    let found = try read { connection in
      try connection.rows(
        "SELECT parameters FROM trial WHERE sweep_id = ? AND number = ?",
        [.integer(sweep.id), .integer(Int64(number))]
      ) { try JSONValue(parsing: try $0.text(0)) }
    }
    guard let parameters = found.first else {
      throw TrackerError.unknownTrial(sweep: sweep.name, number: number)
    }
    return parameters
  }

  /// Judged trials a second, over the newest hundred trials; nil for fewer than two.
  ///
  /// Only time in which a worker held one of them counts, so pauses don't.
  ///
  /// - Throws: `SQLiteError`.
  public func trialRate(of sweep: Sweep) throws -> Double? {
    let times = try read { connection in
      try connection.rows(
        """
        SELECT ended_ms,
          (SELECT max(started_ms) FROM trial_attempt WHERE trial_id = trial.id)
        FROM trial WHERE sweep_id = ? AND judged_number IS NOT NULL
        ORDER BY judged_number DESC LIMIT 100
        """, [.integer(sweep.id)]
      ) { (ended: try $0.int64(0), started: try $0.int64(1)) }
    }
    guard let first = times.last?.ended else { return nil }
    var (worked, reached) = (Int64(0), first)
    for time in times.dropLast().sorted(by: { $0.started < $1.started }) {
      worked += max(0, time.ended - max(time.started, reached))
      reached = max(reached, time.ended)
    }
    return worked > 0 ? Double(times.count - 1) / (Double(worked) / 1000) : nil
  }
}
