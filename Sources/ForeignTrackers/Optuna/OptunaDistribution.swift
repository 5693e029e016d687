internal import Tracker

/// The range of a parameter, as Optuna describes it in JSON.
struct OptunaDistribution {
  private let name: String
  private let attributes: JSONValue

  /// Reads {"name": "FloatDistribution", "attributes": {...}}.
  init?(_ text: String) {
    guard let json = JSONValue(python: text), let name = json["name"]?.string,
      let attributes = json["attributes"]
    else { return nil }
    self.name = name
    self.attributes = attributes
  }

  /// The value that a stored number stands for; nil if there is no such choice.
  func value(of number: Double) -> JSONValue? {
    if case .array(let choices) = attributes["choices"] {
      guard let index = Int(exactly: number), choices.indices.contains(index) else { return nil }
      return choices[index]
    }
    if name.hasPrefix("Int"), let whole = Int64(exactly: number) { return .integer(whole) }
    return number.isFinite ? .number(number) : .string("\(number)")
  }

  /// The range as the definition of a sweep has it.
  func range(of parameter: String) -> JSONValue {
    var range: [String: JSONValue] = ["name": .string(parameter)]
    if let choices = attributes["choices"] {
      range["kind"] = .string("choices")
      range["values"] = choices
      return .object(range)
    }
    let isLogarithmic = attributes["log"] == .bool(true) || name.contains("Log")
    let kind = name.hasPrefix("Int") ? "integer" : "uniform"
    range["kind"] = .string(isLogarithmic ? "log_\(kind)" : kind)
    range["low"] = attributes["low"]
    range["high"] = attributes["high"]
    // The older distributions of discrete numbers call it q.
    if let step = attributes["step"] ?? attributes["q"], step != .null, step != .integer(1) {
      range["step"] = step
    }
    return .object(range)
  }
}
