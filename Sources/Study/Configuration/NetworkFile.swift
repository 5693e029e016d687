public import NeuralNetwork
public import Sweep
internal import Tracker
internal import Yams

/// Networks by name or file.
public enum NetworkFile {
  /// The preset of a name, or the network that a file describes.
  ///
  /// - Parameter name: The name of a preset, or the path of a YAML file with `layers`, and if it
  ///   likes `name` and `initialisation`; a file without a name gives its network its own.
  /// - Returns: The network.
  /// - Throws: ``ConfigurationError`` for a name that there isn't, or what is wrong with the file.
  public static func network(_ name: String) throws(ConfigurationError) -> NetworkDescription {
    if let preset = NetworkDescription.preset(named: name) { return preset }
    guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
      throw ConfigurationError(
        setting: "network",
        problem: "'\(name)' is no network; there are "
          + NetworkDescription.presets.map(\.name).joined(separator: ", ")
          + ", or name a file that ends in .yaml")
    }
    return try parse(try YAMLText.read(name), file: name)
  }

  /// The network of a file's text.
  package static func parse(
    _ text: String, file: String
  ) throws(ConfigurationError) -> NetworkDescription {
    guard case .object(var members)? = try YAMLText.compose(text, name: file).map(YAMLText.value)
    else {
      throw ConfigurationError(setting: "", problem: "holds no settings", location: file)
    }
    let known = ["initialisation", "layers", "name"]
    if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw ConfigurationError(
        .unknownSetting, setting: other,
        problem: "is no setting; there are " + known.joined(separator: ", "), location: file)
    }
    let last = file.split(separator: "/").last ?? ""
    members["name"] = members["name"] ?? .string(String(last.prefix { $0 != "." }))
    let description: NetworkDescription
    do {
      description = try JSONValue.object(members).decode(NetworkDescription.self)
    } catch let error as DecodingError {
      throw ConfigurationError(decoding: error).located(at: file)
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)", location: file)
    }
    do {
      try NetworkConfiguration(description).validate()
    } catch {
      throw error.located(at: file)
    }
    return description
  }

  /// A network as a file has it.
  public static func write(_ network: NetworkDescription) throws(ConfigurationError) -> String {
    do {
      let layers = try network.layers.map { layer in
        "  - " + YAMLText.line(try JSONValue(encoding: layer))
      }
      return
        ([
          "name: \(network.name)", "initialisation: \(network.initialisation.rawValue)", "layers:",
        ] + layers).joined(separator: "\n") + "\n"
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)")
    }
  }
}
