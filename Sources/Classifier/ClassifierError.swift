/// A classifier can't do what is asked of it.
public enum ClassifierError: Error, Sendable, Equatable {
  /// The model lacks capabilities that some work needs.
  case missing(ClassifierCapabilities, model: String, neededBy: String)
}

extension ClassifierError: CustomStringConvertible {
  /// What is lacking, in one sentence without a full stop.
  public var description: String {
    switch self {
    case .missing(let capabilities, let model, let user):
      "model '\(model)' gives no \(capabilities.names.joined(separator: " and no ")), and \(user) needs them"
    }
  }
}

extension ClassifierCapabilities {
  /// What the capabilities give, in the plural, such as ["gradients"].
  public var names: [String] {
    [
      (Self.gradient, "gradients"), (.draws, "stochastic passes (dropout)"),
      (.features, "features of its layers"),
      (.drawGradient, "gradients of stochastic passes"),
      (.featureGradient, "gradients of its layers' features"),
    ].filter { contains($0.0) }.map(\.1)
  }
}
