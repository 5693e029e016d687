/// Carlini and Wagner's L2 attack: the nearest image that the classifier takes for another class.
///
/// Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017), sections V and VI,
/// with the constants of the authors' code. Whether an image gives up early is decided for each image
/// instead of each batch.
package struct CarliniWagnerL2: Attack {
  /// The pixels of an adversarial image.
  package enum Pixels: String, Sendable, CaseIterable {
    /// Any numbers in 0...1.
    case exact
    /// Multiples of 1/255.
    case bytes
  }

  /// What the classifier is to answer.
  package let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  package let targetOffset: Int
  /// By how much the wanted logit must lead, at least 0.
  package let confidence: Float
  /// The pixels of the adversarial images.
  package let pixels: Pixels
  let settings: NearestImageSearch.Settings

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - goal: What the classifier is to answer.
  ///   - targetOffset: The target is the class so many after the true one; 0 draws it at random.
  ///   - confidence: By how much the wanted logit must lead, at least 0.
  ///   - settings: The settings of the search.
  ///   - pixels: The pixels of the adversarial images.
  package init(
    goal: AttackGoal = .targeted, targetOffset: Int = 0, confidence: Float = 0,
    settings: NearestImageSearch.Settings = NearestImageSearch.Settings(), pixels: Pixels = .exact
  ) {
    self.goal = goal
    self.targetOffset = targetOffset
    self.confidence = confidence
    self.settings = settings
    self.pixels = pixels
  }

  /// "cw-l2".
  package var name: String { "cw-l2" }
  /// Whether the goal is a target.
  package var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the nearest adversarial one that is found; one that is adversarial as it is,
  /// or for which none is found, stays as it is.
  package func perturb(_ batch: AttackBatch) throws {
    let objective = MarginObjective(batch: batch, goal: goal, confidence: confidence)
    let members = try objective.notYetMisleading(Array(0..<batch.count))
    let search = NearestImageSearch(settings: settings, batch: batch)
    let found = try search.run(members, objective: objective)
    if pixels == .bytes { try ByteRounding(batch: batch).run(found, objective: objective) }
  }
}

extension MisleadingObjective {
  /// Those of some members whose images are not adversarial as they stand.
  func notYetMisleading(_ members: [Int]) throws -> [Int] {
    let verdicts = try judge(members).verdicts
    return zip(members, verdicts).filter { !$1.isMisleading }.map { $0.0 }
  }
}
