internal import Foundation
internal import Interchange
internal import Tracker

/// Runs in a directory tree of TensorBoard's event files.
public struct TensorBoardStore: ForeignStore {
  /// The tool.
  public static let tool = ForeignTool(
    name: "tensorboard", command: "tensorboard", title: "TensorBoard",
    source: "a directory with event files",
    mapping: """
      Each directory with event files becomes a run, named by its path below the given one. Scalars become \
      metrics, hyperparameters of the plugin hparams parameters. Event files don't say whether a run has \
      ended: one whose files changed within the last hour is imported as interrupted, and importing it \
      again goes on with it. Images, histograms, texts and the like are left out.
      """,
    example: "logs")

  /// The runs.
  public let runs: [any ForeignRun]

  /// Finds the directories with event files.
  ///
  /// - Throws: ``ForeignTrackerError/otherFile(path:tool:problem:)`` if there are none;
  ///   `InterchangeError`.
  public init(opening path: String, in context: ImportContext) throws {
    let found = try EventDirectory.find(in: path, isCancelled: context.isCancelled)
    guard !found.isEmpty else {
      throw ForeignTrackerError.otherFile(
        path: path, tool: Self.tool.title, problem: "it holds no event files (*tfevents*)")
    }
    runs = try found.compactMap { try TensorBoardRun($0, context) }
  }
}

/// A directory with event files.
private struct TensorBoardRun: ForeignRun {
  let directory: EventDirectory
  let sourceID: String
  let context: ImportContext

  var label: String { directory.name == "." ? folder : directory.name }

  private var folder: String { URL(fileURLWithPath: directory.path).lastPathComponent }

  /// How long a run's files must be at rest until it counts as finished, in seconds.
  private static let rest: TimeInterval = 3600

  /// Names a run by its directory, its first file and that file's first record, which holds the time
  /// to the microsecond; nil if nothing has been written yet.
  init?(_ directory: EventDirectory, _ context: ImportContext) throws {
    self.directory = directory
    self.context = context
    guard let first = directory.files.first else { return nil }
    let content = try FileContent(opening: first)
    let start = try content.bytes(0..<min(content.count, 48))
    guard !start.isEmpty else { return nil }
    let folder = URL(fileURLWithPath: directory.path).lastPathComponent
    let file = URL(fileURLWithPath: first).lastPathComponent
    sourceID = "\(folder)/\(file)#\(Digest.sha256(start).prefix(16))"
  }

  func description() throws -> ImportedRun {
    var run = ImportedRun(
      tool: "tensorboard", sourceID: sourceID, kind: context.kind,
      origin: ImportedRun.Origin(tool: "tensorboard"))
    run.name = label
    let changes = directory.files.compactMap {
      try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date
    }
    let isAtRest = changes.allSatisfy { Date().timeIntervalSince($0) > Self.rest }
    run.end = isAtRest ? .finished : .interrupted
    return run
  }

  func write(to writer: ImportWriter) throws {
    var metrics = MetricCollector(writer)
    var first: Double?
    var kinds: Set<String> = []
    var problems: [InterchangeError] = []
    var hasItems = false
    for file in directory.files {
      var reader = EventFileReader(path: file)
      while true {
        try context.checkCancellation()
        let batch = try reader.read()
        problems += batch.problems
        hasItems = hasItems || !batch.items.isEmpty
        for item in batch.items {
          switch item {
          case .scalar(let scalar):
            if scalar.time > 0 { first = min(first ?? scalar.time, scalar.time) }
            try metrics.add(
              scalar.tag, step: scalar.step, value: scalar.value,
              time: Self.milliseconds(scalar.time))
          case .started(let hyperparameters, let time):
            writer.run.parameters.merge(hyperparameters.mapValues(JSONValue.init)) { $1 }
            if time > 0 { first = min(first ?? time, time) }
          case .ended(let succeeded, let time):
            writer.run.end =
              succeeded ? .finished : .failed("it failed; TensorBoard keeps no reason")
            if time > 0 { writer.run.endedMilliseconds = Self.milliseconds(time) }
          case .restarted(let step):
            try metrics.flush()
            try writer.removeValues(from: step)
          case .other(_, let kind): kinds.insert(kind)
          }
        }
        if batch.isAtEnd { break }
      }
    }
    // Files of which nothing could be read are damaged, rather than records that end early.
    if !hasItems, let problem = problems.first { throw problem }
    for problem in problems { context.notes.add("\(problem)", of: label) }
    try metrics.flush()
    if let first { writer.run.startedMilliseconds = Self.milliseconds(first) }
    for kind in kinds.sorted() {
      context.notes.add("what it logged as \(kind.prefix(40)) is left out", of: label)
    }
  }

  /// Seconds as milliseconds; what no clock says is 0.
  private static func milliseconds(_ seconds: Double) -> Int64 {
    Int64(exactly: (seconds * 1000).rounded()) ?? 0
  }
}

extension JSONValue {
  /// A hyperparameter, a whole number as one.
  fileprivate init(_ value: Hyperparameter) {
    switch value {
    case .flag(let flag): self = .bool(flag)
    case .text(let text): self = .string(text)
    case .number(let number):
      if let whole = Int64(exactly: number) {
        self = .integer(whole)
      } else {
        self = number.isFinite ? .number(number) : .string("\(number)")
      }
    }
  }
}
