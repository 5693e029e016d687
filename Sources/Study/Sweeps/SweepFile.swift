package import Foundation
public import Tracker
internal import Yams

/// Sweep files: YAML that says what trials share, what varies, and what is searched for.
///
///     name: learning-rate                # the file's name unless given
///     seed: 0
///     configuration: {training: {epochs: 3}}        # or the path of a study's configuration file
///     space:
///       training.learning_rate: {log_uniform: [1e-4, 1e-2]}
///       training.batch_size: [64, 128]
///       training.optimizer: [adam, sgd]
///       training.momentum: {uniform: [0.5, 0.99], when: {training.optimizer: sgd}}
///     sampler: tpe                       # or grid, random, halton
///     objective: {metric: test_accuracy}
///     pruner: {successive_halving: {minimum: 1, eta: 3}}
///     budget: {trials: 50, limit: 500, attempts: 3}
///     keep: {pixels: none, models: best}
public enum SweepFile {
  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: The sweep, all of whose trials are possible.
  /// - Throws: ``ConfigurationError`` with file and line if it cannot be read, is no YAML, or says
  ///   something that is unknown or impossible.
  public static func read(_ path: String) throws(ConfigurationError) -> SweepDescription {
    let url = URL(fileURLWithPath: path)
    return try parse(
      try YAMLText.read(path), name: path,
      defaultName: url.deletingPathExtension().lastPathComponent,
      directory: url.deletingLastPathComponent())
  }

  /// Reads a file's text.
  ///
  /// - Parameters:
  ///   - text: The YAML.
  ///   - name: What errors call the file.
  ///   - defaultName: The sweep's name unless the text gives one.
  ///   - directory: Where the files that it names are.
  /// - Returns: The sweep.
  /// - Throws: ``ConfigurationError`` with name and line.
  package static func parse(
    _ text: String, name: String, defaultName: String, directory: URL
  ) throws(ConfigurationError) -> SweepDescription {
    guard let node = try YAMLText.compose(text, name: name) else {
      throw ConfigurationError(setting: "", problem: "is empty", location: name)
    }
    var reader = SweepReader(name: name, directory: directory)
    do {
      return try reader.read(node, defaultName: defaultName)
    } catch {
      guard error.location == nil else { throw error }
      var located = ConfigurationError(
        setting: error.setting, problem: error.problem, location: reader.location(of: error.setting)
      )
      located.isUnreadable = error.isUnreadable
      throw located
    }
  }
}

/// Turns the nodes of a sweep file into a definition, remembering the line of each part.
private struct SweepReader {
  let name: String
  let directory: URL
  private var lines: [String: Int] = [:]

  init(name: String, directory: URL) {
    self.name = name
    self.directory = directory
  }

  private static let parts = [
    "name", "seed", "configuration", "space", "sampler", "objective", "objectives", "pruner",
    "budget", "keep",
  ]

  mutating func read(
    _ node: Node, defaultName: String
  ) throws(ConfigurationError) -> SweepDescription {
    let top = try members(node, path: "", known: Self.parts)
    var definition: [String: JSONValue] = [
      "configuration": try configuration(top["configuration"]),
      "space": .array(try space(top["space"])),
      "objectives": .array(try objectives(top)),
    ]
    definition["sampler"] = try top["sampler"].map { (node) throws(ConfigurationError) in
      try choice(node, path: "sampler")
    }
    definition["pruner"] = try top["pruner"].map { (node) throws(ConfigurationError) in
      try choice(node, path: "pruner")
    }
    let parsed = try SweepDefinition(.object(definition))
    return SweepDescription(
      name: try sweepName(top["name"], default: defaultName), definition: parsed.json,
      seed: try seed(top["seed"]), objectives: parsed.goals.map(\.objective),
      budget: try budget(top["budget"]), retention: try retention(top["keep"]))
  }

  /// The line of a part, or of what holds it.
  func location(of setting: String) -> String {
    var setting = setting
    while true {
      if let line = lines[setting] { return "\(name):\(line)" }
      guard let dot = setting.lastIndex(of: ".") else { return name }
      setting = String(setting[..<dot])
    }
  }

  /// The members of a mapping, noting their lines.
  private mutating func members(
    _ node: Node, path: String, known: [String]? = nil
  ) throws(ConfigurationError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw ConfigurationError(
        setting: path,
        problem: "must hold " + (known ?? ["settings"]).joined(separator: ", "))
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      let member = path.isEmpty ? name : "\(path).\(name)"
      lines[member] = key.mark?.line
      guard known?.contains(name) ?? true else {
        throw ConfigurationError(
          setting: member,
          problem: "is unknown; there are " + (known ?? []).joined(separator: ", "))
      }
      members[name] = value
    }
    return members
  }

  private mutating func json(_ node: Node, path: String) throws(ConfigurationError) -> JSONValue {
    if let sequence = node.sequence {
      var elements: [JSONValue] = []
      for element in sequence { elements.append(try json(element, path: path)) }
      return .array(elements)
    }
    guard node.mapping != nil else { return YAMLText.scalar(node) }
    var object: [String: JSONValue] = [:]
    for (name, value) in try members(node, path: path) {
      object[name] = try json(value, path: "\(path).\(name)")
    }
    return .object(object)
  }

  /// What trials share: inline, or the path of a study's configuration file.
  private func configuration(_ node: Node?) throws(ConfigurationError) -> JSONValue {
    guard let path = node?.string, node?.scalar != nil else {
      return try ConfigurationFile.parse(node, name: name).tree
    }
    let url = URL(fileURLWithPath: path, relativeTo: directory)
    return try ConfigurationFile.read(url.path).tree
  }

  /// "tpe" or {tpe: {startup: 20}} as {"name": "tpe", "startup": 20}.
  private mutating func choice(
    _ node: Node, path: String
  ) throws(ConfigurationError) -> JSONValue {
    if let name = node.scalar?.string { return .object(["name": .string(name)]) }
    let members = try members(node, path: path)
    guard members.count == 1, let (name, settings) = members.first else {
      throw ConfigurationError(setting: path, problem: "must be one, such as {name: {setting: 1}}")
    }
    lines.merge(lines.filter { $0.key == "\(path).\(name)" }.map { (path, $0.value) }) { $1 }
    var object = try json(settings, path: path)
    if object == .null { object = .object([:]) }
    guard case .object = object else {
      throw ConfigurationError(setting: path, problem: "must hold settings of \(name)")
    }
    object["name"] = .string(name)
    return object
  }
}

extension SweepReader {
  /// The parameters in the file's order, one that depends on another behind it.
  private mutating func space(_ node: Node?) throws(ConfigurationError) -> [JSONValue] {
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

  private mutating func objectives(_ top: [String: Node]) throws(ConfigurationError) -> [JSONValue]
  {
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
      var objective = try json(node, path: path)
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

  private mutating func budget(_ node: Node?) throws(ConfigurationError) -> SweepBudget {
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

  private mutating func retention(_ node: Node?) throws(ConfigurationError) -> SweepRetention {
    guard let node else { return SweepRetention() }
    let fields = try SweepFields(
      try json(node, path: "keep"), setting: "keep", known: ["pixels", "models"])
    return SweepRetention(
      pixels: try fields.choice("pixels", default: .all),
      models: try fields.choice("models", default: .all))
  }

  private func seed(_ node: Node?) throws(ConfigurationError) -> Int64 {
    guard let node else { return 0 }
    guard case .integer(let seed) = YAMLText.scalar(node) else {
      throw ConfigurationError(setting: "seed", problem: "must be a whole number")
    }
    return seed
  }

  private func sweepName(
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
