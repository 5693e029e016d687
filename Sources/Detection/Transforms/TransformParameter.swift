/// A parameter of a transform: its name, its domain and its default.
public struct TransformParameter: Sendable, Hashable {
  /// The values that a parameter can take.
  public enum Domain: Sendable, Hashable {
    /// A number in a range.
    case number(ClosedRange<Double>)
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
  }

  /// The parameter's name, such as "quality".
  public let name: String
  /// The values it can take.
  public let domain: Domain
  /// The value where the transform's name gives none.
  public let defaultValue: Double
  /// What it means, with its unit.
  public let meaning: String

  /// Describes a parameter.
  public init(name: String, domain: Domain, defaultValue: Double, meaning: String) {
    self.name = name
    self.domain = domain
    self.defaultValue = defaultValue
    self.meaning = meaning
  }

  /// The domain in words, for messages.
  public var domainDescription: String {
    switch domain {
    case .number(let range):
      "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  /// The default as names have it.
  public var defaultText: String { Self.text(defaultValue) }

  /// The value that a text names, nil if the parameter cannot have it.
  func value(_ text: String) -> Double? {
    switch domain {
    case .number(let range):
      guard let number = Double(text), range.contains(number) else { return nil }
      // Zero has two signs and one name.
      return number + 0
    case .integer(let range):
      guard let number = Int(text), range.contains(number) else { return nil }
      return Double(number)
    }
  }

  /// A value as names have it: the shortest text that reads back the same.
  package static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}
