/// Carlini and Wagner's L2 attack: the nearest image that the classifier takes for another class.
///
/// Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017), sections V and VI,
/// with the constants of the authors' code. Whether an image gives up early is decided for each image
/// instead of each batch.
public struct CarliniWagnerL2: Attack {
  /// The pixels of an adversarial image.
  public enum Pixels: String, Sendable, CaseIterable {
    /// Any numbers in 0...1.
    case exact
    /// Multiples of 1/255.
    case bytes
  }

  /// What the classifier is to answer.
  public let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  public let targetOffset: Int
  /// By how much the wanted logit must lead, at least 0.
  public let confidence: Float
  /// The pixels of the adversarial images.
  public let pixels: Pixels
  let settings: NearestImageSearch.Settings

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - goal: What the classifier is to answer.
  ///   - targetOffset: The target is the class so many after the true one; 0 draws it at random.
  ///   - confidence: By how much the wanted logit must lead, at least 0.
  ///   - searchSteps: How many constants are tried.
  ///   - iterations: The most iterations for each constant.
  ///   - learningRate: Adam's learning rate.
  ///   - initialConstant: The first constant, above 0.
  ///   - abortsEarly: Whether an image is done with a constant when its loss no longer falls.
  ///   - pixels: The pixels of the adversarial images.
  public init(
    goal: AttackGoal = .targeted, targetOffset: Int = 0, confidence: Float = 0,
    searchSteps: Int = 9, iterations: Int = 1000, learningRate: Double = 0.01,
    initialConstant: Double = 0.001,
    abortsEarly: Bool = true, pixels: Pixels = .exact
  ) {
    self.goal = goal
    self.targetOffset = targetOffset
    self.confidence = confidence
    self.pixels = pixels
    settings = NearestImageSearch.Settings(
      searchSteps: searchSteps, iterations: iterations, learningRate: learningRate,
      initialConstant: initialConstant, abortsEarly: abortsEarly)
  }

  /// "cw-l2".
  public var name: String { "cw-l2" }
  /// Whether the goal is a target.
  public var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the nearest adversarial one that is found; one that is adversarial as it is,
  /// or for which none is found, stays as it is.
  public func perturb(_ batch: AttackBatch) throws {
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
