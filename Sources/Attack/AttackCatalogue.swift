/// The value of an attack's parameter, as in configurations and on command lines.
public enum AttackValue: Sendable, Equatable, CustomStringConvertible {
  /// A real number or an integer.
  case number(Double)
  /// A word such as "softmax".
  case word(String)

  /// The value as it is written in a configuration.
  public var description: String {
    switch self {
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    case .word(let word): word
    }
  }
}

/// A parameter of an attack: its name, its domain and its default.
public struct AttackParameter: Sendable {
  /// The values that a parameter can take.
  public enum Domain: Sendable {
    /// A number in a range.
    case number(ClosedRange<Double>)
    /// An integer in a range.
    case integer(ClosedRange<Int>)
    /// One of these words.
    case word([String])
  }

  /// The parameter's name in configurations, such as "step_size".
  public let name: String
  /// The values it can take.
  public let domain: Domain
  /// The default: the study's value.
  public let defaultValue: AttackValue
}

/// An attack of the catalogue.
public struct AttackKind: Sendable {
  /// The name, such as "fgsm".
  public let name: String
  /// One line on what it does, for help texts.
  public let summary: String
  /// Its parameters.
  public let parameters: [AttackParameter]
  private let build: @Sendable ([String: AttackValue]) -> any Attack

  init(
    name: String, summary: String, parameters: [AttackParameter],
    build: @escaping @Sendable ([String: AttackValue]) -> any Attack
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.build = build
  }

  /// All parameters: those of `given`, the others with their defaults.
  ///
  /// - Throws: ``AttackError`` if a parameter is unknown or out of its range.
  public func complete(_ given: [String: AttackValue]) throws(AttackError) -> [String: AttackValue]
  {
    for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
      throw .unknownParameter(name, attack: self.name, known: parameters.map(\.name))
    }
    var values: [String: AttackValue] = [:]
    for parameter in parameters {
      let value = given[parameter.name] ?? parameter.defaultValue
      guard parameter.admits(value) else {
        throw .impossibleValue(value, parameter: parameter, attack: name)
      }
      values[parameter.name] = value
    }
    return values
  }

  /// Makes the attack.
  ///
  /// - Parameter given: Values by parameter name; the others have their defaults.
  /// - Returns: The attack.
  /// - Throws: ``AttackError`` if a parameter is unknown or out of its range.
  public func make(_ given: [String: AttackValue]) throws(AttackError) -> any Attack {
    build(try complete(given))
  }
}

extension AttackParameter {
  fileprivate func admits(_ value: AttackValue) -> Bool {
    switch (domain, value) {
    case (.number(let range), .number(let number)): range.contains(number)
    case (.integer(let range), .number(let number)):
      number == number.rounded() && range.contains(Int(clamping: Int64(clamping: number)))
    case (.word(let words), .word(let word)): words.contains(word)
    default: false
    }
  }

  /// The domain in words, for messages.
  public var domainDescription: String {
    switch domain {
    case .number(let range):
      "a number from \(AttackValue.number(range.lowerBound)) to \(AttackValue.number(range.upperBound))"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .word(let words): "one of " + words.joined(separator: ", ")
    }
  }
}

extension Int64 {
  /// The whole number nearest to a number, or the nearest one there is.
  fileprivate init(clamping number: Double) {
    self = Int64(exactly: number.rounded()) ?? (number > 0 ? .max : .min)
  }
}

/// Why an attack cannot be made.
public enum AttackError: Error, Sendable, CustomStringConvertible {
  /// There is no attack of that name.
  case unknownAttack(String, known: [String])
  /// The attack does not depend on a value of that name.
  case unknownParameter(String, attack: String, known: [String])
  /// The parameter cannot have that value.
  case impossibleValue(AttackValue, parameter: AttackParameter, attack: String)

  /// One line: what is wrong and what is allowed.
  public var description: String {
    switch self {
    case .unknownAttack(let name, let known):
      "there is no attack '\(name)'; there are: \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let attack, let known):
      "\(attack) has no parameter '\(name)'; it has: \(known.joined(separator: ", "))"
    case .impossibleValue(let value, let parameter, let attack):
      "\(attack)'s \(parameter.name) cannot be \(value); it must be \(parameter.domainDescription)"
    }
  }
}

/// The attacks that have names.
///
/// Another attack is another file and an entry here.
public enum AttackCatalogue {
  /// All of them, in the order in which reports show them.
  public static let kinds: [AttackKind] =
    [FGSM.kind] + BIM.Form.allCases.map(BIM.kind) + [JSMA.kind]

  /// The attack of a name.
  ///
  /// - Throws: ``AttackError/unknownAttack(_:known:)``.
  public static func kind(named name: String) throws(AttackError) -> AttackKind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownAttack(name, known: kinds.map(\.name))
    }
    return kind
  }
}

extension [String: AttackValue] {
  /// A number; `complete` has made sure that it exists.
  func number(_ name: String) -> Double {
    guard case .number(let number) = self[name] else { return .nan }
    return number
  }
}
