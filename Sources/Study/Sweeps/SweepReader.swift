internal import Foundation
internal import Tracker
internal import Yams

/// Turns the nodes of a sweep file into a definition, remembering the line of each part.
struct SweepReader {
  let name: String
  let directory: URL
  var lines: [String: Int] = [:]

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
  mutating func members(
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

  mutating func json(_ node: Node, path: String) throws(ConfigurationError) -> JSONValue {
    if let sequence = node.sequence {
      var elements: [JSONValue] = []
      for element in sequence { elements.append(try json(element, path: path)) }
      return .array(elements)
    }
    guard node.mapping != nil else {
      let value = YAMLText.scalar(node)
      if case .number(let number) = value, !number.isFinite {
        throw ConfigurationError(setting: path, problem: "is not finite")
      }
      return value
    }
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
