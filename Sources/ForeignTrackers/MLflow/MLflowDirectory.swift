internal import Foundation
internal import Interchange
internal import Tracker
internal import Yams

/// The directory that MLflow keeps runs in where it has no database: EXPERIMENT/RUN/meta.yaml and
/// beside it params, metrics, tags and artifacts.
struct MLflowDirectory {
  private let path: String
  private let context: ImportContext

  /// A directory mlruns, or one that holds it; nil if it is none.
  init?(_ path: String, _ context: ImportContext) {
    let candidates = [path, path + "/mlruns"]
    guard let found = candidates.first(where: { !Self.experiments(in: $0).isEmpty }) else {
      return nil
    }
    self.path = found
    self.context = context
  }

  private static func entries(of path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// Directories of experiments, those that were deleted included.
  private static func experiments(in path: String) -> [String] {
    [path, path + "/.trash"].flatMap { folder in
      entries(of: folder).map { folder + "/" + $0 }
    }.filter { FileManager.default.fileExists(atPath: $0 + "/meta.yaml") }
  }

  /// All runs, each behind its parent.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError`.
  func runs() throws -> [any ForeignRun] {
    var records: [MLflowRecord] = []
    var folders: [String: String] = [:]
    for experiment in Self.experiments(in: path) {
      try context.checkCancellation()
      let meta = try Self.yaml(experiment + "/meta.yaml")
      for entry in Self.entries(of: experiment) {
        let folder = experiment + "/" + entry
        guard FileManager.default.fileExists(atPath: folder + "/meta.yaml"),
          let run = try? Self.yaml(folder + "/meta.yaml")
        else { continue }
        // Models and traces have such files as well.
        guard let id = run["run_id"] ?? run["run_uuid"], !id.isEmpty else { continue }
        var record = Self.record(run, id: id)
        record.experiment = meta["name"]
        record.isDeleted = record.isDeleted || meta["lifecycle_stage"] == "deleted"
        record.tags["mlflow.parentRunId"] = try? Self.text(folder + "/tags/mlflow.parentRunId")
        folders[id] = folder
        records.append(record)
      }
    }
    records.sort { ($0.started ?? 0, $0.id) < ($1.started ?? 0, $1.id) }
    return MLflowRecord.parentsFirst(records).map {
      MLflowDirectoryRun(record: $0, folder: folders[$0.id] ?? path, context: context)
    }
  }

  private static func record(_ run: [String: String], id: String) -> MLflowRecord {
    var record = MLflowRecord()
    record.id = id
    record.name = run["run_name"]
    record.status = statuses[run["status"] ?? ""] ?? run["status"] ?? ""
    record.started = run["start_time"].flatMap { Int64($0) }
    record.ended = run["end_time"].flatMap { Int64($0) }
    record.isDeleted = run["lifecycle_stage"] == "deleted"
    record.user = run["user_id"]
    record.source = run["source_name"]
    record.commit = run["source_version"]
    return record
  }

  private static let statuses = [
    "1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED",
  ]

  /// The scalars of a YAML file by name.
  private static func yaml(_ path: String) throws -> [String: String] {
    let text = try text(path)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let reason = "\(error)".split(separator: "\n").joined(separator: " ")
      throw ForeignTrackerError.damaged(path: path, problem: "it is no YAML: \(reason)")
    }
    guard let mapping = node?.mapping else {
      throw ForeignTrackerError.damaged(path: path, problem: "it is no mapping in YAML")
    }
    var values: [String: String] = [:]
    for (key, value) in mapping {
      guard let name = key.string, let scalar = value.scalar else { continue }
      let isNull = scalar.style == .plain && ["null", "~", ""].contains(scalar.string)
      if !isNull { values[name] = scalar.string }
    }
    return values
  }

  fileprivate static func text(_ path: String) throws -> String {
    String(decoding: try InputFile.read(path), as: UTF8.self)
  }

  /// The files below a directory by their paths below it: names may hold slashes.
  fileprivate static func files(below path: String) -> [(name: String, path: String)] {
    guard let tree = FileManager.default.enumerator(atPath: path) else { return [] }
    var files: [(name: String, path: String)] = []
    while let name = tree.nextObject() as? String {
      if tree.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
        files.append((name, path + "/" + name))
      }
    }
    return files.sorted { $0.name < $1.name }
  }
}

/// A run in a directory of MLflow.
private struct MLflowDirectoryRun: ForeignRun {
  let record: MLflowRecord
  let folder: String
  let context: ImportContext

  var label: String { record.id }

  func description() throws -> ImportedRun {
    var record = record
    for file in MLflowDirectory.files(below: folder + "/params") {
      record.parameters[file.name] = try MLflowDirectory.text(file.path)
    }
    for file in MLflowDirectory.files(below: folder + "/tags") {
      record.tags[file.name] = try MLflowDirectory.text(file.path)
    }
    return record.run(kind: context.kind)
  }

  func write(to writer: ImportWriter) throws {
    var metrics = MLflowMetricWriter(writer, context, label: label)
    for file in MLflowDirectory.files(below: folder + "/metrics") {
      try context.checkCancellation()
      for point in try points(of: file.path) {
        try metrics.add(file.name, step: point.step, value: point.value, time: point.time)
      }
    }
    try metrics.end()
    try ArtifactFolder(path: folder + "/artifacts", context: context, label: label)
      .write(to: writer)
  }

  private func points(
    of path: String
  ) throws -> [(step: Int64, value: Double, time: Int64)] {
    let text = try MLflowDirectory.text(path)
    var points: [(step: Int64, value: Double, time: Int64)] = []
    for (number, line) in text.split(separator: "\n").enumerated() {
      let words = line.split(separator: " ")
      guard words.count >= 2, let time = Int64(words[0]), let value = Double(words[1]),
        let step = words.count > 2 ? Int64(words[2]) : 0
      else {
        throw ForeignTrackerError.damaged(
          path: path, problem: "line \(number + 1) is no time, value and step")
      }
      points.append((step, value, time))
    }
    // Of equal ones, the order of the file counts, which sorting keeps.
    return points.enumerated()
      .sorted {
        ($0.element.step, $0.element.time, $0.offset) < (
          $1.element.step, $1.element.time, $1.offset
        )
      }
      .map(\.element)
  }
}
