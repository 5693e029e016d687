internal import CKernels
internal import Classifier

/// Carlini and Wagner's L0 attack: changes fewer and fewer pixels.
///
/// Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017), section VI, by the
/// authors' code: whenever an image is found, the pixels whose change matters the least go back to
/// their clean values for good.
package struct CarliniWagnerL0: Attack {
  /// What the classifier is to answer.
  package let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  package let targetOffset: Int
  let settings: ShrinkingSearch.Settings
  /// By how much the wanted logit must lead, as in the authors' code.
  private static let confidence: Float = 0.01

  /// The settings of the paper.
  package static let usual = ShrinkingSearch.Settings(
    iterations: 1000, learningRate: 0.01, initialConstant: 0.001, largestConstant: 2e6)

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

  /// "cw-l0".
  package var name: String { "cw-l0" }
  /// Whether the goal is a target.
  package var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the last adversarial one that is found; one that is adversarial as it is, or
  /// for which none is found, stays as it is.
  package func perturb(_ batch: AttackBatch) throws {
    let members = try MarginObjective(batch: batch, goal: goal, confidence: 0)
      .notYetMisleading(Array(0..<batch.count))
    try ShrinkingSearch(settings: settings, batch: batch).run(
      members,
      objective: MarginObjective(batch: batch, goal: goal, confidence: Self.confidence),
      region: ShrinkingPixels(batch: batch))
  }
}

/// The pixels of each image that may still change.
private struct ShrinkingPixels: ShrinkingRegion {
  let batch: AttackBatch
  /// [count][pixels].
  private var isFixed: [[Bool]]
  private var channels: Int { batch.shape.channels }

  init(batch: AttackBatch) {
    self.batch = batch
    let pixels = batch.shape.height * batch.shape.width
    isFixed = [[Bool]](
      repeating: [Bool](repeating: false, count: pixels), count: batch.count)
  }

  func confine(_ member: Int) {
    let first = member * batch.size
    for pixel in isFixed[member].indices where isFixed[member][pixel] {
      for element in first + pixel * channels..<first + (pixel + 1) * channels {
        batch.adversarial[element] = batch.clean[element]
      }
    }
  }

  func writeSlope(
    of member: Int, gradient: UnsafePointer<Float>, constant: Float,
    slope: UnsafeMutablePointer<Float>
  ) -> Double {
    kernels_distance_slope(
      batch.adversarial + member * batch.size, batch.clean + member * batch.size, gradient,
      constant, Int64(batch.size), slope)
    for pixel in isFixed[member].indices where isFixed[member][pixel] {
      (slope + pixel * channels).update(repeating: 0, count: channels)
    }
    return 0
  }

  func isSolved(_ verdict: MisleadingVerdict, penalty: Double, constant: Double) -> Bool {
    verdict.loss < 0.0001
  }

  /// Fixes those pixels whose change times gradient is the smallest: at most three tenths of the root
  /// of how many differ, and none after one that matters.
  mutating func shrink(to member: Int, slope: UnsafePointer<Float>) -> Bool {
    let image = batch.adversarial + member * batch.size
    let clean = batch.clean + member * batch.size
    var changed = 0
    var effects: [(effect: Float, pixel: Int)] = []
    for pixel in isFixed[member].indices {
      var (change, gradient, largest) = (Float(0), Float(0), Float(0))
      for element in pixel * channels..<(pixel + 1) * channels {
        let difference = image[element] - clean[element]
        change += difference
        largest = max(largest, abs(difference))
        // With respect to the variable: the image's derivative is 2 x (1 - x).
        gradient += abs(slope[element] * 2 * image[element] * (1 - image[element]))
      }
      if largest >= 0.0001 { changed += 1 }
      if !isFixed[member][pixel] { effects.append((abs(change) * gradient, pixel)) }
    }
    effects.sort { ($0.effect, $0.pixel) < ($1.effect, $1.pixel) }
    for (count, candidate) in effects.enumerated() {
      isFixed[member][candidate.pixel] = true
      if candidate.effect > 0.01 || Double(count + 1) >= 0.3 * Double(changed).squareRoot() {
        break
      }
    }
    return !effects.isEmpty
  }
}
