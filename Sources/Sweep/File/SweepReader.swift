package import Foundation
package import Tracker
package import Yams

/// Turns the nodes of a sweep file into a definition, remembering the line of each part.
package struct SweepReader {
  /// What errors call the file.
  package let name: String
  /// Where the files that it names are.
  package let directory: URL
  var lines: [String: Int] = [:]

  init(name: String, directory: URL) {
    self.name = name
    self.directory = directory
  }

  private static let parts = [
    "space", "sampler", "objective", "objectives", "pruner", "budget",
  ]

  /// Reads the whole file.
  ///
  /// - Parameters:
  ///   - node: The file's.
  ///   - defaultName: The sweep's name unless the file gives one.
  ///   - kinds: The kinds of trials.
  ///   - usual: What trials do if no field says it.
  /// - Returns: The sweep, all of whose trials are possible.
  /// - Throws: ``ConfigurationError``.
  mutating func read(
    _ node: Node, defaultName: String, kinds: [any TrialKind.Type], usual: any TrialKind.Type
  ) throws(ConfigurationError) -> SweepPlan {
    let said = try kind(node, of: kinds)
    let kind = said ?? usual
    let top = try members(
      node, path: "", known: ["name", "seed"] + kind.fileFields + Self.parts)
    var definition = try kind.definition(of: top, reader: &self)
    definition["space"] = .array(try space(top["space"]))
    definition["objectives"] = .array(try objectives(top))
    definition["sampler"] = try top["sampler"].map { (node) throws(ConfigurationError) in
      try choice(node, path: "sampler")
    }
    definition["pruner"] = try top["pruner"].map { (node) throws(ConfigurationError) in
      try choice(node, path: "pruner")
    }
    let parsed: SweepDefinition
    do {
      parsed = try SweepDefinition(.object(definition), kinds: kinds)
    } catch {
      guard said == nil, [.unknownSetting, .unknownMetric].contains(error.kind) else { throw error }
      throw ConfigurationError(.unsaidTrials, setting: error.setting, problem: error.problem)
    }
    let description = SweepDescription(
      name: try sweepName(top["name"], default: defaultName), definition: parsed.json,
      seed: try seed(top["seed"]), objectives: parsed.goals.map(\.objective),
      budget: try budget(top["budget"]), retention: try retention(top["keep"]))
    return SweepPlan(description: description, definition: parsed)
  }

  /// The kind whose first field the file has; nil if it has none's.
  private mutating func kind(
    _ node: Node, of kinds: [any TrialKind.Type]
  ) throws(ConfigurationError) -> (any TrialKind.Type)? {
    var found: [(kind: any TrialKind.Type, field: String)] = []
    for (key, _) in node.mapping ?? [:] {
      guard let kind = kinds.first(where: { $0.fileFields[0] == key.string }) else { continue }
      found.append((kind, kind.fileFields[0]))
      lines[kind.fileFields[0]] = key.mark?.line
    }
    guard found.count < 2 else {
      throw ConfigurationError(
        setting: found[1].field, problem: "and \(found[0].field) exclude each other; give one")
    }
    return found.first?.kind
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

  /// A part as JSON, noting the lines of its members.
  package mutating func json(_ node: Node, path: String) throws(ConfigurationError) -> JSONValue {
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
