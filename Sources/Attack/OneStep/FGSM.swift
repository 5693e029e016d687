/// The Fast Gradient Sign Method: x + epsilon * sign(gradient of the cross-entropy).
///
/// Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples (2014).
public struct FGSM: Attack {
  /// The change of each pixel, in units of the pixel range 0...1.
  public let epsilon: Float

  /// Creates the attack.
  public init(epsilon: Float) {
    self.epsilon = epsilon
  }

  /// "fgsm".
  public var name: String { "fgsm" }

  /// Moves each pixel by epsilon along the sign of the gradient.
  public func perturb(_ batch: AttackBatch) throws {
    try OneStep(name: name, direction: GradientSign(), length: .fixed(epsilon)).perturb(batch)
  }
}

/// The sign of the gradient of the cross-entropy, as the Fast Gradient Sign Method has it.
public struct GradientSign: StepDirection {
  /// Creates the direction.
  public init() {}

  /// Writes -1, 0 or 1 for each value.
  public func write(
    of batch: AttackBatch, logits: UnsafePointer<Float>,
    into directions: UnsafeMutablePointer<Float>
  ) throws {
    let gradient = try batch.crossEntropyGradient(of: Array(0..<batch.count), logits: logits)
    for place in 0..<batch.count * batch.size { directions[place] = sign(gradient[place]) }
  }
}

extension FGSM {
  private static let source =
    "Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples (2014)"

  static let kind = AttackKind(
    name: "fgsm", title: "Fast Gradient Sign Method",
    summary: "Fast Gradient Sign Method: one step of epsilon", source: source,
    threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: false),
    parameters: [.epsilon(0.3)]
  ) { FGSM(epsilon: Float($0.number("epsilon"))) }

  static let minimalKind = OneStep.minimalKind(
    "fgsm", title: "Fast Gradient Sign Method", source: source, parameters: []
  ) { _ in GradientSign() }
}

/// -1, 0 or 1; 0 for a NaN.
@inline(__always)
func sign(_ value: Float) -> Float { value > 0 ? 1 : (value < 0 ? -1 : 0) }
