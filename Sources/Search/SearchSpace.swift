/// The parameters that a sweep varies, with their ranges.
public struct SearchSpace: Sendable, Equatable {
  /// The parameters; one that depends on another stands behind it.
  public let parameters: [SearchParameter]

  /// Joins parameters to a space.
  ///
  /// - Precondition: Names differ, and a condition names a parameter that stands before it.
  public init(_ parameters: [SearchParameter]) {
    for (index, parameter) in parameters.enumerated() {
      let before = parameters[..<index].map(\.name)
      precondition(!before.contains(parameter.name), "\(parameter.name) is there twice")
      if let condition = parameter.condition {
        precondition(
          before.contains(condition.parameter),
          "\(parameter.name) depends on \(condition.parameter), which is not before it")
      }
    }
    self.parameters = parameters
  }

  /// The point of which `value` gives the parameters' values; those whose condition is not met are
  /// left out and not asked for.
  public func point(_ value: (Int, SearchParameter) throws -> SearchValue) rethrows -> SearchPoint {
    var point = SearchPoint()
    for (index, parameter) in parameters.enumerated() where parameter.isActive(in: point) {
      point[parameter.name] = try value(index, parameter)
    }
    return point
  }
}

/// The values of a trial's parameters, by name.
public typealias SearchPoint = [String: SearchValue]

/// The value of one parameter.
public enum SearchValue: Sendable, Hashable {
  /// One of several choices, by its number.
  case choice(Int)
  /// A whole number.
  case integer(Int)
  /// Any number.
  case real(Double)
}

/// One parameter of a search space.
public struct SearchParameter: Sendable, Equatable {
  /// The parameter's name, unique within its space.
  public let name: String
  /// The values that it may have.
  public let range: SearchRange
  /// When it has a value at all; nil: always.
  public let condition: Condition?

  /// Describes a parameter.
  public init(_ name: String, _ range: SearchRange, when condition: Condition? = nil) {
    self.name = name
    self.range = range
    self.condition = condition
  }

  /// A parameter has a value only if another one has one of some values.
  public struct Condition: Sendable, Equatable {
    /// The other parameter's name.
    public let parameter: String
    /// The values of it.
    public let values: [SearchValue]

    /// Describes a condition.
    public init(parameter: String, values: [SearchValue]) {
      self.parameter = parameter
      self.values = values
    }
  }

  /// Whether the parameter has a value, given the values of those before it.
  func isActive(in point: SearchPoint) -> Bool {
    guard let condition else { return true }
    return point[condition.parameter].map(condition.values.contains) ?? false
  }
}
