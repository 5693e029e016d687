internal import Foundation
internal import Tracker
internal import Yams

/// Reading YAML files, with errors that name them.
enum YAMLText {
  /// The text of a file.
  static func read(_ path: String) throws(ConfigurationError) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      var failure = ConfigurationError(
        setting: "", problem: "cannot be read: \(error.localizedDescription)", location: path)
      failure.isUnreadable = true
      throw failure
    }
  }

  /// The nodes of a text; nil if there are none.
  static func compose(_ text: String, name: String) throws(ConfigurationError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch {
      let reason = "\(error)".split(separator: "\n").joined(separator: " ")
      throw ConfigurationError(setting: "", problem: "is no YAML: \(reason)", location: name)
    }
  }

  /// The value of a node that is neither a list nor a mapping.
  static func scalar(_ node: Node) -> JSONValue {
    if let scalar = node.scalar, scalar.style == .singleQuoted || scalar.style == .doubleQuoted {
      return .string(scalar.string)
    }
    if let integer = node.int { return .integer(Int64(integer)) }
    if let number = node.float { return .number(number) }
    if let bool = node.bool { return .bool(bool) }
    return node.null != nil ? .null : .string(node.string ?? "")
  }
}
