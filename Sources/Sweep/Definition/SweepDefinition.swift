package import Search
package import Tracker

/// The definition of a sweep: what its trials do, search space, objectives.
///
/// Its JSON is recorded with the sweep, so that a sweep resumes without its file:
/// {"space": [...], "sampler", "objectives": [...], "pruner"} and the members of its kind, such as
/// "configuration".
package struct SweepDefinition: Sendable {
  /// The JSON that it was read from.
  package let json: JSONValue
  /// What its trials do.
  package let kind: any TrialKind
  /// What trials vary.
  package let space: SearchSpace
  /// How trials are proposed.
  package let sampler: SweepSampler
  /// What is searched for, the most important first.
  package let goals: [SweepGoal]
  /// How trials are given up early; nil if they never are.
  package let pruner: SweepPruner?

  private static let fields = ["space", "sampler", "objectives", "pruner", "seed"]

  /// Reads a definition and makes sure that all its trials are possible.
  ///
  /// - Parameters:
  ///   - json: The definition.
  ///   - kinds: The kinds of trials; a definition of none of them is of ``AskedTrials``.
  /// - Throws: ``ConfigurationError`` naming the part that is not.
  package init(_ json: JSONValue, kinds: [any TrialKind.Type]) throws(ConfigurationError) {
    let type = kinds.first { kind in json[kind.definitionFields[0]] != nil } ?? AskedTrials.self
    let fields = try SweepFields(json, setting: "", known: type.definitionFields + Self.fields)
    let kind = try type.init(definition: json)
    self.json = json
    self.kind = kind
    space = try Self.space(try fields.list("space"))
    sampler = try SweepSampler(fields["sampler"] ?? .object(["name": .string("tpe")]))
    let goals = try Self.goals(try fields.list("objectives"), of: kind)
    self.goals = goals
    pruner = try fields["pruner"].map { (json) throws(ConfigurationError) in
      try SweepPruner(json, of: kind, goals: goals)
    }
    try kind.check(space)
    try checkExtremes()
    _ = try sampler.make(space: space, seed: 0)
  }

  private static func space(_ list: [JSONValue]) throws(ConfigurationError) -> SearchSpace {
    var parameters: [SearchParameter] = []
    for json in list {
      let parameter = try SearchParameter(json, after: parameters)
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw ConfigurationError(
          setting: "space.\(parameter.name)", problem: "is there twice; give each parameter once")
      }
      parameters.append(parameter)
    }
    guard !parameters.isEmpty else {
      throw ConfigurationError(
        setting: "space", problem: "is empty; name at least one parameter with its range")
    }
    return SearchSpace(parameters)
  }

  private static func goals(
    _ list: [JSONValue], of kind: any TrialKind
  ) throws(ConfigurationError) -> [SweepGoal] {
    var goals: [SweepGoal] = []
    for (number, json) in list.enumerated() {
      goals.append(try SweepGoal(json, number: number, of: kind))
    }
    guard !goals.isEmpty else {
      throw ConfigurationError(
        setting: "objective", problem: "is missing; name a metric or a query")
    }
    guard Set(goals.map(\.objective.name)).count == goals.count else {
      throw ConfigurationError(
        setting: "objectives", problem: "have the same name; give each its own by 'name:'")
    }
    return goals
  }

  /// Tries the extreme values of every parameter.
  private func checkExtremes() throws(ConfigurationError) {
    // What is given together must be tried together.
    let usual = Dictionary(
      uniqueKeysWithValues: space.parameters.map { ($0.name, $0.extremes[0]) })
    for parameter in space.parameters {
      for extreme in parameter.extremes {
        do {
          try kind.check(usual.merging([parameter.name: extreme]) { $1 })
        } catch {
          throw ConfigurationError(
            error.kind, setting: "space.\(parameter.name)",
            problem: error.setting == parameter.name
              ? error.problem : "is impossible: \(error.setting) \(error.problem)")
        }
      }
    }
  }

  /// A trial's recorded parameters.
  ///
  /// - Throws: `TrackerError.damagedRecord` if a value is outside its parameter's range.
  package func point(_ parameters: JSONValue) throws -> SearchPoint {
    guard case .object(let members) = parameters else { return [:] }
    var point = SearchPoint()
    for parameter in space.parameters {
      guard let json = members[parameter.name] else { continue }
      guard let value = parameter.value(of: json) else {
        throw TrackerError.damagedRecord(
          "a trial has \(json.canonical) as \(parameter.name), which is outside of its range")
      }
      point[parameter.name] = value
    }
    return point
  }
}
