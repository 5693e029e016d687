#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The values that a parameter may have.
///
/// Samplers work in the unit interval, to which every range has a mapping. Choices and whole
/// numbers have equal shares of the interval. Logarithmic ranges are even in the logarithm.
public enum SearchRange: Sendable, Equatable {
  /// Values without an order: at least one, and each once.
  case choices([ParameterValue])
  /// Whole numbers from the lower bound in steps, with the upper bound where a step meets it.
  ///
  /// Both bounds of a logarithmic range are positive. Samplers need bounds whose difference is an
  /// `Int`.
  case integer(ClosedRange<Int>, step: Int = 1, isLogarithmic: Bool = false)
  /// Numbers between two bounds at a finite distance, which are positive if the range is
  /// logarithmic.
  ///
  /// A grid takes `gridPoints` of them, evenly spaced in the unit interval.
  case real(ClosedRange<Double>, isLogarithmic: Bool = false, gridPoints: Int? = nil)

  /// The number of values that a grid takes, or the largest `Int` if there are more; nil if they
  /// cannot be counted.
  var count: Int? {
    switch self {
    case .choices(let values): return values.count
    case .integer(let bounds, let step, _):
      // The difference of any two bounds is a UInt.
      let span = UInt(bitPattern: bounds.upperBound &- bounds.lowerBound)
      return min(Int(clamping: span / UInt(step)), Int.max - 1) + 1
    case .real(_, _, let points): return points.map { max($0, 1) }
    }
  }

  /// Whether near values are alike.
  var isOrdered: Bool {
    if case .choices = self { false } else { true }
  }

  /// Returns the value at a place in the unit interval, after clamping the place to 0...1.
  public func value(at unit: Double) -> ParameterValue {
    let unit = min(max(unit, 0), 1)
    switch self {
    case .choices(let values):
      return values[min(Int(unit * Double(values.count)), values.count - 1)]
    case .integer(let bounds, let step, let isLogarithmic):
      let steps = (bounds.upperBound - bounds.lowerBound) / step
      guard isLogarithmic else {
        return .integer(bounds.lowerBound + min(Int(unit * Double(steps + 1)), steps) * step)
      }
      let (low, high) = Self.logarithmicEdges(bounds, step: step)
      let number = exp(low + unit * (high - low))
      let index = ((number - Double(bounds.lowerBound)) / Double(step)).rounded()
      return .integer(bounds.lowerBound + min(max(Int(index), 0), steps) * step)
    case .real(let bounds, let isLogarithmic, _):
      let (low, high) = (bounds.lowerBound, bounds.upperBound)
      let value =
        isLogarithmic
        ? exp(log(low) + unit * (log(high) - log(low))) : low + unit * (high - low)
      return .real(min(max(value, low), high))
    }
  }

  /// Returns the place of a value in the unit interval, which is the middle of the value's share.
  ///
  /// - Precondition: The range ``admits(_:)`` the value.
  public func unit(of value: ParameterValue) -> Double {
    switch (self, value) {
    case (.choices(let values), _):
      guard let choice = values.firstIndex(of: value) else { break }
      return (Double(choice) + 0.5) / Double(values.count)
    case (.integer(let bounds, let step, let isLogarithmic), .integer(let number)):
      guard isLogarithmic else {
        let steps = (bounds.upperBound - bounds.lowerBound) / step
        return (Double((number - bounds.lowerBound) / step) + 0.5) / Double(steps + 1)
      }
      let (low, high) = Self.logarithmicEdges(bounds, step: step)
      return (log(Double(number)) - low) / (high - low)
    case (.real(let bounds, let isLogarithmic, _), .real(let number)):
      let (low, high) = (bounds.lowerBound, bounds.upperBound)
      guard low < high else { return 0.5 }
      return isLogarithmic
        ? (log(number) - log(low)) / (log(high) - log(low)) : (number - low) / (high - low)
    default: break
    }
    preconditionFailure("\(value) is no value of \(self)")
  }

  /// Whether a value is one of the choices, or a number of the range's kind, within bounds or not.
  public func admits(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.choices(let values), _): values.contains(value)
    case (.integer, .integer), (.real, .real): true
    default: false
    }
  }

  /// All values in order, if they can be counted.
  var grid: [ParameterValue]? {
    switch self {
    case .choices(let values): return values
    case .integer(let bounds, let step, _):
      return stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)
        .map { .integer($0) }
    case .real(_, _, let points):
      guard let points else { return nil }
      guard points > 1 else { return [value(at: 0.5)] }
      return (0..<points).map { value(at: Double($0) / Double(points - 1)) }
    }
  }

  /// Half a step beyond the bounds, so that the outermost numbers have whole shares.
  private static func logarithmicEdges(
    _ bounds: ClosedRange<Int>, step: Int
  ) -> (low: Double, high: Double) {
    let half = min(Double(step) / 2, Double(bounds.lowerBound) / 2)
    return (log(Double(bounds.lowerBound) - half), log(Double(bounds.upperBound) + half))
  }
}
