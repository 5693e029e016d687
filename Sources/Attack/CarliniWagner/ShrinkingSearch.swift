internal import CKernels
internal import Foundation
internal import Tensor

/// A set of allowed images around each clean one, which a search makes smaller and smaller.
protocol ShrinkingRegion {
  /// Puts an image that the search has moved back to where it is bound to be.
  func confine(_ member: Int)

  /// Writes the gradient of constant times loss plus a penalty, and says what the penalty is.
  ///
  /// - Parameters:
  ///   - member: The image's position in the batch.
  ///   - gradient: The gradient of the loss.
  ///   - constant: What the loss is multiplied by.
  ///   - slope: Room for one number an element.
  /// - Returns: The penalty.
  func writeSlope(
    of member: Int, gradient: UnsafePointer<Float>, constant: Float,
    slope: UnsafeMutablePointer<Float>
  ) -> Double

  /// Whether an image counts as found within the region.
  func isSolved(_ verdict: MisleadingVerdict, penalty: Double, constant: Double) -> Bool

  /// Makes the region smaller than an image that was found.
  ///
  /// - Parameters:
  ///   - member: The image's position in the batch.
  ///   - slope: What ``writeSlope(of:gradient:constant:slope:)`` wrote.
  /// - Returns: False if it is as small as it gets.
  mutating func shrink(to member: Int, slope: UnsafePointer<Float>) -> Bool
}

/// The search of Carlini and Wagner's L0 and L-infinity attacks: the first adversarial image within a
/// region, then within a smaller one, from there on.
///
/// The constant that weighs the loss doubles when all iterations have found nothing; it never falls.
/// Each image has a course of its own.
package struct ShrinkingSearch {
  /// What an attack may vary.
  package struct Settings: Sendable, Equatable {
    /// The most iterations for each constant.
    let iterations: Int
    /// Adam's learning rate.
    let learningRate: Double
    /// The first constant, above 0; it doubles.
    let initialConstant: Double
    /// The constant at which an image gives up.
    let largestConstant: Double

    /// Settings.
    package init(
      iterations: Int, learningRate: Double, initialConstant: Double, largestConstant: Double
    ) {
      self.iterations = iterations
      self.learningRate = learningRate
      self.initialConstant = initialConstant
      self.largestConstant = largestConstant
    }
  }

  let settings: Settings
  let batch: AttackBatch

  private struct Course {
    var constant: Double
    var iteration = 0
    var step = 0
    var rounds = 0
    var constantOfSolution = 0.0
    var iterationOfSolution = 0
    var isFinished = false

    /// Starts a round after an image was found.
    mutating func solve(after iterations: Int) {
      rounds += 1
      constantOfSolution = constant
      iterationOfSolution = iterations
      iteration = 0
      step = 0
    }

    /// Takes the next constant when this one has had all its iterations.
    mutating func finishIteration(_ settings: Settings) {
      iteration += 1
      guard iteration >= settings.iterations else { return }
      iteration = 0
      constant *= 2
      isFinished = constant >= settings.largestConstant
    }
  }

  /// Moves images to the last ones that are found, and back to the clean ones where none is.
  ///
  /// Records for each image that is found: "constant", "found_at", after how many iterations, and
  /// "rounds", how many regions it was found in.
  ///
  /// - Parameters:
  ///   - members: Positions in the batch, whose images are where the search starts.
  ///   - objective: What is adversarial.
  ///   - region: The regions of the batch's images.
  /// - Throws: What the objective throws.
  func run(
    _ members: [Int], objective: some MisleadingObjective, region: some ShrinkingRegion
  ) throws {
    let size = batch.size
    var region = region
    let values = Scratch<Float>(batch.count * size)
    let moments = Scratch<Float>(2 * batch.count * size)
    let solutions = Scratch<Float>(batch.count * size)
    let slope = Scratch<Float>(size)
    var courses = [Course](
      repeating: Course(constant: settings.initialConstant), count: batch.count)
    for member in members {
      writeVariables(of: batch.adversarial + member * size, to: values.base + member * size)
      (moments.base + 2 * member * size).update(repeating: 0, count: 2 * size)
    }
    var running = members
    while !running.isEmpty {
      try batch.checkCancelled()
      for member in running {
        _ = kernels_tanh_image(
          values.base + member * size, batch.clean + member * size, Int64(size),
          batch.adversarial + member * size)
        region.confine(member)
      }
      let (verdicts, gradients) = try objective.judge(running)
      for (row, member) in running.enumerated() {
        batch.iterations[member] += 1
        let constant = courses[member].constant
        let penalty = region.writeSlope(
          of: member, gradient: gradients + row * size, constant: Float(constant),
          slope: slope.base)
        let (value, first) = (values.base + member * size, moments.base + 2 * member * size)
        if region.isSolved(verdicts[row], penalty: penalty, constant: constant) {
          let image = batch.adversarial + member * size
          (solutions.base + member * size).update(from: image, count: size)
          courses[member].solve(after: batch.iterations[member])
          courses[member].isFinished = !region.shrink(to: member, slope: slope.base)
          writeVariables(of: image, to: value)
          first.update(repeating: 0, count: 2 * size)
        } else {
          courses[member].step += 1
          kernels_tanh_descent(
            value, first, first + size, slope.base, Int64(size),
            adamRate(settings.learningRate, step: courses[member].step))
          courses[member].finishIteration(settings)
        }
      }
      running.removeAll { courses[$0].isFinished }
    }
    for member in members { finish(member, courses[member], solutions) }
  }

  /// Puts the last image that was found into the batch.
  private func finish(_ member: Int, _ course: Course, _ solutions: Scratch<Float>) {
    let first = member * batch.size
    guard course.rounds > 0 else {
      (batch.adversarial + first).update(from: batch.clean + first, count: batch.size)
      return
    }
    (batch.adversarial + first).update(from: solutions.base + first, count: batch.size)
    batch.record("constant", course.constantOfSolution, of: member)
    batch.record("found_at", Double(course.iterationOfSolution), of: member)
    batch.record("rounds", Double(course.rounds), of: member)
  }

  /// The variables whose image is, but for a millionth, the given one.
  private func writeVariables(
    of image: UnsafePointer<Float>, to values: UnsafeMutablePointer<Float>
  ) {
    for element in 0..<batch.size { values[element] = tanhVariable(of: image[element]) }
  }
}
