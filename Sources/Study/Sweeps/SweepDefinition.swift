internal import Foundation
internal import Search
package import Tracker

/// The definition of a sweep: shared settings, search space, objectives.
///
/// Its JSON is recorded with the sweep, so that a sweep resumes without its file:
/// {"configuration", "space": [...], "sampler", "objectives": [...], "pruner"}.
package struct SweepDefinition: Sendable, Equatable {
  /// The JSON that it was read from.
  let json: JSONValue
  /// All settings, of which trials change some.
  let base: StudyConfiguration
  let parameters: [SweepParameter]
  let sampler: SweepSampler
  let goals: [SweepGoal]
  let pruner: SweepPruner?

  private let baseTree: JSONValue

  /// Reads a definition and makes sure that all its trials are possible.
  ///
  /// - Throws: ``ConfigurationError`` naming the part that is not.
  package init(_ json: JSONValue) throws(ConfigurationError) {
    let fields = try SweepFields(
      json, setting: "",
      known: ["configuration", "space", "sampler", "objectives", "pruner", "seed"])
    self.json = json
    base = try StudyConfiguration(tree: fields["configuration"] ?? .object([:]))
    baseTree = try base.tree
    var parameters: [SweepParameter] = []
    for json in try fields.list("space") {
      let parameter = try SweepParameter(json, after: parameters)
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw ConfigurationError(
          setting: "space.\(parameter.name)", problem: "is there twice; give each parameter once")
      }
      parameters.append(parameter)
    }
    self.parameters = parameters
    sampler = try SweepSampler(fields["sampler"] ?? .object(["name": .string("tpe")]))
    var goals: [SweepGoal] = []
    for (number, json) in try fields.list("objectives").enumerated() {
      goals.append(try SweepGoal(json, number: number))
    }
    guard !goals.isEmpty else {
      throw ConfigurationError(
        setting: "objective", problem: "is missing; name a metric or a query")
    }
    guard Set(goals.map(\.objective.name)).count == goals.count else {
      throw ConfigurationError(
        setting: "objectives", problem: "have the same name; give each its own by 'name:'")
    }
    self.goals = goals
    pruner = try fields["pruner"].map { (json) throws(ConfigurationError) in
      try SweepPruner(json)
    }
    try validateSpace()
    _ = try sampler.make(space: space, seed: 0)
  }

  var space: SearchSpace { SearchSpace(parameters.map(\.searched)) }

  /// Whether training alone gives all objectives.
  var needsTrainingOnly: Bool { goals.allSatisfy(\.needsTrainingOnly) }

  /// Tries the extreme values of every parameter.
  private func validateSpace() throws(ConfigurationError) {
    guard !parameters.isEmpty else {
      throw ConfigurationError(
        setting: "space", problem: "is empty; name at least one parameter with its range")
    }
    // What is given together must be tried together.
    let usual = parameters.map { ($0.name, $0.extremes[0]) }
    for parameter in parameters {
      for extreme in parameter.extremes {
        var settings = Dictionary(uniqueKeysWithValues: usual)
        settings[parameter.name] = extreme
        do {
          _ = try configuration(for: .object(settings))
        } catch {
          throw ConfigurationError(
            error.kind, setting: "space.\(parameter.name)",
            problem: error.setting == parameter.name
              ? error.problem : "is impossible: \(error.setting) \(error.problem)")
        }
      }
    }
  }

  /// The configuration of a trial.
  ///
  /// - Parameter settings: The trial's parameters, an object by path.
  /// - Returns: What trials share with these settings in their places; validated.
  /// - Throws: ``ConfigurationError`` if there is no such setting, or the value is impossible.
  package func configuration(for settings: JSONValue) throws(ConfigurationError)
    -> StudyConfiguration
  {
    guard case .object(let members) = settings else { return base }
    var tree = baseTree
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let path = name.split(separator: ".").map(String.init)
      guard tree.replace(path[...], by: value) else {
        throw ConfigurationError(.unknownSetting, setting: name, problem: "is no setting")
      }
    }
    return try StudyConfiguration(tree: tree)
  }

  /// A trial's parameters as a point of the search space.
  ///
  /// - Throws: `TrackerError.damagedRecord` if a value is outside its parameter's range.
  func point(_ settings: JSONValue) throws -> SearchPoint {
    guard case .object(let members) = settings else { return [:] }
    var point = SearchPoint()
    for parameter in parameters {
      guard let setting = members[parameter.name] else { continue }
      guard let value = parameter.value(of: setting) else {
        throw TrackerError.damagedRecord(
          "a trial has \(setting.canonical) as \(parameter.name), which is outside of its range")
      }
      point[parameter.name] = value
    }
    return point
  }

  /// A point of the search space as a trial's parameters.
  func settings(of point: SearchPoint) -> JSONValue {
    let members = parameters.compactMap { parameter in
      point[parameter.name].map { (parameter.name, parameter.setting(of: $0)) }
    }
    return .object(Dictionary(uniqueKeysWithValues: members))
  }
}

extension JSONValue {
  /// Replaces the value at a path; false if there is none, or it is an object.
  fileprivate mutating func replace(_ path: ArraySlice<String>, by value: JSONValue) -> Bool {
    guard let name = path.first, case .object(var members) = self, var member = members[name]
    else { return false }
    if path.count == 1 {
      if case .object = member { return false }
      member = value
    } else {
      guard member.replace(path.dropFirst(), by: value) else { return false }
    }
    members[name] = member
    self = .object(members)
    return true
  }
}
