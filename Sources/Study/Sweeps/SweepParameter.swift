internal import Search
internal import Tracker

/// One setting that a sweep varies.
struct SweepParameter: Sendable, Equatable {
  /// Its range, under the setting's path, such as "training.epochs".
  let searched: SearchParameter
  /// The values that choices stand for; empty if the setting is a number.
  let choices: [JSONValue]

  /// The setting's path.
  var name: String { searched.name }

  /// A value as the setting takes it.
  func setting(of value: SearchValue) -> JSONValue {
    switch value {
    case .choice(let index): choices[index]
    case .integer(let number): .integer(Int64(number))
    case .real(let number): .number(number)
    }
  }

  /// The value that a setting stands for; nil if it is outside the range.
  func value(of setting: JSONValue) -> SearchValue? {
    switch (searched.range, setting) {
    case (.choices, _):
      choices.firstIndex { $0.canonical == setting.canonical }.map { .choice($0) }
    case (.integer, .integer(let number)): .integer(Int(number))
    case (.real, .integer(let number)): .real(Double(number))
    case (.real, .number(let number)): .real(number)
    default: nil
    }
  }

  /// Settings that must be possible for all to be: every choice, or both ends of the range.
  var extremes: [JSONValue] {
    switch searched.range {
    case .choices: choices
    case .integer, .real: [searched.range.value(at: 0), searched.range.value(at: 1)].map(setting)
    }
  }
}

/// A parameter's JSON: {"name", "kind", "values" | "low", "high", "step", "points", "when"}.
extension SweepParameter {
  /// Reads a parameter, whose condition may be about those before it.
  ///
  /// - Throws: ``ConfigurationError`` under the parameter's name.
  init(_ json: JSONValue, after others: [SweepParameter]) throws(ConfigurationError) {
    let fields = try SweepFields(json, setting: "space", known: Self.fields)
    let name = try fields.text("name")
    let kind = try fields.text("kind")
    let setting = "space.\(name)"
    var choices: [JSONValue] = []
    let range: SearchRange
    switch kind {
    case "choices":
      choices = try fields.list("values")
      guard !choices.isEmpty, Set(choices.map(\.canonical)).count == choices.count else {
        throw ConfigurationError(setting: setting, problem: "needs choices, each once")
      }
      range = .choices(choices.count)
    case "integer", "log_integer":
      let (low, high) = (try fields.integer("low"), try fields.integer("high"))
      let step = try fields.integer("step", default: 1)
      guard low <= high, step > 0, kind == "integer" || low > 0 else {
        throw ConfigurationError(
          setting: setting,
          problem: "needs two bounds, the lower first, a positive step"
            + (kind == "integer" ? "" : ", and positive bounds because it is logarithmic"))
      }
      range = .integer(low...high, step: step, isLogarithmic: kind == "log_integer")
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
      range = .real(
        low...high, isLogarithmic: kind == "log_uniform", gridPoints: points > 0 ? points : nil)
    default:
      throw ConfigurationError(
        setting: setting,
        problem: "has the kind '\(kind)'; there are choices, integer, log_integer, uniform, "
          + "log_uniform and fixed")
    }
    let condition = try fields["when"].map { (json) throws(ConfigurationError) in
      try Self.condition(json, setting: setting, others)
    }
    searched = SearchParameter(name, range, when: condition)
    self.choices = choices
  }

  private static let fields = [
    "name", "kind", "values", "low", "high", "step", "points", "when",
  ]

  private static func condition(
    _ json: JSONValue, setting: String, _ others: [SweepParameter]
  ) throws(ConfigurationError) -> SearchParameter.Condition {
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
    return SearchParameter.Condition(parameter: name, values: known)
  }
}
