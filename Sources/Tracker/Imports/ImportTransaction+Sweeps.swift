internal import Foundation
internal import SQLite

extension ImportTransaction {
  /// Records a sweep unless it is here.
  ///
  /// Nobody works on it: it is stopped.
  ///
  /// - Returns: The sweep's row, for its trials, and the name that it has here.
  /// - Throws: ``TrackerError/unusableName(_:of:)``, `SQLiteError`.
  public func open(_ sweep: ImportedSweep) throws -> (id: Int64, name: String) {
    let known = try connection.rows(
      """
      SELECT id, name FROM sweep
      WHERE definition ->> '$.imported.tool' = ? AND definition ->> '$.imported.source_id' = ?
      """, [.text(sweep.tool), .text(sweep.sourceID)]
    ) { (id: try $0.int64(0), name: try $0.text(1)) }
    if let known = known.first { return known }
    let name = try freeName(sweep.name)
    try RecordName.check(name, of: "sweep")
    try connection.execute(
      """
      INSERT INTO sweep (
        uuid, name, state, definition, seed, budget, trial_limit, attempt_limit, kept_pixels,
        kept_models, created_ms
      ) VALUES (?, ?, 'stopped', ?, 0, 1, 1, 1, 'all', 'all', ?)
      """,
      [
        .text(UUID().uuidString.lowercased()), .text(name), .text(definition(of: sweep).canonical),
        .integer(sweep.createdMilliseconds),
      ])
    let id = connection.lastInsertedRow
    for (number, objective) in sweep.objectives.enumerated() {
      try RecordName.check(objective.name, of: "objective")
      try connection.execute(
        "INSERT INTO sweep_objective (sweep_id, number, name, goal) VALUES (?, ?, ?, ?)",
        [
          .integer(id), .integer(Int64(number)), .text(objective.name),
          .text(objective.goal.rawValue),
        ])
    }
    return (id, name)
  }

  /// Takes the trials that a sweep has for its budget, and says whether it has ended.
  ///
  /// - Parameters:
  ///   - sweep: The sweep's row.
  ///   - isFinished: Whether no more trials are to come.
  /// - Throws: `SQLiteError`.
  public func close(sweep: Int64, isFinished: Bool) throws {
    try connection.execute(
      """
      UPDATE sweep SET
        state = ?, budget = max(finished_trials, 1), trial_limit = max(created_trials, 1)
      WHERE id = ?
      """, [.text(isFinished ? "finished" : "stopped"), .integer(sweep)])
  }

  private func definition(of sweep: ImportedSweep) -> JSONValue {
    .object([
      "imported": .object([
        "tool": .string(sweep.tool), "source_id": .string(sweep.sourceID),
      ]),
      "space": .array(sweep.space),
      "objectives": .array(
        sweep.objectives.map {
          .object(["name": .string($0.name), "goal": .string($0.goal.rawValue)])
        }),
    ])
  }

  /// A name that no sweep has, with a number behind it if need be.
  private func freeName(_ wanted: String) throws -> String {
    let wanted = String(ImportWriter.recordable(wanted).unicodeScalars.prefix(Self.longestName))
    for number in 1... {
      let name = number == 1 ? wanted : "\(wanted)-\(number)"
      let taken = try connection.rows("SELECT 1 FROM sweep WHERE name = ?", [.text(name)]) { _ in
        true
      }
      if taken.isEmpty { return name }
    }
    return wanted
  }

  /// Leaves room for a number.
  private static let longestName = 190
}
