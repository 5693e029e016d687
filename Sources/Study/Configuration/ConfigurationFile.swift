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
    var tree = try StudyConfiguration().tree
    if let node { tree = try overlay.merge(node, onto: tree, path: []) }
    do {
      return try StudyConfiguration(tree: tree)
    } catch {
      throw error.located(at: overlay.location(of: error.setting))
    }
  }

  /// Writes a configuration as YAML, with all its settings.
  ///
  /// - Parameter configuration: What to write.
  /// - Returns: YAML that ``parse(_:name:)`` reads back to the same configuration.
  /// - Throws: `EncodingError` if a number is not finite.
  public static func write(_ configuration: StudyConfiguration) throws -> String {
    YAMLText.block(try JSONValue(encoding: configuration), indentation: "")
  }
}
