package import Tracker

/// The members of one part of a sweep's definition, with errors that name them.
package struct SweepFields {
  private let members: [String: JSONValue]
  private let setting: String

  /// Takes an object apart.
  ///
  /// - Throws: ``ConfigurationError`` if it is not an object, or has an unknown member.
  package init(
    _ json: JSONValue, setting: String, known: [String]
  ) throws(ConfigurationError) {
    guard case .object(let members) = json else {
      throw ConfigurationError(
        setting: setting, problem: "must hold " + known.joined(separator: ", "))
    }
    self.members = members
    self.setting = setting
    for name in members.keys.sorted() where !known.contains(name) {
      throw ConfigurationError(
        setting: path(name), problem: "is unknown; there are " + known.joined(separator: ", "))
    }
  }

  private func path(_ name: String) -> String { setting.isEmpty ? name : "\(setting).\(name)" }

  /// A member that is there and not null.
  package subscript(name: String) -> JSONValue? {
    members[name].flatMap { $0 == .null ? nil : $0 }
  }

  private func must(_ name: String, be kind: String) -> ConfigurationError {
    let problem = self[name] == nil ? "is missing; it must be \(kind)" : "must be \(kind)"
    return ConfigurationError(setting: path(name), problem: problem)
  }

  /// A text that is not empty.
  package func text(_ name: String) throws(ConfigurationError) -> String {
    guard case .string(let text)? = self[name], !text.isEmpty else {
      throw must(name, be: "a word")
    }
    return text
  }

  /// A truth value.
  package func flag(_ name: String, default standard: Bool) throws(ConfigurationError) -> Bool {
    guard self[name] != nil else { return standard }
    guard case .bool(let flag)? = self[name] else { throw must(name, be: "true or false") }
    return flag
  }

  /// The elements of a list.
  package func list(_ name: String) throws(ConfigurationError) -> [JSONValue] {
    guard case .array(let elements)? = self[name] else { throw must(name, be: "a list") }
    return elements
  }

  /// A whole number.
  package func integer(
    _ name: String, default standard: Int? = nil
  ) throws(ConfigurationError) -> Int {
    if self[name] == nil, let standard { return standard }
    guard case .integer(let number)? = self[name], let number = Int(exactly: number) else {
      throw must(name, be: "a whole number")
    }
    return number
  }

  /// A whole number of at least one.
  package func count(
    _ name: String, default standard: Int? = nil
  ) throws(ConfigurationError) -> Int {
    let number = try integer(name, default: standard)
    guard number > 0 else { throw must(name, be: "a positive whole number") }
    return number
  }

  /// Any number.
  package func number(_ name: String) throws(ConfigurationError) -> Double {
    switch self[name] {
    case .integer(let number): return Double(number)
    case .number(let number): return number
    default: throw must(name, be: "a number")
    }
  }

  /// One of an enumeration's words.
  package func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, default standard: Value
  ) throws(ConfigurationError) -> Value {
    guard self[name] != nil else { return standard }
    let words = Value.allCases.map(\.rawValue)
    guard case .string(let word)? = self[name], let value = Value(rawValue: word) else {
      throw must(name, be: "one of " + words.joined(separator: ", "))
    }
    return value
  }
}
