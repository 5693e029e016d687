internal import Interchange
internal import Tracker

/// The journal that Optuna's JournalFileBackend writes: an operation a line, in JSON.
///
/// The operations are replayed as Optuna does it: what comes too late for a trial is nothing.
final class OptunaJournal: OptunaSource {
  private struct Study {
    var name: String
    var directions: [JSONValue]
    var metricNames: [String]?
    var trials: [Int] = []
    var isDeleted = false
  }

  private struct Trial {
    var header: OptunaTrial
    var details = OptunaDetails()
    var parameters: [(name: String, number: Double, distribution: String)] = []
    var startText: String?
  }

  private let path: String
  private var all: [Study] = []
  private var trials: [Trial] = []
  private var distributions: [String: OptunaDistribution] = [:]

  private static let states: [OptunaState] = [.running, .complete, .pruned, .fail, .waiting]

  /// Whether a file begins as a journal does.
  static func isJournal(_ path: String) -> Bool {
    guard let content = try? FileContent(opening: path),
      let start = try? content.bytes(0..<min(content.count, 200))
    else { return false }
    return String(decoding: start, as: UTF8.self).hasPrefix("{\"op_code\"")
  }

  /// Replays a journal.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError`.
  init(_ path: String, _ context: ImportContext) throws {
    self.path = path
    let bytes = try InputFile.read(path, isCancelled: context.isCancelled)
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    for (number, line) in lines.enumerated() {
      try context.checkCancellation()
      guard let operation = Operation(line) else {
        // A writer may be at work on the last one.
        if number == lines.count - 1, bytes.last != UInt8(ascii: "\n") { break }
        throw ForeignTrackerError.damaged(
          path: path, problem: "line \(number + 1) is no operation of a journal")
      }
      apply(operation)
    }
  }

  /// A line of the journal.
  private struct Operation {
    let code: Int64
    let fields: JSONValue

    init?(_ line: ArraySlice<UInt8>) {
      guard let fields = JSONValue(python: String(decoding: line, as: UTF8.self)),
        case .integer(let code) = fields["op_code"]
      else { return nil }
      self.code = code
      self.fields = fields
    }

    func whole(_ name: String) -> Int? {
      guard case .integer(let number) = fields[name] else { return nil }
      return Int(number)
    }

    func text(_ name: String) -> String? { fields[name]?.string }

    func members(_ name: String) -> [String: JSONValue] {
      guard case .object(let members) = fields[name] else { return [:] }
      return members
    }

    /// The milliseconds since 1970 of a time with its zone.
    func time(_ name: String) -> Int64? {
      text(name).flatMap(ZonedTime.init)?.milliseconds
    }
  }

  private func apply(_ operation: Operation) {
    switch operation.code {
    case 0:
      guard let name = operation.text("study_name"),
        !all.contains(where: { $0.name == name && !$0.isDeleted })
      else { return }
      all.append(Study(name: name, directions: Self.elements(operation.fields["directions"])))
    case 1: if let study = study(operation) { all[study].isDeleted = true }
    case 3:
      guard let study = study(operation),
        let names = operation.members("system_attr")["study:metric_names"]
      else { return }
      all[study].metricNames = Self.elements(names).compactMap(\.string)
    case 4: createTrial(operation)
    default:
      guard let place = operation.whole("trial_id"), trials.indices.contains(place),
        !trials[place].header.state.isOver
      else { return }
      change(&trials[place], by: operation)
    }
  }

  private func study(_ operation: Operation) -> Int? {
    guard let id = operation.whole("study_id"), all.indices.contains(id), !all[id].isDeleted
    else { return nil }
    return id
  }

  private func createTrial(_ operation: Operation) {
    guard let study = study(operation) else { return }
    let state = operation.whole("state") ?? 0
    var trial = Trial(
      header: OptunaTrial(
        key: Int64(trials.count), number: all[study].trials.count,
        state: Self.states.indices.contains(state) ? Self.states[state] : .fail,
        started: operation.time("datetime_start"), ended: operation.time("datetime_complete")))
    trial.startText = operation.text("datetime_start")
    let ranges = operation.members("distributions")
    for (name, value) in operation.members("params") {
      guard let number = value.number, let range = ranges[name]?.string else { continue }
      trial.parameters.append((name, number, range))
    }
    for (step, value) in operation.members("intermediate_values") {
      guard let step = Int64(step) else { continue }
      trial.details.intermediateValues[step] = value.number ?? .nan
    }
    take(values: operation.fields["values"] ?? operation.fields["value"], of: &trial)
    take(attributes: operation.members("user_attrs"), of: &trial)
    all[study].trials.append(trials.count)
    trials.append(trial)
  }

  private func change(_ trial: inout Trial, by operation: Operation) {
    switch operation.code {
    case 5:
      guard let name = operation.text("param_name"), let range = operation.text("distribution"),
        let number = operation.fields["param_value_internal"]?.number
      else { return }
      trial.parameters.removeAll { $0.name == name }
      trial.parameters.append((name, number, range))
    case 6:
      guard let state = operation.whole("state"), Self.states.indices.contains(state) else {
        return
      }
      if Self.states[state] == .running {
        guard trial.header.state != .running else { return }
        trial.header.started = operation.time("datetime_start")
        trial.startText = operation.text("datetime_start")
      }
      trial.header.state = Self.states[state]
      if trial.header.state.isOver { trial.header.ended = operation.time("datetime_complete") }
      take(values: operation.fields["values"], of: &trial)
    case 7:
      guard let step = operation.whole("step") else { return }
      trial.details.intermediateValues[Int64(step)] =
        operation.fields["intermediate_value"]?.number ?? .nan
    case 8: take(attributes: operation.members("user_attr"), of: &trial)
    case 9:
      if let reason = operation.members("system_attr")["fail_reason"]?.string {
        trial.details.failure = reason
      }
    default: break
    }
  }

  private func take(values: JSONValue?, of trial: inout Trial) {
    if case .array(let list) = values {
      trial.details.values = list.map { $0.number ?? .nan }
    } else if let number = values?.number {
      trial.details.values = [number]
    }
  }

  private func take(attributes: [String: JSONValue], of trial: inout Trial) {
    trial.details.attributes.merge(attributes) { $1 }
  }

  private static func elements(_ value: JSONValue?) -> [JSONValue] {
    guard case .array(let elements) = value else { return [] }
    return elements
  }

  func studies() throws -> [OptunaStudy] {
    try all.filter { !$0.isDeleted }.map { study in
      let own = study.trials.map { trials[$0] }
      let first = own.compactMap(\.startText).min() ?? ""
      var space: [JSONValue] = []
      var known: Set<String> = []
      for parameter in own.flatMap(\.parameters) where known.insert(parameter.name).inserted {
        space.append(try distribution(parameter.distribution).range(of: parameter.name))
      }
      let directions = study.directions.map { $0 == .integer(2) ? "MAXIMIZE" : "MINIMIZE" }
      return OptunaStudy(
        id: "\(study.name)@\(first)", name: study.name,
        objectives: OptunaStudy.objectives(directions: directions, names: study.metricNames),
        space: space, trials: own.map(\.header))
    }
  }

  func details(of trial: OptunaTrial) throws -> OptunaDetails {
    let own = trials[Int(trial.key)]
    var details = own.details
    for (name, number, range) in own.parameters {
      guard let value = try distribution(range).value(of: number) else {
        throw ForeignTrackerError.damaged(
          path: path, problem: "trial \(trial.number) has no choice for '\(name)'")
      }
      details.parameters[name] = value
    }
    return details
  }

  private func distribution(_ text: String) throws -> OptunaDistribution {
    if let known = distributions[text] { return known }
    guard let read = OptunaDistribution(text) else {
      throw ForeignTrackerError.damaged(
        path: path, problem: "'\(text.prefix(60))' is no distribution")
    }
    distributions[text] = read
    return read
  }
}
