internal import SQLite

/// Values of one metric, in the order in which they were reported; the arrays have one length.
public struct MetricColumn: Sendable {
  /// The steps.
  public var steps: [Int64] = []
  /// The values; a NaN is stored as NULL.
  public var values: [Double] = []
  /// When they were reported, in milliseconds since 1970, UTC.
  public var times: [Int64] = []

  /// No values yet.
  public init() {}
}

/// A state that a run can go on from.
public struct Checkpoint: Sendable, Equatable {
  /// The name of the artifact that holds its content, such as "checkpoint/model.pt".
  public let artifact: String
  /// The step, such as the epoch; nil: it is not known.
  public let step: Int64?
  /// The amount of work that was done with it; nil: it is not known.
  public let done: Int64?
  /// The SHA-256 of its content.
  public let sha256: String
  /// Its size in bytes.
  public let size: Int64

  /// Describes a checkpoint.
  public init(artifact: String, step: Int64?, done: Int64?, sha256: String, size: Int64) {
    self.artifact = artifact
    self.step = step
    self.done = done
    self.sha256 = sha256
    self.size = size
  }
}

extension RunWriter {
  /// Records values of a metric.
  ///
  /// A second value for a step replaces the first.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func log(_ name: String, _ column: MetricColumn) throws {
    try RecordName.check(name, of: "metric")
    try insertRows(
      """
      INSERT INTO metric (run_id, name, step, value, recorded_ms) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value, recorded_ms = excluded.recorded_ms
      """,
      [
        .constant(runID), .text(name), .integers(column.steps), .reals(column.values),
        .integers(column.times),
      ])
  }

  /// How many bytes of a growing file are recorded; nil: none.
  ///
  /// - Throws: `SQLiteError`.
  public func bytesRead(of source: String) throws -> Int64? {
    try connection.rows(
      "SELECT bytes_read FROM read_cursor WHERE run_id = ? AND source = ?",
      [.integer(runID), .text(source)]
    ) { try $0.int64(0) }.first
  }

  /// Records how many bytes of a growing file are recorded.
  ///
  /// - Throws: `SQLiteError`.
  public func setBytesRead(_ count: Int64, of source: String) throws {
    try execute(
      """
      INSERT INTO read_cursor (run_id, source, bytes_read) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET bytes_read = excluded.bytes_read
      """, [.integer(runID), .text(source), .integer(count)])
  }

  /// Records a parameter that the run does not have yet.
  ///
  /// - Parameters:
  ///   - name: The parameter.
  ///   - value: A leaf: neither a list nor an object.
  /// - Returns: Whether the parameter has this value now; false if it has another, which stays.
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func addParameter(_ name: String, _ value: JSONValue) throws -> Bool {
    try RecordName.check(name, of: "parameter")
    let value = SQLValue(value)
    let isNew = try connection.execute(
      "INSERT INTO parameter (run_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [.integer(runID), .text(name), value])
    if isNew > 0 { return true }
    let same = try connection.rows(
      "SELECT value IS ? FROM parameter WHERE run_id = ? AND name = ?",
      [value, .integer(runID), .text(name)]
    ) { try $0.int(0) == 1 }
    return same == [true]
  }

  /// Gives the run a word, unless it has it.
  ///
  /// - Throws: `SQLiteError` of kind `constraint` if it is empty or longer than 200 characters.
  public func addTag(_ tag: String) throws {
    try RecordName.check(tag, of: "tag", longest: 200)
    try execute(
      "INSERT INTO run_tag (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
      [.integer(runID), .text(tag)])
  }

  /// Adds a note.
  ///
  /// - Parameters:
  ///   - text: What it says; an empty one is left out.
  ///   - once: Whether it is left out if the run has one with the same text.
  /// - Throws: `SQLiteError`.
  public func addNote(_ text: String, once: Bool = false) throws {
    guard !text.isEmpty else { return }
    try execute(
      """
      INSERT INTO run_note (run_id, number, text, recorded_ms)
      SELECT ?1, (SELECT coalesce(max(number), 0) + 1 FROM run_note WHERE run_id = ?1), ?2, ?3
      WHERE ?4 = 0 OR NOT EXISTS (SELECT 1 FROM run_note WHERE run_id = ?1 AND text = ?2)
      """,
      [
        .integer(runID), .text(RecordName.withoutNUL(text)), .integer(Clock.milliseconds),
        .integer(once ? 1 : 0),
      ])
  }

  /// Names the run anew.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func setName(_ name: String) throws {
    try RecordName.check(name, of: "run")
    try execute(
      """
      INSERT INTO run_label (run_id, name) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name
      """, [.integer(runID), .text(name)])
  }

  /// Puts the run together with others of its group.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func setGroup(_ name: String) throws {
    try RecordName.check(name, of: "group")
    try execute(
      """
      INSERT INTO run_label (run_id, group_name) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET group_name = excluded.group_name
      """, [.integer(runID), .text(name)])
  }

  /// Records how far the run is.
  ///
  /// - Throws: `SQLiteError`.
  public func setProgress(done: Int64, total: Int64?) throws {
    try execute(
      """
      UPDATE run SET progress_done = ?, progress_total = coalesce(?, progress_total) WHERE id = ?
      """,
      [.integer(max(done, 0)), total.map(SQLValue.integer) ?? .null, .integer(runID)])
  }

  /// Records a checkpoint, whose content is an artifact.
  ///
  /// - Throws: `SQLiteError`.
  public func addCheckpoint(_ checkpoint: Checkpoint) throws {
    try execute(
      """
      INSERT INTO checkpoint (
        run_id, number, name, step, progress_done, sha256, size, recorded_ms)
      VALUES (
        ?1, (SELECT coalesce(max(number), 0) + 1 FROM checkpoint WHERE run_id = ?1),
        ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      [
        .integer(runID), .text(checkpoint.artifact),
        checkpoint.step.map(SQLValue.integer) ?? .null,
        checkpoint.done.map(SQLValue.integer) ?? .null, .text(checkpoint.sha256),
        .integer(checkpoint.size), .integer(Clock.milliseconds),
      ])
  }
}

extension Tracker {
  /// The largest step that a metric of a run has; nil: it has no value.
  ///
  /// - Throws: `SQLiteError`.
  public func lastStep(of metric: String, in run: ActiveRun) throws -> Int64? {
    try read { connection in
      try connection.rows(
        """
        SELECT step FROM metric
        WHERE run_id = (SELECT id FROM run WHERE uuid = ?) AND name = ?
        ORDER BY step DESC LIMIT 1
        """, [.text(run.uuid), .text(metric)]
      ) { try $0.int64(0) }.first
    }
  }

  /// How many bytes of a growing file are recorded in a run; nil: none.
  ///
  /// - Parameters:
  ///   - source: What names the file.
  ///   - run: The run's UUID.
  /// - Returns: The number of bytes.
  /// - Throws: `SQLiteError`.
  public func bytesRead(of source: String, in run: String) throws -> Int64? {
    try read { connection in
      try connection.rows(
        """
        SELECT bytes_read FROM read_cursor
        WHERE run_id = (SELECT id FROM run WHERE uuid = ?) AND source = ?
        """, [.text(run), .text(source)]
      ) { try $0.int64(0) }.first
    }
  }

  /// The checkpoints of a run, newest first.
  ///
  /// - Throws: `SQLiteError`.
  public func checkpoints(of run: String) throws -> [Checkpoint] {
    try read { connection in
      try connection.rows(
        """
        SELECT checkpoint.name, step, checkpoint.progress_done, sha256, size
        FROM checkpoint JOIN run ON run.id = checkpoint.run_id
        WHERE run.uuid = ? ORDER BY number DESC
        """, [.text(run)]
      ) { row in
        Checkpoint(
          artifact: try row.text(0), step: row.value(1).integer, done: row.value(2).integer,
          sha256: try row.text(3), size: try row.int64(4))
      }
    }
  }
}
