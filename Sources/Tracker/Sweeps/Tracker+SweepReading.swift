internal import SQLite

/// A finished trial that a sweep's search came to.
public struct BestTrial: Sendable, Equatable {
  /// Its number.
  public let number: Int
  /// Its parameters, an object by name.
  public let parameters: JSONValue
  /// What it reached in the sweep's first objective.
  public let value: Double
}

extension Tracker {
  /// The best trial by the first objective, of equally good ones the earliest; nil if none has a
  /// number.
  ///
  /// It is found by an index, however many trials there are.
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

  /// The numbers of the trials that none other beats in all objectives.
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

  /// How many trials a sweep has judged a second, by the newest hundred and the time in which any of
  /// them was worked on, so that pauses do not count; nil before the second one.
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
