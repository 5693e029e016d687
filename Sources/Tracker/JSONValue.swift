internal import Bytes
internal import Foundation

/// A JSON value that keeps integers apart from other numbers.
public enum JSONValue: Sendable, Equatable {
  /// JSON's null.
  case null
  /// A truth value.
  case bool(Bool)
  /// An integer of 64 bits.
  case integer(Int64)
  /// Any other number. It must be finite, since JSON has no others.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members by name.
  case object([String: JSONValue])

  /// A member of an object; nil if there is none, or this is no object.
  public subscript(name: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members[name]
    }
    set {
      guard case .object(var members) = self else { return }
      members[name] = newValue
      self = .object(members)
    }
  }

  /// The text; nil for any other value.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The canonical text, the same for equal values: members sorted by name, no spaces, shortest
  /// numbers.
  public var canonical: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): Self.canonical(value)
    case .string(let text): quotedJSON(text, .letters)
    case .array(let elements): "[" + elements.map(\.canonical).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        .map { quotedJSON($0.key, .letters) + ":" + $0.value.canonical }
        .joined(separator: ",") + "}"
    }
  }

  /// A whole number is written as one, whichever way it came, so that 1 and 1.0 have one text.
  private static func canonical(_ value: Double) -> String {
    if let whole = Int64(exactly: value), abs(value) < 0x1p53 { return String(whole) }
    return value.isFinite ? "\(value)" : "null"
  }

  /// All values but lists and objects, with their paths, such as "training.epochs".
  ///
  /// A list's elements are named by their indices. Objects are in the order of their names.
  public var leaves: [(path: String, value: JSONValue)] {
    func walk(_ value: JSONValue, _ path: String) -> [(String, JSONValue)] {
      let members: [(String, JSONValue)]
      switch value {
      case .object(let object): members = object.sorted { $0.key < $1.key }
      case .array(let elements): members = elements.enumerated().map { (String($0), $1) }
      default: return [(path, value)]
      }
      return members.flatMap { walk($1, path.isEmpty ? $0 : path + "." + $0) }
    }
    return walk(self, "")
  }
}

extension JSONValue: Codable {
  /// Reads any JSON.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The JSON of an encodable value.
  ///
  /// - Throws: What the value's encoding throws, such as for a NaN.
  public init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
  }

  /// Reads a JSON text.
  ///
  /// - Throws: `DecodingError` if it is not valid JSON.
  public init(parsing text: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  /// Decodes a value from this JSON.
  ///
  /// - Throws: `DecodingError`.
  public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(canonical.utf8))
  }
}
