internal import Tracker

/// The state of a trial in Optuna.
enum OptunaState: String, CaseIterable {
  case running = "RUNNING"
  case complete = "COMPLETE"
  case pruned = "PRUNED"
  case fail = "FAIL"
  case waiting = "WAITING"

  /// Whether no more is to come.
  var isOver: Bool { self != .running && self != .waiting }
  /// Whether samplers learn from it.
  var isJudged: Bool { self == .complete || self == .pruned }
}

/// A trial in Optuna without what it was given and gave.
struct OptunaTrial {
  /// What its source finds the rest by.
  let key: Int64
  let number: Int
  var state: OptunaState
  /// In milliseconds since 1970; nil if it has not begun.
  var started: Int64?
  /// In milliseconds since 1970; nil if it has not ended.
  var ended: Int64?
}

/// The rest of a trial.
struct OptunaDetails {
  var parameters: [String: JSONValue] = [:]
  var values: [Double] = []
  var intermediateValues: [Int64: Double] = [:]
  /// What the user's function said of it, as JSON by name.
  var attributes: [String: JSONValue] = [:]
  /// Why it failed.
  var failure: String?
}

/// A study of Optuna.
struct OptunaStudy {
  /// What names it among all studies: its name and when its first trial began.
  var id: String
  var name: String
  var objectives: [SweepObjective]
  var space: [JSONValue]
  var trials: [OptunaTrial]

  /// The objectives by the directions and, where the user gave them, the names.
  static func objectives(directions: [String], names: [String]?) -> [SweepObjective] {
    directions.enumerated().map { number, direction in
      let usual = directions.count == 1 ? "value" : "value_\(number)"
      let isNamed = names?.count == directions.count && Set(names ?? []).count == directions.count
      return SweepObjective(
        isNamed ? names?[number] ?? usual : usual,
        direction.hasPrefix("MAX") ? .maximise : .minimise)
    }
  }

  /// The study as a sweep.
  var sweep: ImportedSweep {
    ImportedSweep(
      tool: OptunaStore.tool.name, sourceID: id, name: name, objectives: objectives, space: space,
      createdMilliseconds: trials.compactMap(\.started).min() ?? 0)
  }
}

/// Where Optuna keeps studies.
protocol OptunaSource {
  /// All studies, with their trials in the order of their numbers.
  func studies() throws -> [OptunaStudy]

  /// The rest of a trial.
  func details(of trial: OptunaTrial) throws -> OptunaDetails
}
