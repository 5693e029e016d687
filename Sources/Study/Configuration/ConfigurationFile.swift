internal import Foundation
public import Sweep
internal import Tracker
internal import Yams

/// Configuration files: YAML (or JSON, which is YAML) with the settings that differ from the defaults.
public enum ConfigurationFile {
  /// Reads a file over the default configuration.
  ///
  /// - Parameter path: The file.
  /// - Returns: The defaults with what the file says in their place; validated.
  /// - Throws: ``ConfigurationError`` with file and line if it cannot be read, is no YAML, names a
  ///   setting that does not exist, or gives one an impossible value.
  public static func read(_ path: String) throws(ConfigurationError) -> StudyConfiguration {
    try parse(try YAMLText.read(path), name: path)
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
    try parse(try YAMLText.compose(text, name: name), name: name)
  }

  /// Reads what differs from the default configuration.
  ///
  /// - Parameters:
  ///   - node: A mapping; nil if nothing differs.
  ///   - name: What errors call the file.
  /// - Returns: The defaults with what the mapping says in their place; validated.
  /// - Throws: ``ConfigurationError`` with name and line.
  static func parse(
    _ node: Node?, name: String
  ) throws(ConfigurationError) -> StudyConfiguration {
    var overlay = ConfigurationOverlay(name: name)
    let tree = try tree(node, over: &overlay)
    do {
      return try StudyConfiguration(tree: tree)
    } catch {
      throw error.located(at: overlay.location(of: error.setting))
    }
  }

  /// Reads a text over the default configuration, whether or not its values are possible.
  ///
  /// - Throws: ``ConfigurationError`` if it is no YAML, names a setting that does not exist, or gives
  ///   one a value of another type.
  package static func parseUnvalidated(
    _ text: String
  ) throws(ConfigurationError) -> StudyConfiguration {
    var overlay = ConfigurationOverlay(name: "")
    return try StudyConfiguration(
      unvalidated: tree(YAMLText.compose(text, name: ""), over: &overlay))
  }

  /// Whether a file gives a part of the configuration, such as "selection".
  ///
  /// - Throws: ``ConfigurationError`` if it cannot be read or is no YAML.
  public static func gives(_ part: String, in path: String) throws(ConfigurationError) -> Bool {
    let node = try YAMLText.compose(try YAMLText.read(path), name: path)
    return node?.mapping?.contains { $0.key.string == part } ?? false
  }

  private static func tree(
    _ node: Node?, over overlay: inout ConfigurationOverlay
  ) throws(ConfigurationError) -> JSONValue {
    let defaults = try StudyConfiguration().tree
    guard let node else { return defaults }
    var tree = try overlay.merge(node, onto: defaults, path: [])
    // A learning rate is of its optimizer.
    if !overlay.gives("training.learning_rate"),
      let rule = tree["training"]?["optimizer"]?.string.flatMap(TrainingConfiguration.Rule.init)
    {
      tree["training"]?["learning_rate"] = .number(rule.usualLearningRate)
    }
    return tree
  }

  /// Writes a configuration as YAML, with all its settings and null for what is switched off.
  ///
  /// - Parameter configuration: What to write.
  /// - Returns: YAML that ``parse(_:name:)`` reads back to the same configuration.
  /// - Throws: ``ConfigurationError`` if a number is not finite.
  public static func write(
    _ configuration: StudyConfiguration
  ) throws(ConfigurationError) -> String {
    YAMLText.block(try printed(configuration), indentation: "")
  }

  /// All settings of a configuration, such that reading them over the defaults gives it again.
  ///
  /// An attack, or a parameter of one, that the defaults have and the configuration has not is null:
  /// left out, it would come back.
  ///
  /// - Throws: ``ConfigurationError`` if a number is not finite.
  static func printed(
    _ configuration: StudyConfiguration
  ) throws(ConfigurationError) -> JSONValue {
    var tree = try configuration.tree
    guard case .object(let defaults)? = try StudyConfiguration().tree["attacks"] else {
      return tree
    }
    for (name, parameters) in defaults {
      guard tree["attacks"]?[name] != nil else {
        tree["attacks"]?[name] = .null
        continue
      }
      guard case .object(let members) = parameters else { continue }
      for parameter in members.keys where tree["attacks"]?[name]?[parameter] == nil {
        tree["attacks"]?[name]?[parameter] = .null
      }
    }
    return tree
  }
}
