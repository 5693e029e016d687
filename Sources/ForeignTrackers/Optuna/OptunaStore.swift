internal import Foundation
public import Tracker

/// Studies of Optuna: its SQLite database, or its journal.
public struct OptunaStore: ForeignStore {
  /// The tool.
  public static let tool = ForeignTool(
    name: "optuna", command: "optuna", title: "Optuna",
    source: "an SQLite database or a journal file",
    mapping: """
      A study becomes a sweep of its name with its objectives and ranges, so that 'assay sweep status', \
      'best', 'show' and 'export' and the figures of sweeps work on it; nothing can run more trials of it. \
      Each trial that has ended becomes a trial of the sweep with its values and reports, and a run with \
      its parameters. The run's metrics are the objectives, the reports as intermediate_value, and user \
      attributes that are numbers; other user attributes are notes. Trials that wait or run are left out \
      until they have ended: import again. Times are taken for those of this machine's zone.
      """,
    example: "study.db")

  /// A sweep a study.
  public let sweeps: [ImportedSweep]
  /// The studies without a trial that waits or runs.
  public let finishedSweeps: Set<String>
  /// The runs.
  public let runs: [any ForeignRun]

  /// Opens a database or a journal, whichever is at a path.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError`, `SQLiteError`.
  public init(opening path: String, in context: ImportContext) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ForeignTrackerError.missing(path: path)
    }
    let source: any OptunaSource =
      OptunaJournal.isJournal(path)
      ? try OptunaJournal(path, context) : try OptunaDatabase(path, context)
    var sweeps: [ImportedSweep] = []
    var runs: [any ForeignRun] = []
    var finished: Set<String> = []
    for study in try source.studies() {
      let over = study.trials.filter(\.state.isOver)
      let open = study.trials.count - over.count
      if open > 0 {
        context.notes.add(
          "\(open) trials wait or run; import again when they have ended", of: study.name)
      } else {
        finished.insert(study.id)
      }
      guard !over.isEmpty, !study.objectives.isEmpty else {
        context.notes.add("no trial has ended, so it is left out", of: study.name)
        continue
      }
      sweeps.append(study.sweep)
      runs += Self.runs(of: study, over, from: source, context)
    }
    self.sweeps = sweeps
    self.runs = runs
    finishedSweeps = finished
  }

  /// The trials that have ended, in the order in which they have.
  private static func runs(
    of study: OptunaStudy, _ trials: [OptunaTrial], from source: any OptunaSource,
    _ context: ImportContext
  ) -> [any ForeignRun] {
    let judged = trials.filter(\.state.isJudged).compactMap(\.ended).sorted()
    let ordered = trials.sorted { ($0.ended ?? 0, $0.number) < ($1.ended ?? 0, $1.number) }
    return ordered.map { trial in
      let start = trial.started ?? trial.ended ?? 0
      return OptunaRun(
        study: study, trial: trial, source: source, context: context,
        proposedAfter: judged.partitioningIndex { $0 > start })
    }
  }
}

extension [Int64] {
  /// The first place of a sorted list from which on a condition holds.
  fileprivate func partitioningIndex(where holds: (Int64) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A trial of Optuna.
private struct OptunaRun: ForeignRun {
  let study: OptunaStudy
  let trial: OptunaTrial
  let source: any OptunaSource
  let context: ImportContext
  let proposedAfter: Int

  var label: String { "\(study.name) \(trial.number)" }

  private static let noReason = "it failed; Optuna keeps no reason"

  func description() throws -> ImportedRun {
    let details = try source.details(of: trial)
    var run = ImportedRun(
      tool: OptunaStore.tool.name, sourceID: "\(study.id)/\(trial.number)", kind: context.kind,
      origin: ImportedRun.Origin(tool: OptunaStore.tool.name))
    run.name = label
    run.group = study.name
    run.startedMilliseconds = trial.started ?? trial.ended
    run.endedMilliseconds = trial.ended
    run.parameters = details.parameters
    run.notes = details.attributes.sorted { $0.key < $1.key }
      .filter { $0.value.number == nil }
      .map { "\($0.key): \($0.value.string ?? $0.value.canonical)" }
    var end = ImportedTrial.End.pruned
    switch trial.state {
    case .complete:
      guard details.values.count == study.objectives.count else {
        throw ForeignTrackerError.damaged(
          path: study.name,
          problem: "trial \(trial.number) has \(details.values.count) values for "
            + "\(study.objectives.count) objectives")
      }
      run.end = .finished
      end = .finished(details.values)
    case .fail:
      run.end = .failed(details.failure ?? Self.noReason)
      end = .failed(details.failure ?? Self.noReason)
    case .pruned, .running, .waiting: run.end = .interrupted
    }
    var place = ImportedTrial(
      sweep: study.id, number: trial.number, end: end, proposedAfter: proposedAfter)
    place.reports = details.intermediateValues.sorted { $0.key < $1.key }
      .map { (step: $0.key, value: $0.value) }
    run.trial = place
    return run
  }

  func write(to writer: ImportWriter) throws {
    let details = try source.details(of: trial)
    let time = trial.ended ?? trial.started ?? 0
    for (name, value) in details.attributes {
      guard let number = value.number else { continue }
      try writer.add(name, steps: [0], values: [number], times: [time])
    }
    let reports = details.intermediateValues.sorted { $0.key < $1.key }
    if !reports.isEmpty {
      try writer.add(
        "intermediate_value", steps: reports.map(\.key), values: reports.map(\.value),
        times: reports.map { _ in time })
    }
    guard trial.state == .complete else { return }
    for (objective, value) in zip(study.objectives, details.values) {
      try writer.add(objective.name, steps: [0], values: [value], times: [time])
    }
  }
}
