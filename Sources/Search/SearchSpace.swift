/// The parameters that a sweep varies, with their ranges.
public struct SearchSpace: Sendable, Equatable {
  /// The parameters; one that depends on another comes after it.
  public let parameters: [SearchParameter]

  /// Creates a space of parameters.
  ///
  /// - Precondition: All names differ, and each condition names a parameter that comes earlier.
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

  /// Returns the point whose values come from a closure, called in the order of the parameters.
  ///
  /// The method leaves out a parameter whose condition does not hold, and does not call `value` for
  /// it.
  public func point(_ value: (Int, SearchParameter) throws -> ParameterValue) rethrows
    -> SearchPoint
  {
    var point = SearchPoint()
    for (index, parameter) in parameters.enumerated() where parameter.isActive(in: point) {
      point[parameter.name] = try value(index, parameter)
    }
    return point
  }
}

/// The values of a trial's parameters by name, without those whose condition does not hold.
public typealias SearchPoint = [String: ParameterValue]

/// One parameter of a search space.
public struct SearchParameter: Sendable, Equatable {
  /// The parameter's name, unique within its space.
  public let name: String
  /// The values that the parameter may have.
  public let range: SearchRange
  /// The condition under which the parameter has a value; nil if it always has one.
  public let condition: Condition?

  /// Describes a parameter; without a condition, it always has a value.
  public init(_ name: String, _ range: SearchRange, when condition: Condition? = nil) {
    self.name = name
    self.range = range
    self.condition = condition
  }

  /// Gives a parameter a value only if another parameter has one of certain values.
  public struct Condition: Sendable, Equatable {
    /// The other parameter's name.
    public let parameter: String
    /// The values of the other parameter that fulfil the condition.
    public let values: [ParameterValue]

    /// Describes a condition on another parameter.
    public init(parameter: String, values: [ParameterValue]) {
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
