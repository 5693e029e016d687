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
    /// A name that another catalogue knows, such as that of a transform.
    case name(of: String)
  }

  /// The parameter's name in configurations, such as "step_size".
  public let name: String
  /// The values it can take.
  public let domain: Domain
  /// The default: the study's value, or what the attack's paper recommends.
  public let defaultValue: AttackValue
  /// One line on what it is, without its domain and default.
  public let summary: String
  /// The unit of a number, such as "of the pixel range"; nil if it has none.
  public let unit: String?

  /// Describes a parameter.
  public init(
    name: String, domain: Domain, defaultValue: AttackValue, summary: String, unit: String? = nil
  ) {
    self.name = name
    self.domain = domain
    self.defaultValue = defaultValue
    self.summary = summary
    self.unit = unit
  }
}

extension AttackParameter {
  /// The largest change in the attack's norm, as nearly every attack has it.
  static func epsilon(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "epsilon", domain: .number(0...1), defaultValue: .number(value),
      summary: "the largest change of a pixel", unit: "of the pixel range")
  }

  func admits(_ value: AttackValue) -> Bool {
    switch (domain, value) {
    case (.number(let range), .number(let number)): range.contains(number)
    case (.integer(let range), .number(let number)):
      number == number.rounded() && range.contains(Int(clamping: Int64(clamping: number)))
    case (.word(let words), .word(let word)): words.contains(word)
    case (.name, .word): true
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
    case .name(let what): "the name of \(what)"
    }
  }
}

extension Int64 {
  /// The whole number nearest to a number, or the nearest one there is.
  fileprivate init(clamping number: Double) {
    self = Int64(exactly: number.rounded()) ?? (number > 0 ? .max : .min)
  }
}

extension [String: AttackValue] {
  /// A number; `complete` has made sure that it exists.
  func number(_ name: String) -> Double {
    guard case .number(let number) = self[name] else { return .nan }
    return number
  }
}
