public import Classifier

/// What stands between an attack and the model: nothing, draws of its dropout, or a transform.
public struct AttackAccess: Sendable {
  /// How many draws each of the attack's questions averages over; 0: none, the model as it is.
  ///
  /// They are draws of the transform, if it draws, and of the model's dropout otherwise.
  public let draws: Int
  /// What images go through before the model sees them; nil: nothing.
  public let transform: (any AttackTransform)?
  /// Whether all questions have the draws of the first one: one fixed draw of everything random.
  public let isFixed: Bool

  /// Puts draws and a transform between an attack and a model.
  public init(draws: Int = 0, transform: (any AttackTransform)? = nil, isFixed: Bool = false) {
    self.draws = draws
    self.transform = transform
    self.isFixed = isFixed
  }

  /// Whether there is nothing in between.
  var isPlain: Bool { draws == 0 && transform == nil }

  /// How many draws of the model's dropout an image has.
  var modelDraws: Int { transform?.isRandom == true ? 0 : draws }

  /// How many copies of an image the transform makes each time that the model is asked.
  var copies: Int {
    guard let transform else { return 1 }
    return transform.copies * (transform.isRandom ? max(1, draws) : 1)
  }

  /// How many times the model computes for each image that it is asked about.
  var factor: Int { copies * max(1, modelDraws) }

  /// What the model must give, beside its logits, to an attack that needs some of it.
  public func needs(_ needs: ClassifierCapabilities) -> ClassifierCapabilities {
    guard modelDraws > 0, needs.contains(.gradient) else { return needs }
    return needs.subtracting(.gradient).union(.drawGradient)
  }

  /// The options of attacks by gradients, which no value of has a place in a set's key unless it is
  /// given.
  static let parameters = [
    AttackParameter(
      name: "draws", domain: .integer(0...1000), defaultValue: .number(0),
      summary: "draws of dropout, or of the transform if it draws, to average over at each step"),
    AttackParameter(
      name: "through", domain: .name(of: "a transform"), defaultValue: .word(""),
      summary: "the transform to attack the network through, by its name, such as jpeg_75"),
    AttackParameter(
      name: "fixed_draw", domain: .word(["no", "yes"]), defaultValue: .word("no"),
      summary: "take the same draws at each step: against one fixed draw of all that is random"),
  ]
}
