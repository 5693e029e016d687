internal import Foundation
internal import SQLite
internal import Tracker

/// What clients log of a run.
extension MLflowStore {
  /// A value of a metric.
  struct Point {
    let name: String
    let step: Int64
    let value: Double
    let time: Int64

    /// Whether it counts, and not another one of the same step.
    func counts(before other: Point) -> Bool {
      if time != other.time { return time > other.time }
      if value.isNaN || other.value.isNaN { return other.value.isNaN && !value.isNaN }
      return value > other.value
    }

    func isSame(as other: Point) -> Bool {
      time == other.time && (value == other.value || (value.isNaN && other.value.isNaN))
    }
  }

  /// Logs values; those that are there already, since a client repeats itself, change nothing.
  func log(_ points: [Point], in run: Run) throws {
    for (name, points) in Dictionary(grouping: points, by: \.name) {
      let added = try connection.insertRows(
        """
        INSERT INTO metric (run_id, name, step, value, recorded_ms) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        [
          .constant(run.id), .text(name), .integers(points.map(\.step)),
          .reals(points.map(\.value)), .integers(points.map(\.time)),
        ])
      // Steps that had a value: which ones, each of the points finds out.
      if added < points.count { for point in points { try logAgain(point, in: run) } }
    }
  }

  /// Logs a value of a step that has one: of two different ones, the later one counts.
  private func logAgain(_ point: Point, in run: Run) throws {
    let place: [SQLValue] = [.integer(run.id), .text(point.name), .integer(point.step)]
    let held = try connection.rows(
      "SELECT value, recorded_ms FROM metric WHERE run_id = ? AND name = ? AND step = ?", place
    ) { row in
      Point(
        name: point.name, step: point.step, value: row.value(0).real ?? .nan,
        time: try row.int64(1))
    }
    guard let held = held.first else { return }
    guard !point.isSame(as: held) else { return }
    let earlier = point.counts(before: held) ? held : point
    let isKnown = try connection.rows(
      """
      SELECT 1 FROM earlier_metric
      WHERE run_id = ? AND name = ? AND step = ? AND recorded_ms = ? AND value IS ?
      """, place + [.integer(earlier.time), Self.stored(earlier.value)]
    ) { _ in true }
    if isKnown.isEmpty {
      try connection.execute(
        """
        INSERT INTO earlier_metric (run_id, name, step, recorded_ms, number, value)
        VALUES (?1, ?2, ?3, ?4, (
          SELECT coalesce(max(number), 0) + 1 FROM earlier_metric
          WHERE run_id = ?1 AND name = ?2 AND step = ?3 AND recorded_ms = ?4), ?5)
        """, place + [.integer(earlier.time), Self.stored(earlier.value)])
    }
    guard point.counts(before: held) else { return }
    try connection.execute(
      """
      UPDATE metric SET value = ?4, recorded_ms = ?5 WHERE run_id = ?1 AND name = ?2 AND step = ?3
      """, place + [Self.stored(point.value), .integer(point.time)])
  }

  private static func stored(_ value: Double) -> SQLValue { value.isNaN ? .null : .real(value) }

  /// Logs a parameter, which then keeps its value.
  ///
  /// - Throws: ``HTTPFailure`` if it has another one.
  func log(parameter name: String, _ value: String, in run: Run) throws {
    let isNew = try connection.execute(
      "INSERT INTO parameter (run_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [.integer(run.id), .text(name), MLflowValue.stored(value)])
    guard isNew == 0 else { return }
    let held = try connection.rows(
      "SELECT value FROM parameter WHERE run_id = ? AND name = ?", [.integer(run.id), .text(name)]
    ) { MLflowValue.text($0.value(0)) }.first
    guard held == value else {
      throw HTTPFailure.invalid(
        "Changing param values is not allowed. Param with key='\(name)' was already logged with "
          + "value='\(held ?? "")' for run ID='\(run.uuid)'. Attempted logging new value '\(value)'."
      )
    }
  }

  /// Gives a run a tag, or a tag another value.
  func set(tag name: String, _ value: String, in run: Run) throws {
    try removeWord(of: name, in: run)
    try connection.execute(
      """
      INSERT INTO run_attribute (run_id, kind, name, value) VALUES (?, 'tag', ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value
      """, [.integer(run.id), .text(name), .text(value)])
    switch name {
    case "mlflow.runName": try rename(run, to: value)
    case "mlflow.note.content": try addNote(value, to: run)
    case "mlflow.parentRunId": try setParent(value, of: run)
    case _ where name.hasPrefix("mlflow."): break
    default:
      let word = Self.word(name, value)
      guard word.unicodeScalars.count <= 200 else { return }
      try connection.execute(
        "INSERT INTO run_tag (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [.integer(run.id), .text(word)])
    }
  }

  /// Takes a tag from a run.
  ///
  /// - Throws: ``HTTPFailure`` if it has none of that name.
  func delete(tag name: String, in run: Run) throws {
    try removeWord(of: name, in: run)
    let count = try connection.execute(
      "DELETE FROM run_attribute WHERE run_id = ? AND kind = 'tag' AND name = ?",
      [.integer(run.id), .text(name)])
    guard count > 0 else {
      throw HTTPFailure.unknown("No tag with name: \(name) in run with id \(run.uuid)")
    }
  }

  /// A tag as one of the words that people give runs.
  static func word(_ name: String, _ value: String) -> String {
    value.isEmpty ? name : "\(name)=\(value)"
  }

  private func removeWord(of name: String, in run: Run) throws {
    let held = try connection.rows(
      "SELECT value FROM run_attribute WHERE run_id = ? AND kind = 'tag' AND name = ?",
      [.integer(run.id), .text(name)]
    ) { try $0.text(0) }.first
    guard let held else { return }
    try connection.execute(
      "DELETE FROM run_tag WHERE run_id = ? AND tag = ?",
      [.integer(run.id), .text(Self.word(name, held))])
  }

  func rename(_ run: Run, to name: String) throws {
    guard !name.isEmpty else { return }
    try connection.execute(
      """
      INSERT INTO run_label (run_id, name) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name
      """, [.integer(run.id), .text(name)])
  }

  private func addNote(_ text: String, to run: Run) throws {
    guard !text.isEmpty else { return }
    try connection.execute(
      """
      INSERT INTO run_note (run_id, number, text, recorded_ms)
      SELECT ?1, (SELECT coalesce(max(number), 0) + 1 FROM run_note WHERE run_id = ?1), ?2, ?3
      WHERE NOT EXISTS (SELECT 1 FROM run_note WHERE run_id = ?1 AND text = ?2)
      """, [.integer(run.id), .text(RecordName.withoutNUL(text)), .integer(Self.now)])
  }

  private func setParent(_ parent: String, of run: Run) throws {
    guard run.state != .finished else { return }
    try connection.execute(
      """
      INSERT INTO lineage (run_id, role, parent_run_id)
      SELECT ?1, 'parent', id FROM run WHERE uuid = ?2 AND id <> ?1
      ON CONFLICT DO NOTHING
      """, [.integer(run.id), .text(Self.uuid(parent))])
  }
}

/// Values of parameters, which are texts to MLflow.
enum MLflowValue {
  /// A text as a column has it: a number, if that is written in no other way, so that SQL compares it
  /// as one and the client still reads what it wrote.
  static func stored(_ text: String) -> SQLValue {
    if let whole = Int64(text), String(whole) == text { return .integer(whole) }
    if let number = Double(text), number.isFinite, "\(number)" == text { return .real(number) }
    return .text(text)
  }

  /// The text that a column's value is to a client.
  static func text(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob: ""
    }
  }
}
