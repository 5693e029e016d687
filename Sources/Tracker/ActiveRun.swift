public import SQLite
internal import Synchronization

/// A run that this process works on.
///
/// Every write is one transaction that first checks that this process still holds the run. If
/// another process has taken the run over, because this one seemed dead, nothing is written.
public final class ActiveRun: Sendable {
  private let run: Run
  private let token: String
  private let tracker: Tracker
  /// The host's uptime when this process began with it.
  private let started: Int64
  private let done: Atomic<Int>
  /// Says that this process works on the run; nil in one that closes what a dead process left.
  private let heartbeat: Heartbeat?
  private let metrics = MetricBuffer()
  /// Held from taking points out of the buffer until they are written or put back, so that they are
  /// written in the order in which they came, and none is still under way when the run ends.
  private let writing = Mutex(())
  /// Writes metrics that wait; started with the first of them.
  private let metricWriter = Mutex<Heartbeat?>(nil)

  private static let heartbeatSeconds = 15
  private static let metricMilliseconds = 500

  /// Takes up a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - token: The right to write it.
  ///   - execution: The number of the execution that has the right.
  ///   - isHeir: Whether that execution's process is dead, and this one records what it left.
  ///   - tracker: The database.
  init(run: Run, token: String, execution: Int, isHeir: Bool = false, tracker: Tracker) {
    self.run = run
    self.token = token
    self.execution = execution
    self.tracker = tracker
    done = Atomic(run.progressDone)
    let (id, started) = (run.id, Clock.uptimeMilliseconds)
    self.started = started
    guard !isHeir else {
      heartbeat = nil
      return
    }
    heartbeat = Heartbeat(milliseconds: 1000 * Self.heartbeatSeconds) { [weak tracker] in
      _ = try? tracker?.write { connection in
        try Self.beat(run: id, token: token, since: started, in: connection)
      }
    }
  }

  /// The run's UUID.
  public var uuid: String { run.uuid }

  /// The number of the execution that works on the run, from 1.
  public let execution: Int

  /// The amount of work recorded so far: the place to resume.
  public var progressDone: Int { done.load(ordering: .relaxed) }

  /// The content of an artifact of this run; nil if it has none of that name.
  ///
  /// - Throws: ``TrackerError/damagedRecord(_:)`` if the content is not what it was.
  public func artifact(named name: String) throws -> [UInt8]? {
    try tracker.artifact(named: name, of: run)
  }

  /// Records a scalar at a step.
  ///
  /// The tracker collects points and writes them within a second, or with the run's next write. A
  /// NaN is stored as NULL, an infinity as it is. A second value for the same name and step
  /// replaces the first.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)``; ``TrackerError/leaseLost(run:)`` if the run
  ///   has ended or another process holds it; `SQLiteError` if writing fails: the points stay
  ///   collected.
  public func log(_ name: String, step: Int64, value: Double) throws {
    try RecordName.check(name, of: "metric")
    switch metrics.add(name, step: step, value: value) {
    case .waiting: break
    case .full: try fenced { _ in }
    case .refused: throw TrackerError.leaseLost(run: run.uuid)
    }
    metricWriter.withLock { writer in
      guard writer == nil else { return }
      writer = Heartbeat(milliseconds: Self.metricMilliseconds) { [weak self] in
        guard let self, !metrics.isEmpty else { return }
        // What fails waits for the next time, and for a call that can tell of it.
        try? fenced { _ in }
      }
    }
  }

  /// Writes in one transaction.
  ///
  /// - Throws: ``TrackerError/leaseLost(run:)``, `SQLiteError`, or what the body throws.
  public func record(_ body: (RunWriter) throws -> Void) throws {
    try fenced { connection in try body(RunWriter(runID: run.id, connection: connection)) }
  }

  /// Records a chunk of work and the progress in one transaction.
  ///
  /// - Parameters:
  ///   - progressDone: The amount of work done, this chunk included, in any unit.
  ///   - total: The total amount, in the same unit.
  ///   - body: Writes the chunk.
  /// - Throws: ``TrackerError/leaseLost(run:)``, `SQLiteError`, or what the body throws.
  public func commitChunk(
    progressDone: Int, total: Int, _ body: (RunWriter) throws -> Void
  ) throws {
    try fenced { connection in
      try connection.execute(
        "UPDATE run SET progress_done = ?, progress_total = ? WHERE id = ?",
        [.integer(Int64(progressDone)), .integer(Int64(total)), .integer(run.id)])
      try Self.beat(run: run.id, token: token, since: started, in: connection)
      try body(RunWriter(runID: run.id, connection: connection))
    }
    done.store(progressDone, ordering: .relaxed)
  }

  /// How the execution would be recorded that ended now in this process.
  public var endNow: ExecutionEnd {
    ExecutionEnd(
      milliseconds: Clock.milliseconds, durationMilliseconds: Clock.uptimeMilliseconds - started)
  }

  /// Finishes the run, with a last chunk in the same transaction.
  ///
  /// A finished run never changes.
  ///
  /// - Parameters:
  ///   - seen: When the work ended, as who did it saw; nil: now, or, where a dead process did it, when
  ///     it was last heard of.
  ///   - body: Writes the chunk.
  /// - Throws: ``TrackerError/leaseLost(run:)``, `SQLiteError`, or what the body throws.
  public func finish(
    seen: ExecutionEnd? = nil, _ body: (RunWriter) throws -> Void = { _ in }
  ) throws {
    try end(.finished, error: nil, seen: seen, body)
  }

  /// Ends the run with an error, in one line, and with a last chunk in the same transaction.
  ///
  /// Beginning it again resumes it.
  ///
  /// - Parameters:
  ///   - error: What went wrong.
  ///   - seen: When the work ended, as who did it saw; nil: now, or, where a dead process did it, when
  ///     it was last heard of.
  ///   - body: Writes the chunk.
  /// - Throws: ``TrackerError/leaseLost(run:)``, `SQLiteError`, or what the body throws.
  public func fail(
    _ error: String, seen: ExecutionEnd? = nil, _ body: (RunWriter) throws -> Void = { _ in }
  ) throws {
    let line = error.split(separator: "\n").joined(separator: " ")
    try end(.failed, error: line, seen: seen, body)
  }

  /// Ends the run as interrupted by the user, with a last chunk in the same transaction.
  ///
  /// Beginning it again resumes it.
  ///
  /// - Parameters:
  ///   - seen: When the work ended, as who did it saw; nil: now, or, where a dead process did it, when
  ///     it was last heard of.
  ///   - body: Writes the chunk.
  /// - Throws: ``TrackerError/leaseLost(run:)``, `SQLiteError`, or what the body throws.
  public func interrupt(
    seen: ExecutionEnd? = nil, _ body: (RunWriter) throws -> Void = { _ in }
  ) throws {
    try end(.interrupted, error: nil, seen: seen, body)
  }

  /// Does something while no process can go on with the run, unless one has.
  ///
  /// - Parameter body: What to do; the database takes no other writer meanwhile.
  /// - Throws: `SQLiteError`, before the body has run.
  public func unlessResumed(_ body: () -> Void) throws {
    try tracker.write { connection in
      let later = try connection.rows(
        "SELECT 1 FROM execution WHERE run_id = ? AND number > ? LIMIT 1",
        [.integer(run.id), .integer(Int64(execution))]
      ) { _ in true }
      if later.isEmpty { body() }
    }
  }

  private func end(
    _ state: RunState, error: String?, seen: ExecutionEnd?, _ body: (RunWriter) throws -> Void
  ) throws {
    try fenced(isLast: true) { connection in
      try body(RunWriter(runID: run.id, connection: connection))
      let now = SQLValue.integer(seen?.milliseconds ?? Clock.milliseconds)
      try endExecution(state, seen: seen, in: connection)
      try connection.execute(
        "UPDATE run SET state = ?, token = NULL, error = ?, finished_ms = ? WHERE id = ?",
        [
          .text(state.rawValue), error.map(SQLValue.text) ?? .null,
          state == .finished ? now : .null, .integer(run.id),
        ])
      if state == .finished { try RowDigest.record(run: run.id, in: connection) }
    }
    heartbeat?.stop()
    metricWriter.withLock { $0 = nil }
  }

  private func endExecution(
    _ state: RunState, seen: ExecutionEnd?, in connection: Connection
  ) throws {
    guard heartbeat != nil else {
      // Where its process left no word of the end, it was last heard of by its heartbeat.
      try connection.execute(
        """
        UPDATE execution SET outcome = ?1, ended_ms = coalesce(?2, max(heartbeat_ms, started_ms)),
          duration_ms = coalesce(?3, duration_ms)
        WHERE run_id = ?4 AND token = ?5
        """,
        [
          .text(state == .interrupted ? "lost" : state.rawValue),
          seen.map { SQLValue.integer($0.milliseconds) } ?? .null,
          seen.map { SQLValue.integer($0.durationMilliseconds) } ?? .null,
          .integer(run.id), .text(token),
        ])
      return
    }
    try Self.beat(run: run.id, token: token, since: started, in: connection)
    // A command's memory counts rather than that of the process that waited for it.
    try connection.execute(
      """
      UPDATE execution SET outcome = ?, ended_ms = ?, duration_ms = coalesce(?, duration_ms),
        peak_memory_bytes = coalesce(
        (SELECT child_peak_memory_bytes FROM program_execution
         WHERE run_id = execution.run_id AND number = execution.number), ?)
      WHERE run_id = ? AND token = ?
      """,
      [
        .text(state.rawValue), .integer(seen?.milliseconds ?? Clock.milliseconds),
        seen.map { SQLValue.integer($0.durationMilliseconds) } ?? .null,
        .integer(Provenance.peakMemoryBytes), .integer(run.id), .text(token),
      ])
  }

  /// Records that this process works on a run, and how long it has.
  ///
  /// - Parameters:
  ///   - run: The run's row.
  ///   - token: The execution's right to write.
  ///   - start: The host's uptime when the execution began, in milliseconds.
  ///   - connection: The database, in a transaction.
  /// - Throws: `SQLiteError`.
  private static func beat(
    run: Int64, token: String, since start: Int64, in connection: Connection
  ) throws {
    let uptime = Clock.uptimeMilliseconds
    try connection.execute(
      """
      UPDATE execution SET heartbeat_ms = ?, heartbeat_uptime_ms = ?, duration_ms = ?
      WHERE run_id = ? AND token = ? AND outcome = 'running'
      """,
      [
        .integer(Clock.milliseconds), .integer(uptime), .integer(max(uptime - start, 0)),
        .integer(run), .text(token),
      ])
  }

  /// Runs a body in a transaction, after the metrics that wait, if the run is still this process's.
  ///
  /// - Parameters:
  ///   - isLast: Whether the body ends the run: points that come later are refused.
  ///   - body: What to write.
  /// - Throws: ``TrackerError/leaseLost(run:)``, after which points are refused, `SQLiteError`, or
  ///   what the body throws.
  private func fenced(isLast: Bool = false, _ body: (Connection) throws -> Void) throws {
    try writing.withLock { _ in
      let points = metrics.take(closing: isLast)
      do {
        try tracker.write { connection in
          try checkHolder(connection)
          try MetricBuffer.write(points, of: run.id, to: connection)
          try body(connection)
        }
      } catch TrackerError.leaseLost(let run) {
        _ = metrics.take(closing: true)
        throw TrackerError.leaseLost(run: run)
      } catch {
        metrics.restore(points)
        throw error
      }
    }
  }

  private func checkHolder(_ connection: Connection) throws {
    let holder = try connection.rows(
      "SELECT 1 FROM run WHERE id = ? AND token = ? AND state = 'running'",
      [.integer(run.id), .text(token)]
    ) { _ in true }
    guard !holder.isEmpty else { throw TrackerError.leaseLost(run: run.uuid) }
  }
}

/// Writes rows of a run within one transaction.
public struct RunWriter {
  /// The run's row in the table `run`, for foreign keys.
  public let runID: Int64
  let connection: Connection

  init(runID: Int64, connection: Connection) {
    self.runID = runID
    self.connection = connection
  }

  /// Runs a statement.
  ///
  /// - Throws: `SQLiteError`.
  public func execute(_ sql: String, _ values: [SQLValue]) throws {
    try connection.execute(sql, values)
  }

  /// Inserts many rows, given column by column, which is faster than a statement for each.
  ///
  /// - Throws: `SQLiteError` with the number of the failing row.
  public func insertRows(_ sql: String, _ columns: [ColumnValues]) throws {
    try connection.insertRows(sql, columns)
  }

  /// Records a scalar at a step.
  ///
  /// A NaN is stored as NULL, an infinity as it is. A second value for the same name and step
  /// replaces the first.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func log(_ name: String, step: Int64, value: Double) throws {
    try RecordName.check(name, of: "metric")
    try connection.execute(
      """
      INSERT INTO metric (run_id, name, step, value, recorded_ms) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value, recorded_ms = excluded.recorded_ms
      """,
      [
        .integer(runID), .text(name), .integer(step), .real(value), .integer(Clock.milliseconds),
      ])
  }

  /// Stores an artifact.
  ///
  /// It replaces the run's artifact of the same name.
  ///
  /// Content that several runs share is stored once.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func putArtifact(_ name: String, bytes: [UInt8], mediaType: String) throws {
    try RecordName.check(name, of: "artifact")
    let digest = Digest.sha256(bytes)
    try removeArtifact(name)
    try connection.execute(
      "INSERT INTO blob (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [.text(digest), .integer(Int64(bytes.count)), .blob(bytes)])
    try connection.execute(
      """
      INSERT INTO artifact (run_id, name, blob_id, media_type, created_ms)
      VALUES (?, ?, (SELECT id FROM blob WHERE sha256 = ?), ?, ?)
      """,
      [
        .integer(runID), .text(name), .text(digest), .text(mediaType),
        .integer(Clock.milliseconds),
      ])
  }

  /// Removes an artifact, if there is one, and its content if no other run has it.
  ///
  /// - Throws: `SQLiteError`.
  public func removeArtifact(_ name: String) throws {
    let blobs = try connection.rows(
      "DELETE FROM artifact WHERE run_id = ? AND name = ? RETURNING blob_id",
      [.integer(runID), .text(name)]
    ) { try $0.int64(0) }
    for blob in blobs {
      try connection.execute(
        "DELETE FROM blob WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM artifact WHERE blob_id = ?1)",
        [.integer(blob)])
    }
  }
}
