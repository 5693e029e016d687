internal import Foundation
internal import Tracker
internal import Yams

extension SweepReader {
  /// The parameters in the file's order, one that depends on another behind it.
  mutating func space(_ node: Node?) throws(ConfigurationError) -> [JSONValue] {
    guard let node, let mapping = node.mapping else {
      throw ConfigurationError(
        setting: "space", problem: "is missing; name the settings that vary, with their ranges")
    }
    var waiting: [(parameter: JSONValue, needs: String?)] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      lines["space.\(name)"] = key.mark?.line
      let parameter = try self.parameter(name, value)
      waiting.append((parameter, parameter["when"]?["parameter"]?.string))
    }
    var ordered: [JSONValue] = []
    while let next = waiting.firstIndex(where: { parameter in
      parameter.needs == nil || ordered.contains { $0["name"]?.string == parameter.needs }
    }) {
      ordered.append(waiting.remove(at: next).parameter)
    }
    // What is left depends on nothing that there is, which the definition says.
    return ordered + waiting.map(\.parameter)
  }

  private static let bounds = ["integer", "log_integer", "uniform", "log_uniform"]

  private mutating func parameter(
    _ name: String, _ node: Node
  ) throws(ConfigurationError) -> JSONValue {
    let path = "space.\(name)"
    guard node.mapping != nil else {
      let value = try json(node, path: path)
      if case .array = value { return Self.choices(name, value) }
      return Self.choices(name, .array([value]))
    }
    let members = try members(
      node, path: path, known: ["choices", "fixed"] + Self.bounds + ["step", "points", "when"])
    let kinds = members.keys.filter { (["choices", "fixed"] + Self.bounds).contains($0) }
    guard kinds.count == 1, let kind = kinds.first, let range = members[kind] else {
      throw ConfigurationError(
        setting: path,
        problem: "needs one of choices, fixed, " + Self.bounds.joined(separator: ", "))
    }
    let value = try json(range, path: "\(path).\(kind)")
    var parameter: JSONValue
    switch kind {
    case "choices": parameter = Self.choices(name, value)
    case "fixed": parameter = Self.choices(name, .array([value]))
    default:
      guard case .array(let bounds) = value, bounds.count == 2 else {
        throw ConfigurationError(setting: path, problem: "needs two bounds: \(kind): [low, high]")
      }
      parameter = .object([
        "name": .string(name), "kind": .string(kind), "low": bounds[0], "high": bounds[1],
      ])
    }
    for extra in ["step", "points"] {
      guard let node = members[extra] else { continue }
      parameter[extra] = try json(node, path: "\(path).\(extra)")
    }
    if let node = members["when"] { parameter["when"] = try condition(node, path: path) }
    return parameter
  }

  private static func choices(_ name: String, _ values: JSONValue) -> JSONValue {
    .object(["name": .string(name), "kind": .string("choices"), "values": values])
  }

  private mutating func condition(_ node: Node, path: String) throws(ConfigurationError)
    -> JSONValue
  {
    let members = try members(node, path: "\(path).when")
    guard members.count == 1, let (name, values) = members.first else {
      throw ConfigurationError(
        setting: path, problem: "depends on one other parameter: when: {parameter: value}")
    }
    let value = try json(values, path: "\(path).when.\(name)")
    let list: JSONValue = if case .array = value { value } else { .array([value]) }
    return .object(["parameter": .string(name), "values": list])
  }

  mutating func objectives(_ top: [String: Node]) throws(ConfigurationError) -> [JSONValue] {
    let nodes: [Node]
    switch (top["objective"], top["objectives"]) {
    case (let node?, nil): nodes = [node]
    case (nil, let list?): nodes = list.sequence.map { Array($0) } ?? []
    default:
      throw ConfigurationError(
        setting: "objective", problem: "needs to be there once, or objectives as a list instead")
    }
    var objectives: [JSONValue] = []
    for (number, node) in nodes.enumerated() {
      let path = "objectives.\(number)"
      lines[path] = node.mark?.line
      var objective = try direction(of: try json(node, path: path), path: path)
      // The text of a query of the user's own is part of the definition.
      if let file = objective["query"]?.string, file.hasSuffix(".sql") {
        let url = URL(fileURLWithPath: file, relativeTo: directory)
        objective["sql"] = .string(try YAMLText.read(url.path))
        objective["query"] = nil
        if objective["name"] == nil {
          objective["name"] = .string(url.deletingPathExtension().lastPathComponent)
        }
      }
      objectives.append(objective)
    }
    return objectives
  }

  /// {maximise: METRIC} and {maximise: {query: ...}} as {goal, metric} and {goal, query, ...}.
  private func direction(
    of objective: JSONValue, path: String
  ) throws(ConfigurationError) -> JSONValue {
    guard case .object(var members) = objective else { return objective }
    let goals = SweepObjective.Goal.allCases.map(\.rawValue).filter { members[$0] != nil }
    guard let goal = goals.first else { return objective }
    let source = members.removeValue(forKey: goal)
    guard goals.count == 1, members["goal"] == nil else {
      throw ConfigurationError(setting: path, problem: "needs one direction alone")
    }
    members["goal"] = .string(goal)
    let given: [String: JSONValue]
    switch source {
    case .string(let metric)?: given = ["metric": .string(metric)]
    case .object(let source)?: given = source
    default:
      throw ConfigurationError(
        setting: "\(path).\(goal)", problem: "must be a metric's name or {query: ...}")
    }
    if let twice = given.keys.sorted().first(where: { members[$0] != nil }) {
      throw ConfigurationError(setting: "\(path).\(twice)", problem: "is there twice")
    }
    return .object(members.merging(given) { $1 })
  }

  mutating func budget(_ node: Node?) throws(ConfigurationError) -> SweepBudget {
    guard let node else {
      throw ConfigurationError(
        setting: "budget", problem: "is missing; say how many trials are to be finished")
    }
    let json =
      node.scalar == nil
      ? try json(node, path: "budget") : .object(["trials": YAMLText.scalar(node)])
    let fields = try SweepFields(json, setting: "budget", known: ["trials", "limit", "attempts"])
    let trials = try fields.count("trials")
    return SweepBudget(
      trials: trials,
      trialLimit: try fields.count("limit", default: SweepBudget.usualLimit(trials: trials)),
      attemptLimit: try fields.count("attempts", default: 3))
  }

  mutating func retention(_ node: Node?) throws(ConfigurationError) -> SweepRetention {
    guard let node else { return SweepRetention() }
    let fields = try SweepFields(
      try json(node, path: "keep"), setting: "keep", known: ["pixels", "models"])
    return SweepRetention(
      pixels: try fields.choice("pixels", default: .all),
      models: try fields.choice("models", default: .all))
  }

  func seed(_ node: Node?) throws(ConfigurationError) -> Int64 {
    guard let node else { return 0 }
    guard case .integer(let seed) = YAMLText.scalar(node) else {
      throw ConfigurationError(setting: "seed", problem: "must be a whole number")
    }
    return seed
  }

  func sweepName(
    _ node: Node?, default standard: String
  ) throws(ConfigurationError) -> String {
    let name = node.flatMap(\.string) ?? standard
    guard (1...200).contains(name.count), !name.contains(where: { $0.isNewline || $0 == "/" })
    else {
      throw ConfigurationError(
        setting: "name", problem: "must have 1 to 200 characters and no slash")
    }
    return name
  }
}
