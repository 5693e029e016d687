internal import Foundation
internal import SQLite

extension Tracker {
  /// Takes over runs of another tool, all of which are recorded together or not at all.
  ///
  /// - Throws: What the body throws; `SQLiteError`.
  public func importing<Result>(_ body: (ImportTransaction) throws -> Result) throws -> Result {
    try write { connection in try body(ImportTransaction(connection: connection)) }
  }
}

/// A transaction that takes over runs of another tool.
public final class ImportTransaction {
  let connection: Connection

  init(connection: Connection) {
    self.connection = connection
  }

  /// Records a run unless it is here.
  ///
  /// The tool and the source's id tell whether it is. A run that is here finished never changes.
  /// One that is here unfinished is gone on with.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - sweeps: The rows of sweeps by their source's id, as ``open(_:)`` gave them.
  ///   - contents: Hands over its metrics and artifacts; it may amend the run.
  /// - Returns: What became of it, and how many values of metrics it has.
  /// - Throws: What `contents` throws; then nothing of the run is recorded. `SQLiteError`.
  public func record(
    _ run: ImportedRun, sweeps: [String: Int64], contents: (ImportWriter) throws -> Void
  ) throws -> (outcome: ImportOutcome, values: Int) {
    try connection.execute("SAVEPOINT imported_run")
    do {
      let result = try recordWhole(run, sweeps, contents)
      try connection.execute("RELEASE imported_run")
      return result
    } catch {
      try connection.execute("ROLLBACK TO imported_run")
      try connection.execute("RELEASE imported_run")
      throw error
    }
  }

  private func recordWhole(
    _ run: ImportedRun, _ sweeps: [String: Int64], _ contents: (ImportWriter) throws -> Void
  ) throws -> (outcome: ImportOutcome, values: Int) {
    let known = try knownRun(run)
    let id = try known?.id ?? insert(run)
    let before = try known == nil ? nil : state(of: id)
    if let known, known.state != .finished {
      try connection.execute(
        "UPDATE run SET state = 'running', token = ?, error = NULL WHERE id = ?",
        [.text(UUID().uuidString.lowercased()), .integer(id)])
    }
    let writer = ImportWriter(
      run, writer: RunWriter(runID: id, connection: connection),
      isFinished: known?.state == .finished)
    // What the source numbers anew would leave old numbers behind.
    if known != nil { try writer.removeValues(from: .min) }
    try contents(writer)
    if known?.state == .finished {
      return (try differs(writer, from: id) ? .differing : .unchanged, writer.valueCount)
    }
    try ImportedEnd(writer: writer, id: id, sweeps: sweeps, connection: connection).record()
    guard let before else { return (.new, writer.valueCount) }
    return (try state(of: id) == before ? .unchanged : .continued, writer.valueCount)
  }

  /// What a run has that grows.
  private struct Extent: Equatable {
    let state: String
    let values: Int64
    let parameters: Int64
  }

  private func state(of run: Int64) throws -> Extent? {
    try connection.rows(
      """
      SELECT
        state, (SELECT count(*) FROM metric WHERE run_id = run.id),
        (SELECT count(*) FROM parameter WHERE run_id = run.id)
      FROM run WHERE id = ?
      """, [.integer(run)]
    ) { Extent(state: try $0.text(0), values: try $0.int64(1), parameters: try $0.int64(2)) }.first
  }

  private func knownRun(_ run: ImportedRun) throws -> (id: Int64, state: RunState)? {
    try connection.rows(
      """
      SELECT id, state FROM imported_run JOIN run ON run.id = run_id
      WHERE tool = ? AND source_id = ?
      """, [.text(run.tool), .text(run.sourceID)]
    ) { (id: try $0.int64(0), state: RunState(rawValue: try $0.text(1)) ?? .finished) }.first
  }

  private func insert(_ run: ImportedRun) throws -> Int64 {
    try RecordName.check(run.kind, of: "kind of runs", longest: 64)
    let now = Clock.milliseconds
    try connection.execute(
      """
      INSERT INTO run (uuid, kind, name, state, configuration, created_ms, token)
      VALUES (?, ?, ?, 'running', ?, ?, ?)
      """,
      [
        .text(UUID().uuidString.lowercased()), .text(run.kind),
        run.name.flatMap { $0.isEmpty ? nil : .text(ImportWriter.recordable($0)) } ?? .null,
        .text(JSONValue.object(run.parameters).canonical),
        .integer(run.startedMilliseconds ?? now), .text(UUID().uuidString.lowercased()),
      ])
    let id = connection.lastInsertedRow
    try connection.execute(
      "INSERT INTO imported_run (run_id, tool, source_id, imported_ms) VALUES (?, ?, ?, ?)",
      [.integer(id), .text(run.tool), .text(run.sourceID), .integer(now)])
    return id
  }

  /// Whether a finished run has other steps or other parameters than its source.
  private func differs(_ writer: ImportWriter, from id: Int64) throws -> Bool {
    let counts = try connection.rows(
      "SELECT name, count(*) FROM metric WHERE run_id = ? GROUP BY name", [.integer(id)]
    ) { (try $0.text(0), try $0.int(1)) }
    if Dictionary(counts, uniquingKeysWith: +) != writer.stepCounts { return true }
    let recorded = try connection.rows(
      "SELECT name, value FROM parameter WHERE run_id = ?", [.integer(id)]
    ) { (try $0.text(0), $0.value(1)) }
    let parameters = ImportedEnd.parameters(of: writer.run)
    return Dictionary(recorded) { first, _ in first }
      != Dictionary(parameters.map { ($0.name, $0.value) }) { first, _ in first }
  }
}
