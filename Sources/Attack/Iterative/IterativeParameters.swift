extension AttackParameter {
  /// The number of steps.
  static func iterations(_ value: Int, _ summary: String) -> AttackParameter {
    AttackParameter(
      name: "iterations", domain: .integer(1...100_000), defaultValue: .number(Double(value)),
      summary: summary)
  }

  /// The number of starts.
  static func restarts(_ summary: String) -> AttackParameter {
    AttackParameter(
      name: "restarts", domain: .integer(1...10_000), defaultValue: .number(1), summary: summary)
  }

  /// The number of wrong classes that an attack goes to, one after the other.
  static let targets = AttackParameter(
    name: "targets", domain: .integer(1...1_000), defaultValue: .number(9),
    summary: "the number of wrong classes to try")
}

extension Ball {
  /// The ball that values describe.
  init(_ values: [String: AttackValue]) {
    self.init(Norm(values), radius: Float(values.number("epsilon")))
  }
}

extension Ball.Norm {
  /// The parameter of attacks that know both norms.
  static let parameter = AttackParameter(
    name: "norm", domain: .word(allCases.map(\.rawValue)), defaultValue: .word(linf.rawValue),
    summary: "the norm that is kept small")

  /// The largest change in that norm.
  static let epsilon = AttackParameter(
    name: "epsilon", domain: .number(0...100), defaultValue: .number(0.3),
    summary: "the largest change in the norm", unit: "of the pixel range")

  /// The norm that values name.
  init(_ values: [String: AttackValue]) {
    self = values["norm"] == .word(Self.l2.rawValue) ? .l2 : .linf
  }
}
