internal import Foundation
package import Sweep
package import Tracker
package import Yams

extension CommandTrials {
  package static func definition(
    of fields: [String: Node], reader: inout SweepReader
  ) throws(ConfigurationError) -> [String: JSONValue] {
    var definition: [String: JSONValue] = [:]
    for field in definitionFields {
      guard let node = fields[field] else { continue }
      definition[field] = try reader.json(node, path: field)
    }
    if let node = fields["command"] { definition["command"] = try command(node) }
    for field in ["artifacts"] {
      guard let text = definition[field]?.string else { continue }
      definition[field] = .array([.string(text)])
    }
    if case .array(let patterns)? = definition["artifacts"], patterns.contains(.string("")) {
      throw ConfigurationError(setting: "artifacts", problem: "must not hold an empty pattern")
    }
    definition["working_directory"] = .string(
      try directory(definition["working_directory"], reader: reader))
    return definition
  }

  /// The words of a list as they are written, or of a text as a shell splits it.
  private static func command(_ node: Node) throws(ConfigurationError) -> JSONValue {
    if let sequence = node.sequence {
      var words: [JSONValue] = []
      for element in sequence {
        guard let word = element.scalar?.string else {
          throw ConfigurationError(setting: "command", problem: "must be a list of single words")
        }
        words.append(.string(word))
      }
      return .array(words)
    }
    guard let text = node.scalar?.string else {
      throw ConfigurationError(
        setting: "command", problem: "must be a list of words, or a text as a shell splits it")
    }
    do throws(ShellWords.Problem) {
      return .array(try ShellWords.split(text).map { .string($0) })
    } catch {
      switch error {
      case .openQuote(let quote):
        throw ConfigurationError(setting: "command", problem: "has a \(quote) without its end")
      case .shellSyntax(let character):
        throw ConfigurationError(
          setting: "command",
          problem: "has a \(character), which needs a shell: [sh, -c, '...'], or quotes around it")
      }
    }
  }

  /// The absolute path of the working directory; relative ones begin where the file is.
  private static func directory(
    _ value: JSONValue?, reader: SweepReader
  ) throws(ConfigurationError) -> String {
    let given = value ?? .string(".")
    guard let path = given.string, !path.isEmpty else {
      throw ConfigurationError(setting: "working_directory", problem: "must be a path")
    }
    let url = URL(fileURLWithPath: path, relativeTo: reader.directory).standardizedFileURL
    var isDirectory = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory),
      isDirectory.boolValue
    else {
      throw ConfigurationError(
        setting: "working_directory", problem: "is '\(url.path)', which is no directory")
    }
    return url.path
  }

  static func texts(
    _ fields: SweepFields, _ name: String
  ) throws(ConfigurationError) -> [String] {
    var texts: [String] = []
    for element in try fields.list(name) {
      guard let text = element.string, !text.contains("\0") else {
        throw ConfigurationError(setting: name, problem: "must be a list of texts")
      }
      texts.append(text)
    }
    return texts
  }

  static func environment(
    _ fields: SweepFields
  ) throws(ConfigurationError) -> [String: CommandTemplate] {
    guard let given = fields["environment"] else { return [:] }
    guard case .object(let members) = given else {
      throw ConfigurationError(
        setting: "environment", problem: "must hold values by the names of variables")
    }
    var environment: [String: CommandTemplate] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let setting = "environment.\(name)"
      guard !name.isEmpty, !name.contains(where: { "=\0".contains($0) }) else {
        throw ConfigurationError(setting: setting, problem: "cannot be the name of a variable")
      }
      guard !name.hasPrefix("ASSAY_") else {
        throw ConfigurationError(setting: setting, problem: "is set by Assay itself")
      }
      switch value {
      case .array, .object, .null:
        throw ConfigurationError(setting: setting, problem: "must be a single value")
      default: environment[name] = CommandTemplate(value.string ?? value.canonical)
      }
    }
    return environment
  }

  static func seconds(
    _ fields: SweepFields, _ name: String
  ) throws(ConfigurationError) -> Double? {
    guard fields[name] != nil else { return nil }
    let seconds = try fields.number(name)
    guard seconds > 0, seconds.isFinite else {
      throw ConfigurationError(setting: name, problem: "must be a positive number of seconds")
    }
    return seconds
  }

  /// true for the usual forms of metrics in the output, or an expression.
  static func scraping(_ fields: SweepFields) throws(ConfigurationError) -> ScrapePattern? {
    switch fields["scrape"] {
    case nil, .bool(false)?: return nil
    case .bool(true)?: return .standard
    case .string(let expression)?: return .expression(expression)
    default:
      throw ConfigurationError(
        setting: "scrape", problem: "must be true or a regular expression with 'name' and 'value'")
    }
  }
}
