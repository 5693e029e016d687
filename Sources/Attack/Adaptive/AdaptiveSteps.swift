/// The steps that attacks which know the detector take within a ball.
enum AdaptiveSteps {
  /// The parameters of each such attack.
  ///
  /// - Parameters:
  ///   - iterations: The usual number of steps.
  ///   - step: What a step of 0 stands for, in words.
  /// - Returns: The parameters.
  static func parameters(iterations: Int, step: String) -> [AttackParameter] {
    [
      Ball.Norm.parameter, Ball.Norm.epsilon,
      AttackParameter(
        name: "step_size", domain: .number(0...100), defaultValue: .number(0),
        summary: "the change in one step; 0: \(step)"),
      .iterations(iterations, "the number of steps"),
    ]
  }

  /// The length of a step; `usual` is what 0 stands for.
  static func length(
    _ values: [String: AttackValue],
    usual: (_ epsilon: Double, _ iterations: Double) -> Double
  ) -> Float {
    let given = values.number("step_size")
    return Float(
      given > 0 ? given : usual(values.number("epsilon"), values.number("iterations")))
  }
}
