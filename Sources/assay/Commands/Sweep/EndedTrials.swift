import Foundation
import SQLite
import Tracker

/// Tells of the trials of a sweep as they end.
struct EndedTrials {
  private let sweep: String
  private let tracker: Tracker
  private var told: Set<Int64>
  /// How many had ended when it was last looked.
  private var ended: Int

  /// Leaves out the trials that have ended already.
  init(of sweep: Sweep, in tracker: Tracker) throws {
    self.sweep = sweep.name
    self.tracker = tracker
    ended = Self.count(sweep)
    told = []
    told = Set(try rows().compactMap { $0[0].integer })
  }

  /// A line for each that has ended since.
  mutating func newLines(_ sweep: Sweep) throws -> [String] {
    guard Self.count(sweep) != ended else { return [] }
    ended = Self.count(sweep)
    let new = try rows().filter { $0[0].integer.map { !told.contains($0) } ?? false }
    told.formUnion(new.compactMap { $0[0].integer })
    return new.map(Self.line)
  }

  private static func count(_ sweep: Sweep) -> Int { sweep.counts.judged + sweep.counts.failed }

  private func rows() throws -> [[SQLValue]] {
    try tracker.read { connection in
      try connection.query(
        """
        SELECT number, state, parameters, error,
          (SELECT json_group_object(objective, value) FROM trial_values
           WHERE trial_values.sweep = trials.sweep AND trial_values.number = trials.number)
        FROM trials
        WHERE sweep = :sweep AND state IN ('finished', 'pruned', 'failed')
        ORDER BY ended, number
        """, ["sweep": .text(sweep)])
    }.rows
  }

  private static func line(_ row: [SQLValue]) -> String {
    let words = "trial \(row[0].integer ?? 0) \(row[1].text ?? "")"
    if let error = row[3].text { return "\(words): \(error)" }
    let values = pairs(row[4])
    return words + (values.isEmpty ? "" : ": \(values)") + " (\(pairs(row[2])))"
  }

  private static func pairs(_ object: SQLValue) -> String {
    guard case .object(let members)? = object.text.flatMap({ try? JSONValue(parsing: $0) }) else {
      return ""
    }
    return members.sorted { $0.key < $1.key }
      .map { "\($0.key) \(text($0.value))" }.joined(separator: ", ")
  }

  private static func text(_ value: JSONValue) -> String {
    if case .number(let number) = value { return String(format: "%.6g", number) }
    return value.string ?? value.canonical
  }
}
