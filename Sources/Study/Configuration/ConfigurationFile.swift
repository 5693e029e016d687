internal import Foundation
internal import Tracker
internal import Yams

/// Configuration files: YAML, or JSON, which is YAML too, saying what differs from the defaults.
public enum ConfigurationFile {
  /// Reads a file over the default configuration.
  ///
  /// - Parameter path: The file.
  /// - Returns: The defaults with what the file says in their place; validated.
  /// - Throws: ``ConfigurationError`` with file and line if it cannot be read, is no YAML, names a
  ///   setting that does not exist, or gives one an impossible value.
  public static func read(_ path: String) throws(ConfigurationError) -> StudyConfiguration {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      var failure = ConfigurationError(
        setting: "", problem: "cannot be read: \(error.localizedDescription)", location: path)
      failure.isUnreadable = true
      throw failure
    }
    return try parse(text, name: path)
  }

  /// Reads a file's text over the default configuration.
  ///
  /// - Parameters:
  ///   - text: The YAML.
  ///   - name: What errors call the file.
  /// - Returns: The defaults with what the text says in their place; validated.
  /// - Throws: ``ConfigurationError`` with name and line.
  public static func parse(
    _ text: String, name: String
  ) throws(ConfigurationError) -> StudyConfiguration {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let reason = "\(error)".split(separator: "\n").joined(separator: " ")
      throw ConfigurationError(setting: "", problem: "is no YAML: \(reason)", location: name)
    }
    var overlay = Overlay(name: name)
    let defaults: JSONValue
    do {
      defaults = try JSONValue(encoding: StudyConfiguration())
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)", location: name)
    }
    var tree = defaults
    if let node { tree = try overlay.merge(node, onto: defaults, path: []) }
    do {
      let configuration = try tree.decode(StudyConfiguration.self)
      try configuration.validate()
      return configuration
    } catch let error as ConfigurationError {
      throw ConfigurationError(
        setting: error.setting, problem: error.problem,
        location: overlay.location(of: error.setting))
    } catch let error as DecodingError {
      throw overlay.explain(error)
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)", location: name)
    }
  }

  /// Writes a configuration as YAML, with all its settings.
  ///
  /// - Parameter configuration: What to write.
  /// - Returns: YAML that ``parse(_:name:)`` reads back to the same configuration.
  /// - Throws: `EncodingError` if a number is not finite.
  public static func write(_ configuration: StudyConfiguration) throws -> String {
    let encoder = YAMLEncoder()
    encoder.options.sortKeys = true
    return try encoder.encode(configuration)
  }
}

/// A file's values laid over the defaults, with the line of each.
private struct Overlay {
  let name: String
  private var lines: [String: Int] = [:]

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
    // Attacks and their parameters have a catalogue of their own, which validation asks.
    let isOpen = path.first == "attacks"
    for (key, value) in mapping {
      guard let name = key.string else { continue }
      let memberPath = path + [name]
      let memberSetting = memberPath.joined(separator: ".")
      lines[memberSetting] = key.mark?.line
      if isOpen, value.null != nil {
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
    if let scalar = node.scalar, scalar.style == .singleQuoted || scalar.style == .doubleQuoted {
      return .string(scalar.string)
    }
    if let integer = node.int { return .integer(Int64(integer)) }
    if let number = node.float { return .number(number) }
    if let bool = node.bool { return .bool(bool) }
    return node.null != nil ? .null : .string(node.string ?? "")
  }

  /// The file and, where known, the line of a setting or of what holds it.
  func location(of setting: String) -> String {
    var path = setting.split(separator: ".")
    while !path.isEmpty {
      if let line = lines[path.joined(separator: ".")] { return "\(name):\(line)" }
      path.removeLast()
    }
    return name
  }

  func explain(_ error: DecodingError) -> ConfigurationError {
    let (context, problem): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, "must be \(Self.phrase(for: type))")
      case .valueNotFound(let type, let context): (context, "must be \(Self.phrase(for: type))")
      case .keyNotFound(let key, let context): (context, "lacks \(key.stringValue)")
      case .dataCorrupted(let context): (context, "is impossible: \(context.debugDescription)")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
      }
    let setting = context.codingPath.map(\.stringValue)
      .filter { !$0.hasPrefix("Index ") }.joined(separator: ".")
    return ConfigurationError(
      setting: setting, problem: problem, location: location(of: setting))
  }

  private static func phrase(for type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is Int64.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a word"
    default: "a list"
    }
  }
}
