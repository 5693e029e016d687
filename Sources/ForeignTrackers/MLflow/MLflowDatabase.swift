internal import Foundation
internal import SQLite
internal import Tracker

/// The SQLite database that MLflow 2 and 3 keep runs in.
struct MLflowDatabase {
  private let path: String
  private let connection: Connection
  private let context: ImportContext

  /// Opens a database for reading.
  ///
  /// - Throws: ``ForeignTrackerError/otherFile(path:tool:problem:)`` if it has not MLflow's tables;
  ///   `SQLiteError`.
  init(_ path: String, _ context: ImportContext) throws {
    self.path = path
    self.context = context
    connection = try ForeignDatabase.open(
      path, tool: MLflowStore.tool.title,
      tables: [
        "experiments": ["experiment_id", "name", "lifecycle_stage"],
        "runs": [
          "run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage",
          "artifact_uri", "experiment_id", "user_id", "source_name", "source_version",
        ],
        "params": ["run_uuid", "key", "value"], "tags": ["run_uuid", "key", "value"],
        "metrics": ["run_uuid", "key", "value", "timestamp", "step", "is_nan"],
      ], context)
  }

  /// All runs, each behind its parent.
  ///
  /// - Throws: `SQLiteError`.
  func runs() throws -> [any ForeignRun] {
    let records = try connection.rows(
      """
      SELECT
        runs.run_uuid, experiments.name, runs.name, status, start_time, end_time,
        runs.lifecycle_stage = 'deleted' OR experiments.lifecycle_stage = 'deleted',
        artifact_uri, user_id, source_name, source_version, parent.value
      FROM runs
      LEFT JOIN experiments ON experiments.experiment_id = runs.experiment_id
      LEFT JOIN tags AS parent
        ON parent.run_uuid = runs.run_uuid AND parent.key = 'mlflow.parentRunId'
      ORDER BY start_time, runs.rowid
      """
    ) { row in
      var record = MLflowRecord()
      record.id = try row.text(0)
      record.experiment = row.value(1).text
      record.name = row.value(2).text
      record.status = row.value(3).text ?? ""
      record.started = row.value(4).integer
      record.ended = row.value(5).integer
      record.isDeleted = row.value(6).integer == 1
      record.artifactURI = row.value(7).text
      record.user = row.value(8).text
      record.source = row.value(9).text
      record.commit = row.value(10).text
      if let parent = row.value(11).text { record.tags["mlflow.parentRunId"] = parent }
      return record
    }
    return MLflowRecord.parentsFirst(records).map { MLflowDatabaseRun(record: $0, store: self) }
  }

  fileprivate func run(_ record: MLflowRecord) throws -> ImportedRun {
    var record = record
    func pairs(_ table: String) throws -> [String: String] {
      let pairs = try connection.rows(
        "SELECT key, coalesce(value, '') FROM \(table) WHERE run_uuid = ?", [.text(record.id)]
      ) { (try $0.text(0), try $0.text(1)) }
      return Dictionary(pairs) { first, _ in first }
    }
    record.parameters = try pairs("params")
    record.tags = try pairs("tags")
    return record.run(kind: context.kind)
  }

  fileprivate func write(_ record: MLflowRecord, to writer: ImportWriter) throws {
    var metrics = MLflowMetricWriter(writer, context, label: record.id)
    _ = try connection.rows(
      """
      SELECT key, step, iif(is_nan, NULL, value), timestamp FROM metrics WHERE run_uuid = ?
      ORDER BY key, step, timestamp, rowid
      """, [.text(record.id)]
    ) { row in
      try metrics.add(
        try row.text(0), step: try row.int64(1), value: Self.number(row.value(2)),
        time: try row.int64(3))
    }
    try metrics.end()
    guard let folder = artifactFolder(of: record) else {
      if context.takesArtifacts { noteMissingArtifacts(of: record) }
      return
    }
    try ArtifactFolder(path: folder, context: context, label: record.id).write(to: writer)
  }

  /// MLflow has the largest numbers in place of infinities.
  private static func number(_ value: SQLValue) -> Double {
    let number = value.real ?? value.integer.map { Double($0) } ?? .nan
    return abs(number) >= largest ? number.sign == .minus ? -.infinity : .infinity : number
  }

  private static let largest = 1.797_693_134_862_315_7e308

  /// The directory of a run's artifacts where MLflow says it is, or beside the database, if that was
  /// moved together with them; nil if there is none.
  private func artifactFolder(of record: MLflowRecord) -> String? {
    guard let uri = record.artifactURI else { return nil }
    let base = URL(fileURLWithPath: path).deletingLastPathComponent()
    let tail = uri.split(separator: "/").suffix(3).joined(separator: "/")
    let moved = ["mlruns", "mlartifacts"].map { base.appending(path: "\($0)/\(tail)").path }
    return ([Self.localPath(uri)].compactMap { $0 } + moved)
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The path that a URI names; nil if it names another machine.
  private static func localPath(_ uri: String) -> String? {
    if uri.hasPrefix("file:") { return URL(string: uri)?.path }
    return uri.contains(":/") ? nil : uri
  }

  /// Says that artifacts are left out, unless the run may just have none: its directory is made with
  /// the first of them.
  private func noteMissingArtifacts(of record: MLflowRecord) {
    guard let uri = record.artifactURI, !uri.isEmpty else { return }
    guard let path = Self.localPath(uri) else {
      return context.notes.add(
        "its artifacts are not on this machine, so they are left out", of: record.id)
    }
    let store = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
    if !FileManager.default.fileExists(atPath: store.path) {
      context.notes.add("there are no artifacts where MLflow says they are", of: record.id)
    }
  }
}

/// A run in MLflow's database.
private struct MLflowDatabaseRun: ForeignRun {
  let record: MLflowRecord
  let store: MLflowDatabase

  var label: String { record.id }

  func description() throws -> ImportedRun { try store.run(record) }

  func write(to writer: ImportWriter) throws { try store.write(record, to: writer) }
}
