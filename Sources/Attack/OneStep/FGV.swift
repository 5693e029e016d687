/// The gradient of the cross-entropy itself, as the Fast Gradient Value method has it.
///
/// Rozsa, Rudd, Boult: Adversarial Diversity and Hard Positive Generation (2016).
public struct GradientValue: StepDirection {
  private let norm: Ball.Norm

  /// Creates the direction of length 1 in a norm.
  package init(norm: Ball.Norm) {
    self.norm = norm
  }

  /// Writes the gradient, divided by its length.
  public func write(
    of batch: AttackBatch, logits: UnsafePointer<Float>,
    into directions: UnsafeMutablePointer<Float>
  ) throws {
    let gradient = try batch.crossEntropyGradient(of: Array(0..<batch.count), logits: logits)
    directions.update(from: gradient, count: batch.count * batch.size)
    for member in 0..<batch.count {
      norm.normalise(directions + member * batch.size, count: batch.size)
    }
  }
}

extension GradientValue {
  static let kind = OneStep.kind(
    "fgv", title: "Fast Gradient Value",
    summary: "Fast Gradient Value: one step along the gradient itself",
    source: OneStep.rozsa, parameters: [Ball.Norm.parameter]
  ) { GradientValue(norm: Ball.Norm($0)) }

  static let minimalKind = OneStep.minimalKind(
    "fgv", title: "Fast Gradient Value", source: OneStep.rozsa, parameters: [Ball.Norm.parameter]
  ) { GradientValue(norm: Ball.Norm($0)) }
}
