internal import Sweep
internal import Tracker
internal import Yams

/// A file's values laid over the defaults, with the line of each.
struct ConfigurationOverlay {
  let name: String
  private var lines: [String: Int] = [:]
  /// The settings that the file has, and what holds them; lines are not always known.
  private var given: Set<String> = []

  init(name: String) {
    self.name = name
  }

  mutating func merge(
    _ node: Node, onto defaults: JSONValue, path: [String]
  ) throws(ConfigurationError) -> JSONValue {
    let setting = path.joined(separator: ".")
    lines[setting] = node.mark?.line
    guard case .object(var members) = defaults else { return try scalar(node, path: path) }
    guard let mapping = node.mapping else {
      throw ConfigurationError(
        setting: setting, problem: "must hold settings, not a single value",
        location: location(of: setting))
    }
    if path == ["network"] { Self.leaveOutLeNet(of: mapping, in: &members) }
    // Attacks and their parameters have a catalogue of their own, which validation asks.
    let isOpen = path.first == "attacks"
    for (key, value) in mapping {
      guard let name = key.string else { continue }
      let memberPath = path + [name]
      let memberSetting = memberPath.joined(separator: ".")
      lines[memberSetting] = key.mark?.line
      given.insert(memberSetting)
      if path == ["network"], ["layers", "initialisation"].contains(name) {
        members[name] = YAMLText.value(value)
      } else if isOpen, value.scalar != nil, YAMLText.scalar(value) == .null {
        members[name] = nil
      } else if let member = members[name] ?? (isOpen ? emptyMember(path) : nil) {
        members[name] = try merge(value, onto: member, path: memberPath)
      } else {
        throw ConfigurationError(
          setting: memberSetting,
          problem: "is no setting; there are " + members.keys.sorted().joined(separator: ", "),
          location: location(of: memberSetting))
      }
    }
    return .object(members)
  }

  /// Takes the defaults of LeNet away where another network is given; what the file itself says of
  /// them is refused when the settings are read.
  private static func leaveOutLeNet(
    of mapping: Node.Mapping, in members: inout [String: JSONValue]
  ) {
    let name = mapping["architecture"]?.string ?? ""
    guard mapping["layers"] != nil || NetworkConfiguration.isOtherPreset(name) else { return }
    for setting in NetworkConfiguration.settingsOfLeNet.map(\.rawValue)
    where mapping[Node(setting)] == nil {
      members[setting] = nil
    }
  }

  /// What an attack, or a parameter of one, that the defaults do not have starts from.
  private func emptyMember(_ path: [String]) -> JSONValue { path.count == 1 ? .object([:]) : .null }

  private func scalar(_ node: Node, path: [String]) throws(ConfigurationError) -> JSONValue {
    if let sequence = node.sequence {
      var elements: [JSONValue] = []
      for element in sequence { elements.append(try scalar(element, path: path)) }
      return .array(elements)
    }
    if node.mapping != nil {
      let setting = path.joined(separator: ".")
      throw ConfigurationError(
        setting: setting, problem: "must be a single value", location: location(of: setting))
    }
    let value = YAMLText.scalar(node)
    if case .number(let number) = value, !number.isFinite {
      let setting = path.joined(separator: ".")
      throw ConfigurationError(
        setting: setting, problem: "is not finite", location: location(of: setting))
    }
    return value
  }

  /// Whether the file has a setting.
  func gives(_ setting: String) -> Bool { given.contains(setting) }

  /// The file and, where known, the line of a setting or of what holds it.
  func location(of setting: String) -> String {
    var path = setting.split(separator: ".")
    while !path.isEmpty {
      if let line = lines[path.joined(separator: ".")] { return "\(name):\(line)" }
      path.removeLast()
    }
    return name
  }
}
