internal import Foundation
internal import Tracker

/// Runs of MLflow: its directory mlruns, or its SQLite database.
public struct MLflowStore: ForeignStore {
  /// The tool.
  public static let tool = ForeignTool(
    name: "mlflow", command: "mlflow", title: "MLflow",
    source: "a directory mlruns or an SQLite database",
    mapping: """
      An experiment becomes the runs' group, a run's description its note, a tag KEY with VALUE the tag \
      KEY=VALUE. A nested run has the lineage 'parent'. A deleted run is imported as a deleted one. \
      Parameters, which MLflow keeps as text, are numbers where they look like one. A metric that was \
      logged without steps, so that all its values have step 0, is numbered in the order of time. \
      Artifacts are taken where their files are on this machine. Datasets, traces and the registry of \
      models are left out.
      """,
    example: "mlruns")

  /// The runs.
  public let runs: [any ForeignRun]

  /// Opens a directory or a database, whichever is at a path.
  ///
  /// - Throws: ``ForeignTrackerError``, `SQLiteError`, of kind `notADatabase` or `busy`.
  public init(opening path: String, in context: ImportContext) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ForeignTrackerError.missing(path: path)
    }
    guard isDirectory.boolValue else {
      runs = try MLflowDatabase(path, context).runs()
      return
    }
    if let directory = MLflowDirectory(path, context) {
      runs = try directory.runs()
      return
    }
    let database = path + "/mlflow.db"
    guard FileManager.default.fileExists(atPath: database) else {
      throw ForeignTrackerError.otherFile(
        path: path, tool: Self.tool.title, problem: "it holds no experiments and no mlflow.db")
    }
    runs = try MLflowDatabase(database, context).runs()
  }
}

/// What MLflow says of a run, wherever it keeps that.
struct MLflowRecord {
  var id = ""
  var experiment: String?
  var name: String?
  var status = ""
  var started: Int64?
  var ended: Int64?
  var isDeleted = false
  var artifactURI: String?
  var user: String?
  var source: String?
  var commit: String?
  var parameters: [String: String] = [:]
  var tags: [String: String] = [:]

  /// The id of the run that began this one.
  var parent: String? { tags["mlflow.parentRunId"] }

  /// The run as it is recorded here.
  func run(kind: String) -> ImportedRun {
    var origin = ImportedRun.Origin(tool: "mlflow")
    let commit = tags["mlflow.source.git.commit"] ?? commit ?? ""
    if !commit.isEmpty { origin.gitCommit = commit }
    origin.isGitDirty = tags["mlflow.source.git.dirty"].map { $0.lowercased() == "true" }
    if let source = tags["mlflow.source.name"] ?? source, !source.isEmpty {
      origin.commandLine = [source]
    }
    var run = ImportedRun(tool: "mlflow", sourceID: id, kind: kind, origin: origin)
    run.name = tags["mlflow.runName"] ?? name
    run.group = experiment
    run.startedMilliseconds = started
    run.endedMilliseconds = ended
    run.isDeleted = isDeleted
    run.parent = parent
    run.parameters = parameters.mapValues(JSONValue.init(asPythonWrites:))
    switch status {
    case "FINISHED": run.end = .finished
    case "FAILED": run.end = .failed("it failed; MLflow keeps no reason")
    default: run.end = .interrupted
    }
    run.tags = tags.filter { !$0.key.hasPrefix("mlflow.") }
      .map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }.sorted()
    if let user = tags["mlflow.user"] ?? user, !user.isEmpty, user != "unknown" {
      run.tags.append("user=\(user)")
    }
    if let note = tags["mlflow.note.content"] { run.notes = [note] }
    return run
  }

  /// Puts each run behind its parent.
  static func parentsFirst(_ records: [MLflowRecord]) -> [MLflowRecord] {
    let known = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    func depth(_ record: MLflowRecord) -> Int {
      var (depth, next) = (0, record.parent)
      // Parents that are each other's end here as well.
      while let parent = next.flatMap({ known[$0] }), depth < 100 {
        depth += 1
        next = parent.parent
      }
      return depth
    }
    return records.enumerated()
      .map { (depth: depth($1), place: $0, record: $1) }
      .sorted { ($0.depth, $0.place) < ($1.depth, $1.place) }
      .map(\.record)
  }
}

/// Values of one metric in the order of steps and times, as MLflow allows several for a step.
///
/// The last of a step counts. Where all have step 0, since nobody gave steps, they are numbered.
struct MLflowMetric {
  private var first: [(value: Double, time: Int64)] = []
  private var firstStep: Int64?
  private var last: (step: Int64, value: Double, time: Int64)?
  private(set) var steps: [Int64] = []
  private(set) var values: [Double] = []
  private(set) var times: [Int64] = []
  /// How many values were replaced by later ones of the same step.
  private(set) var replacedCount = 0
  /// Whether the values were numbered.
  private(set) var isNumbered = false

  /// Adds a value that comes behind all before by its step and time.
  mutating func add(step: Int64, value: Double, time: Int64) {
    if firstStep == nil { firstStep = step }
    if let last, last.step != step {
      append(last)
    } else if last != nil {
      replacedCount += 1
    }
    last = (step, value, time)
    if step == 0, firstStep == 0, steps.isEmpty { first.append((value, time)) }
  }

  /// Ends the metric: nothing more is to come.
  mutating func end() {
    guard let last else { return }
    if steps.isEmpty, first.count > 1, last.step == 0 {
      steps = (0..<Int64(first.count)).map { $0 }
      values = first.map(\.value)
      times = first.map(\.time)
      (isNumbered, replacedCount) = (true, 0)
    } else {
      append(last)
    }
    self.last = nil
  }

  /// Takes out what is ready to be written.
  mutating func take() -> (steps: [Int64], values: [Double], times: [Int64]) {
    defer { (steps, values, times) = ([], [], []) }
    return (steps, values, times)
  }

  private mutating func append(_ point: (step: Int64, value: Double, time: Int64)) {
    steps.append(point.step)
    values.append(point.value)
    times.append(point.time)
    first = []
  }
}
