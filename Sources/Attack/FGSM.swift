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
    let members = Array(0..<batch.count)
    let logits = try batch.logits(of: members)
    let gradient = try batch.crossEntropyGradient(of: members, logits: logits)
    for index in 0..<batch.count * batch.size {
      batch.adversarial[index] += epsilon * sign(gradient[index])
    }
    for member in members { batch.iterations[member] = 1 }
  }
}

extension FGSM {
  static let kind = AttackKind(
    name: "fgsm", title: "Fast Gradient Sign Method",
    summary: "Fast Gradient Sign Method: one step of epsilon",
    source: "Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples (2014)",
    threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: false),
    parameters: [.epsilon(0.3)]
  ) { FGSM(epsilon: Float($0.number("epsilon"))) }
}

/// -1, 0 or 1; 0 for a NaN.
@inline(__always)
func sign(_ value: Float) -> Float { value > 0 ? 1 : (value < 0 ? -1 : 0) }
