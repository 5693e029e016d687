internal import CKernels

/// Carlini and Wagner's L-infinity attack: makes the largest change of a pixel ever smaller.
///
/// Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017), section VI, by the
/// authors' code: changes beyond a bound are penalised, and the bound falls to nine tenths of the
/// largest change whenever an image is found, down to 1/256.
public struct CarliniWagnerLinf: Attack {
  /// What the classifier is to answer.
  public let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  public let targetOffset: Int
  let settings: ShrinkingSearch.Settings

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - goal: What the classifier is to answer.
  ///   - targetOffset: The target is the class so many after the true one; 0 draws it at random.
  ///   - iterations: The most iterations for each constant.
  ///   - learningRate: Adam's learning rate.
  ///   - initialConstant: The first constant, above 0; it doubles.
  ///   - largestConstant: The constant at which an image gives up.
  public init(
    goal: AttackGoal = .targeted, targetOffset: Int = 0, iterations: Int = 1000,
    learningRate: Double = 0.005, initialConstant: Double = 1e-5, largestConstant: Double = 20
  ) {
    self.goal = goal
    self.targetOffset = targetOffset
    settings = ShrinkingSearch.Settings(
      iterations: iterations, learningRate: learningRate, initialConstant: initialConstant,
      largestConstant: largestConstant)
  }

  /// "cw-linf".
  public var name: String { "cw-linf" }
  /// Whether the goal is a target.
  public var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the last adversarial one that is found; one that is adversarial as it is, or
  /// for which none is found, stays as it is.
  public func perturb(_ batch: AttackBatch) throws {
    let objective = MarginObjective(batch: batch, goal: goal, confidence: 0)
    let members = try objective.notYetMisleading(Array(0..<batch.count))
    try ShrinkingSearch(settings: settings, batch: batch).run(
      members, objective: objective, region: ShrinkingBox(batch: batch))
  }
}

/// Boxes around the clean images.
private struct ShrinkingBox: ShrinkingRegion {
  let batch: AttackBatch
  private var bounds: [Double]

  init(batch: AttackBatch) {
    self.batch = batch
    bounds = [Double](repeating: 1, count: batch.count)
  }

  func confine(_ member: Int) {}

  func writeSlope(
    of member: Int, gradient: UnsafePointer<Float>, constant: Float,
    slope: UnsafeMutablePointer<Float>
  ) -> Double {
    kernels_excess_slope(
      batch.adversarial + member * batch.size, batch.clean + member * batch.size, gradient,
      constant, Float(bounds[member]), Int64(batch.size), slope)
  }

  func isSolved(_ verdict: MisleadingVerdict, penalty: Double, constant: Double) -> Bool {
    verdict.isMisleading && constant * verdict.loss + penalty < 0.0001 * constant
  }

  mutating func shrink(to member: Int, slope: UnsafePointer<Float>) -> Bool {
    let first = member * batch.size
    let largest = (first..<first + batch.size).reduce(Float(0)) {
      max($0, abs(batch.adversarial[$1] - batch.clean[$1]))
    }
    bounds[member] = min(bounds[member], Double(largest)) * 0.9
    return bounds[member] > 1 / 256.0
  }
}
