internal import Tensor

/// An attack that moves an image along one direction.
public struct OneStep: Attack {
  /// How far it moves.
  public enum Length: Sendable, Equatable {
    /// By this, in units of the pixel range or of the norm that the direction has.
    case fixed(Float)
    /// By as little as changes the class, see ``MinimalStep``.
    case minimal(MinimalStep)
  }

  /// The attack's name.
  public let name: String
  /// The direction.
  public let direction: any StepDirection
  /// How far the attack moves.
  public let length: Length

  /// Creates the attack.
  public init(name: String, direction: any StepDirection, length: Length) {
    self.name = name
    self.direction = direction
    self.length = length
  }

  /// Moves the images.
  public func perturb(_ batch: AttackBatch) throws {
    let members = Array(0..<batch.count)
    let logits = try batch.logits(of: members)
    let isMisled = zip(members, predictions(logits, rows: batch.count, classes: batch.classes)).map
    {
      batch.isMisled($0, answer: $1)
    }
    let directions = Scratch<Float>(batch.count * batch.size)
    try direction.write(of: batch, logits: logits, into: directions.base)
    for member in members { batch.iterations[member] = 1 }
    switch length {
    case .fixed(let epsilon):
      for place in 0..<batch.count * batch.size {
        batch.adversarial[place] += epsilon * directions.base[place]
      }
    case .minimal(let step):
      try step.search(batch, directions: UnsafePointer(directions.base), isMisled: isMisled)
    }
  }
}

extension OneStep {
  static let rozsa =
    "Rozsa, Rudd, Boult: Adversarial Diversity and Hard Positive Generation (2016)"

  /// The attack that takes a step of epsilon along a direction of length 1 in a norm.
  static func kind(
    _ name: String, title: String, summary: String, source: String, parameters: [AttackParameter],
    direction: @escaping @Sendable ([String: AttackValue]) -> any StepDirection
  ) -> AttackKind {
    AttackKind(
      name: name, title: title, summary: summary, source: source,
      threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: false),
      parameters: [Ball.Norm.epsilon] + parameters
    ) { values in
      OneStep(
        name: name, direction: direction(values), length: .fixed(Float(values.number("epsilon"))))
    }
  }

  /// The attack that takes the smallest step along a direction which changes the class.
  static func minimalKind(
    _ name: String, title: String, source: String, parameters: [AttackParameter],
    direction: @escaping @Sendable ([String: AttackValue]) -> any StepDirection
  ) -> AttackKind {
    let name = "\(name)-minimal"
    return AttackKind(
      name: name, title: "\(title), minimal",
      summary: "\(title): the smallest step that changes the class", source: source,
      threat: ThreatModel(norm: .linf, budget: nil, isIterative: false),
      parameters: [
        AttackParameter(
          name: "largest_step", domain: .number(0...100), defaultValue: .number(1),
          summary: "the largest step that is tried", unit: "of the pixel range"),
        AttackParameter(
          name: "scale", domain: .number(1...100), defaultValue: .number(1),
          summary: "the factor by which the smallest step is exceeded, for hard positives"),
      ] + parameters
    ) { values in
      OneStep(
        name: name, direction: direction(values),
        length: .minimal(
          MinimalStep(
            limit: Float(values.number("largest_step")), scale: Float(values.number("scale")))))
    }
  }
}
