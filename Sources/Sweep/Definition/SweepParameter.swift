package import Search
package import Tracker

extension SearchParameter {
  /// Values that must be possible for all to be: every choice, or both ends of the range.
  var extremes: [ParameterValue] {
    if case .choices(let values) = range {
      values
    } else {
      [range.value(at: 0), range.value(at: 1)]
    }
  }

  /// The parameter's value that a recorded one stands for; nil if it is outside the range.
  package func value(of json: JSONValue) -> ParameterValue? {
    guard var value = ParameterValue(json) else { return nil }
    // JSON does not tell 1.0 from 1.
    if case .real = range, case .integer(let number) = value { value = .real(Double(number)) }
    return range.admits(value) ? value : nil
  }
}

/// A parameter's JSON: {"name", "kind", "values" | "low", "high", "step", "points", "when"}.
extension SearchParameter {
  /// Reads a parameter, whose condition may be about those before it.
  ///
  /// - Throws: ``ConfigurationError`` under the parameter's name.
  init(_ json: JSONValue, after others: [SearchParameter]) throws(ConfigurationError) {
    let fields = try SweepFields(json, setting: "space", known: Self.fields)
    let name = try fields.text("name")
    let setting = "space.\(name)"
    let range = try Self.range(try fields.text("kind"), fields, setting: setting)
    let condition = try fields["when"].map { (json) throws(ConfigurationError) in
      try Self.condition(json, setting: setting, others)
    }
    self.init(name, range, when: condition)
  }

  private static let fields = [
    "name", "kind", "values", "low", "high", "step", "points", "when",
  ]

  /// The most whole numbers in a range, with which the arithmetic of samplers stays within Int.
  ///
  /// Above 2^53, which is all that a number in 0..<1 tells apart, they draw some of them alone.
  private static let mostNumbers = 1 << 62

  private static func range(
    _ kind: String, _ fields: SweepFields, setting: String
  ) throws(ConfigurationError) -> SearchRange {
    switch kind {
    case "choices":
      let listed = try fields.list("values")
      let choices = listed.compactMap(ParameterValue.init)
      guard choices.count == listed.count else {
        throw ConfigurationError(
          setting: setting, problem: "has a choice that is neither a single value nor a list")
      }
      guard !choices.isEmpty, Set(choices).count == choices.count else {
        throw ConfigurationError(setting: setting, problem: "needs choices, each once")
      }
      return .choices(choices)
    case "integer", "log_integer":
      let (low, high) = (try fields.integer("low"), try fields.integer("high"))
      let step = try fields.integer("step", default: 1)
      guard low <= high, step > 0, kind == "integer" || low > 0 else {
        throw ConfigurationError(
          setting: setting,
          problem: "needs two bounds, the lower first, a positive step"
            + (kind == "integer" ? "" : ", and positive bounds because it is logarithmic"))
      }
      let (span, overflows) = high.subtractingReportingOverflow(low)
      guard !overflows else {
        throw ConfigurationError(
          setting: setting,
          problem: "has bounds that are more than \(Int.max) apart; take nearer ones")
      }
      guard span / step < mostNumbers else {
        throw ConfigurationError(
          setting: setting,
          problem: "has more than \(mostNumbers) numbers; take nearer bounds or a larger step")
      }
      return .integer(low...high, step: step, isLogarithmic: kind == "log_integer")
    case "uniform", "log_uniform":
      let (low, high) = (try fields.number("low"), try fields.number("high"))
      let points = try fields.integer("points", default: 0)
      guard low <= high, low.isFinite, high.isFinite, points >= 0, kind == "uniform" || low > 0
      else {
        throw ConfigurationError(
          setting: setting,
          problem: "needs two bounds, the lower first"
            + (kind == "uniform" ? "" : ", positive because it is logarithmic"))
      }
      guard (high - low).isFinite else {
        throw ConfigurationError(
          setting: setting, problem: "has bounds whose difference is infinite; take nearer ones")
      }
      return .real(
        low...high, isLogarithmic: kind == "log_uniform", gridPoints: points > 0 ? points : nil)
    default:
      throw ConfigurationError(
        setting: setting,
        problem: "has the kind '\(kind)'; there are choices, integer, log_integer, uniform, "
          + "log_uniform and fixed")
    }
  }

  private static func condition(
    _ json: JSONValue, setting: String, _ others: [SearchParameter]
  ) throws(ConfigurationError) -> Condition {
    let fields = try SweepFields(json, setting: setting, known: ["parameter", "values"])
    let name = try fields.text("parameter")
    guard let other = others.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        setting: setting,
        problem: "depends on '\(name)', which is no parameter of this space, or depends on this one"
      )
    }
    let values = try fields.list("values")
    let known = values.compactMap(other.value)
    guard known.count == values.count, !values.isEmpty else {
      throw ConfigurationError(
        setting: setting, problem: "depends on a value that '\(name)' never has")
    }
    return Condition(parameter: name, values: known)
  }
}
