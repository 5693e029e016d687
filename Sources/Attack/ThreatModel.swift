public import Classifier

/// What an attacker wants, may change and knows.
public struct ThreatModel: Sendable, Equatable {
  /// The norm that a change is kept small in.
  public enum Norm: String, Sendable, CaseIterable {
    /// The largest change of a value.
    case linf
    /// The Euclidean length of the change.
    case l2
    /// The number of changed pixels.
    case l0
    /// No norm.
    case none
  }

  /// What an attack aims at.
  public enum Goal: String, Sendable, CaseIterable {
    /// Any class but the true one.
    case untargeted
    /// A class that is drawn for each image.
    case targeted
    /// One or the other, as a parameter says.
    case either
  }

  /// What an attacker knows of the model.
  public enum Knowledge: String, Sendable, CaseIterable {
    /// All of it: gradients can be computed.
    case whiteBox = "white-box"
    /// The logits of images that it asks about.
    case scores
    /// The class of images that it asks about.
    case decision
    /// Nothing.
    case none
  }

  /// The norm that the change is kept small in.
  public let norm: Norm
  /// The parameter that bounds the norm; nil for attacks that make the norm as small as they can, and
  /// for those without one.
  public let budget: String?
  /// What the attack aims at.
  public let goal: Goal
  /// What the attacker knows of the model.
  public let knowledge: Knowledge
  /// Whether the attack takes many steps, each by what the last one gave.
  public let isIterative: Bool

  /// Describes what an attacker wants, may change and knows.
  public init(
    norm: Norm, budget: String?, goal: Goal = .untargeted, knowledge: Knowledge = .whiteBox,
    isIterative: Bool
  ) {
    self.norm = norm
    self.budget = budget
    self.goal = goal
    self.knowledge = knowledge
    self.isIterative = isIterative
  }

  /// What the model must give the attacker, beside its logits.
  public var needs: ClassifierCapabilities {
    knowledge == .whiteBox ? .gradient : []
  }
}
