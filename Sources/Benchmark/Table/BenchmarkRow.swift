/// One measured workload, with the limit that the same run of the benchmark measured for it.
struct BenchmarkRow: Codable {
  /// What a row must reach.
  struct Target: Codable {
    /// The number that is bounded.
    enum Quantity: String, Codable {
      /// The value, in the row's unit.
      case value
      /// The value divided by its limit.
      case ratio
    }

    let quantity: Quantity
    /// Whether the number must exceed the bound; otherwise it must stay below.
    let isMinimum: Bool
    let bound: Double

    static func ratio(atLeast bound: Double) -> Target {
      Target(quantity: .ratio, isMinimum: true, bound: bound)
    }

    static func ratio(atMost bound: Double) -> Target {
      Target(quantity: .ratio, isMinimum: false, bound: bound)
    }

    static func value(atLeast bound: Double) -> Target {
      Target(quantity: .value, isMinimum: true, bound: bound)
    }

    static func value(below bound: Double) -> Target {
      Target(quantity: .value, isMinimum: false, bound: bound)
    }
  }

  /// The workload, which names the row in comparisons.
  let workload: String
  let value: Double
  /// The unit of value and limit, such as "images/s".
  let unit: String
  /// What the machine could do at most, in the same unit; nil where nothing bounds it.
  var limit: Double?
  var target: Target?

  /// The value as a multiple of the limit.
  var ratio: Double? { limit.map { value / $0 } }

  /// Whether the target is reached; nil without one.
  var isReached: Bool? {
    guard let target,
      let measured = target.quantity == .value ? value : ratio
    else { return nil }
    return target.isMinimum ? measured >= target.bound : measured <= target.bound
  }

  /// Whether a larger value is the better one: rates are, times and sizes are not.
  var isRate: Bool { unit.hasSuffix("/s") }
}
