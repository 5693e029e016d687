internal import Bytes
internal import Foundation
package import Tracker
package import Yams

/// Reading YAML files, with errors that name them.
package enum YAMLText {
  private static let largestFile = 1 << 26

  /// The text of a file, which may be a pipe.
  package static func read(_ path: String) throws(ConfigurationError) -> String {
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
  package static func compose(_ text: String, name: String) throws(ConfigurationError) -> Node? {
    // JSON is YAML save for what lies beyond ASCII: some of it ends lines in YAML.
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    if !isASCII, let json = try? JSONValue(parsing: text) { return node(of: json) }
    do {
      guard let node = try Yams.compose(yaml: text) else { return nil }
      return QuotedByteOrderMarks(in: text)?.restored(in: node) ?? node
    } catch {
      // JSON may write a character as two numbers of 16 bits, which YAML has not.
      if isASCII, let json = try? JSONValue(parsing: text) { return node(of: json) }
      let reason = "\(error)".split(separator: "\n").joined(separator: " ")
      throw ConfigurationError(setting: "", problem: "is no YAML: \(reason)", location: name)
    }
  }

  private static func node(of value: JSONValue) -> Node {
    switch value {
    case .string(let text): Node(text, Tag(.str), .doubleQuoted)
    case .array(let elements): Node(elements.map(node))
    case .object(let members):
      Node(members.sorted { $0.key < $1.key }.map { (Node($0.key), node(of: $0.value)) })
    default: Node(value.canonical, Tag(.implicit), .plain)
    }
  }

  /// The value of a node that is neither a list nor a mapping.
  ///
  /// Only what stands without quotes can be anything but a text.
  package static func scalar(_ node: Node) -> JSONValue {
    if let scalar = node.scalar, scalar.style != .plain, scalar.style != .any {
      return .string(scalar.string)
    }
    if let integer = node.int { return .integer(Int64(integer)) }
    if let number = node.float { return .number(number) }
    if let bool = node.bool { return .bool(bool) }
    return node.null != nil ? .null : .string(node.string ?? "")
  }

  /// The value of a node of any kind; members whose names are no words are left out.
  package static func value(_ node: Node) -> JSONValue {
    if let sequence = node.sequence { return .array(sequence.map(value)) }
    guard let mapping = node.mapping else { return scalar(node) }
    var members: [String: JSONValue] = [:]
    for (key, member) in mapping {
      if let name = key.string { members[name] = value(member) }
    }
    return .object(members)
  }

  /// A value as YAML that reads back to the same: numbers to their bits, texts to their characters.
  package static func block(_ value: JSONValue, indentation: String) -> String {
    guard case .object(let members) = value, !members.isEmpty else { return inline(value) + "\n" }
    return members.sorted { $0.key < $1.key }.map { name, value in
      var nested = " " + inline(value) + "\n"
      if case .object(let members) = value, !members.isEmpty {
        nested = "\n" + block(value, indentation: indentation + "  ")
      }
      return indentation + inline(.string(name)) + ":" + nested
    }.joined()
  }

  /// A value as YAML in one line, without its braces where it has but one member.
  package static func line(_ value: JSONValue) -> String {
    guard case .object(let members) = value, let only = members.first, members.count == 1 else {
      return inline(value)
    }
    return inline(.string(only.key)) + ": " + inline(only.value)
  }

  private static func inline(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { inline(.string($0.key)) + ": " + inline($0.value) }.joined(separator: ", ") + "}"
    case .string(let text): isPlain(text) ? text : quoted(text)
    default: value.canonical
    }
  }

  /// Whether a text is read back as itself without quotes: a plain word that is no number, no truth
  /// value and not null to the reader itself, nor to other readers of YAML.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first == "/" || first == "." else {
      return false
    }
    let isWord = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "/._-".unicodeScalars.contains(scalar))
    }
    return isWord && !["y", "n"].contains(text.lowercased())
      && scalar(Node(text, Tag(.implicit), .plain)) == .string(text)
  }

  /// A text in double quotes, in which YAML and JSON agree: whatever is not printed is written by its
  /// number.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        let (mark, width) = scalar.value > 0xFFFF ? ("\\U", 8) : ("\\u", 4)
        quoted += mark + String(repeating: "0", count: width - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
