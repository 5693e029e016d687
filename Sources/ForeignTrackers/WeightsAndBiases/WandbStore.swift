internal import Foundation
internal import Interchange
internal import Tracker

/// Runs that Weights & Biases kept in a directory without its server.
public struct WandbStore: ForeignStore {
  /// The tool.
  public static let tool = ForeignTool(
    name: "wandb", command: "wandb-offline", title: "Weights & Biases",
    source: "its local directory wandb",
    mapping: """
      Each run-ID.wandb below the directory is a run; several of one id, as after resuming, are the same \
      one. Numbers that were logged become metrics by W&B's step, a nested key a.b; the configuration \
      becomes parameters, files of the run's directory artifacts. A number that only the summary has \
      becomes a metric of one value. The project becomes the run's group; W&B's own group and type of job \
      become the tags group=NAME and job_type=NAME. Texts, pictures, tables and histograms that were \
      logged, measurements of the system, and artifacts that were logged as such, whose files lie \
      elsewhere, are left out.
      """,
    example: "wandb")

  /// The runs.
  public let runs: [any ForeignRun]

  /// Finds the logs below a directory, or takes one log.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError`.
  public init(opening path: String, in context: ImportContext) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ForeignTrackerError.missing(path: path)
    }
    let logs = isDirectory.boolValue ? try Self.logs(below: path, context) : [path]
    guard !logs.isEmpty else {
      throw ForeignTrackerError.otherFile(
        path: path, tool: Self.tool.title, problem: "it holds no run-*.wandb")
    }
    var groups: [String: [String]] = [:]
    var order: [String] = []
    for log in logs {
      let name = URL(fileURLWithPath: log).lastPathComponent
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(log)
    }
    runs = order.map { WandbLoggedRun(logs: groups[$0] ?? [], context: context) }
  }

  /// The logs in the order of their directories, whose names hold the time.
  private static func logs(
    below path: String, _ context: ImportContext
  ) throws -> [String] {
    let base = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let tree = FileManager.default.enumerator(atPath: base) else { return [] }
    var logs: [String] = []
    while let name = tree.nextObject() as? String {
      try context.checkCancellation()
      guard name.hasSuffix(".wandb"),
        tree.fileAttributes?[.type] as? FileAttributeType == .typeRegular
      else { continue }
      logs.append(base + "/" + name)
    }
    return logs.sorted()
  }
}

/// A run with its logs in the order of time: a run that was resumed has several.
private struct WandbLoggedRun: ForeignRun {
  let logs: [String]
  let context: ImportContext

  var label: String { logs.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "" }

  func description() throws -> ImportedRun {
    var summary = WandbDescription(kind: context.kind)
    for log in logs {
      try forEachRecord(of: log, notes: true) { summary.take($0) }
    }
    guard let run = summary.imported else {
      throw ForeignTrackerError.damaged(path: label, problem: "it names no run")
    }
    return run
  }

  func write(to writer: ImportWriter) throws {
    var values = WandbValues(writer)
    for log in logs {
      try forEachRecord(of: log, notes: false) { try values.take($0) }
    }
    try values.finish()
    for kind in values.omitted.sorted() {
      context.notes.add("\(kind) are left out", of: label)
    }
    for log in logs {
      let files = URL(fileURLWithPath: log).deletingLastPathComponent().appending(path: "files")
      // wandb.save links files of the user's.
      try ArtifactFolder(path: files.path, context: context, label: label, followsLinks: true)
        .write(to: writer)
    }
  }

  private func forEachRecord(
    of log: String, notes: Bool, _ body: (WandbRecord) throws -> Void
  ) throws {
    var reader = try WandbLogReader(opening: log, isCancelled: context.isCancelled)
    while let record = try reader.next() {
      try context.checkCancellation()
      try body(record)
    }
    guard notes else { return }
    for problem in reader.problems { context.notes.add("\(problem)", of: label) }
  }
}
