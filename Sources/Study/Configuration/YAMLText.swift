internal import Bytes
internal import Foundation
internal import Tracker
internal import Yams

/// Reading YAML files, with errors that name them.
enum YAMLText {
  private static let largestFile = 1 << 26

  /// The text of a file, which may be a pipe.
  static func read(_ path: String) throws(ConfigurationError) -> String {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, limit: largestFile)
    } catch {
      let reason =
        switch error {
        case .system(let code): WholeFileError.words(for: code)
        case .tooLarge: "it is larger than \(largestFile >> 20) MB"
        case .cancelled: "interrupted"
        }
      throw ConfigurationError(
        .unreadable, setting: "", problem: "cannot be read: \(reason)", location: path)
    }
    guard let text = String(fileContent: bytes) else {
      throw ConfigurationError(
        setting: "", problem: "is no text in UTF-8 or UTF-16", location: path)
    }
    return text
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

  /// A value as YAML whose numbers read back to the same bits.
  static func block(_ value: JSONValue, indentation: String) -> String {
    guard case .object(let members) = value, !members.isEmpty else { return inline(value) + "\n" }
    return members.sorted { $0.key < $1.key }.map { name, value in
      var nested = " " + inline(value) + "\n"
      if case .object(let members) = value, !members.isEmpty {
        nested = "\n" + block(value, indentation: indentation + "  ")
      }
      return indentation + name + ":" + nested
    }.joined()
  }

  private static func inline(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
    case .string(let text) where isPlain(text): text
    default: value.canonical
    }
  }

  /// Whether a text is read back as itself without quotes.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first == "/" || first == "." else {
      return false
    }
    let isWord = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0))
    }
    return isWord
      && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .contains(text.lowercased())
      && Double(text) == nil
  }
}
