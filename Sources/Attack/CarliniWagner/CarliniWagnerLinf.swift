internal import CKernels

/// Carlini and Wagner's L-infinity attack: makes the largest change of a pixel ever smaller.
///
/// Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017), section VI, by the
/// authors' code: changes beyond a bound are penalised, and the bound falls to nine tenths of the
/// largest change whenever an image is found, down to 1/256.
package struct CarliniWagnerLinf: Attack {
  /// What the classifier is to answer.
  package let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  package let targetOffset: Int
  let settings: ShrinkingSearch.Settings

  /// The settings of the paper.
  package static let usual = ShrinkingSearch.Settings(
    iterations: 1000, learningRate: 0.005, initialConstant: 1e-5, largestConstant: 20)

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - goal: What the classifier is to answer.
  ///   - targetOffset: The target is the class so many after the true one; 0 draws it at random.
  ///   - settings: The settings of the search.
  package init(
    goal: AttackGoal = .targeted, targetOffset: Int = 0,
    settings: ShrinkingSearch.Settings = usual
  ) {
    self.goal = goal
    self.targetOffset = targetOffset
    self.settings = settings
  }

  /// "cw-linf".
  package var name: String { "cw-linf" }
  /// Whether the goal is a target.
  package var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the last adversarial one that is found; one that is adversarial as it is, or
  /// for which none is found, stays as it is.
  package func perturb(_ batch: AttackBatch) throws {
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
