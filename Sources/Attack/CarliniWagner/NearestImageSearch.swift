internal import CKernels
internal import Tensor

/// The search of Carlini and Wagner: the nearest image, by L2, that an objective takes for
/// adversarial.
///
/// It minimises |x - clean|² + c loss(x) over w, where x = (tanh(w) + 1) / 2 keeps pixels in 0...1, by
/// Adam, for some constants c. Each image has a course of its own: its constants, its iterations, and
/// when it gives up, so that other images of the batch decide nothing.
package struct NearestImageSearch {
  /// What an attack may vary.
  package struct Settings: Sendable, Equatable {
    /// How many constants are tried.
    let searchSteps: Int
    /// The most iterations for each.
    let iterations: Int
    /// Adam's learning rate.
    let learningRate: Double
    /// The first constant, above 0.
    let initialConstant: Double
    /// Whether an image is done with a constant when a tenth of the iterations has not lowered
    /// its loss by one part in ten thousand.
    let abortsEarly: Bool

    /// Settings, by default those of the L2 attack.
    package init(
      searchSteps: Int = 9, iterations: Int = 1000, learningRate: Double = 0.01,
      initialConstant: Double = 0.001, abortsEarly: Bool = true
    ) {
      self.searchSteps = searchSteps
      self.iterations = iterations
      self.learningRate = learningRate
      self.initialConstant = initialConstant
      self.abortsEarly = abortsEarly
    }
  }

  let settings: Settings
  let batch: AttackBatch

  /// Where one image is in its course.
  private struct Course {
    var constants: ConstantSearch
    var iteration = 0
    var hasSucceeded = false
    var lastLook = Double.infinity
    var smallest = Double.infinity
    var constantOfSmallest = 0.0
    var iterationOfSmallest = 0
  }

  /// One number an element of each image.
  private struct Variables {
    let starts, values, first, second, slopes, nearest: Scratch<Float>

    init(count: Int) {
      starts = Scratch(count)
      values = Scratch(count)
      first = Scratch(count)
      second = Scratch(count)
      slopes = Scratch(count)
      nearest = Scratch(count)
    }
  }

  /// Moves images to the nearest adversarial ones, and back to the clean ones where none is found.
  ///
  /// Records for each image that is found: "constant", the constant at which it was, and "found_at",
  /// after how many iterations.
  ///
  /// - Parameters:
  ///   - members: Positions in the batch, whose images are where the search starts.
  ///   - objective: What is adversarial.
  /// - Returns: The members for which an image was found.
  /// - Throws: What the objective throws.
  func run(_ members: [Int], objective: some MisleadingObjective) throws -> [Int] {
    let size = batch.size
    let variables = Variables(count: batch.count * size)
    var courses = [Course](
      repeating: Course(
        constants: ConstantSearch(
          initial: settings.initialConstant, steps: settings.searchSteps)),
      count: batch.count)
    for member in members {
      writeStart(of: batch.adversarial + member * size, to: variables.starts.base + member * size)
      begin(member, variables)
    }
    var distances = [Double](repeating: 0, count: batch.count)
    var running = members
    while !running.isEmpty {
      try batch.checkCancelled()
      for member in running {
        let first = member * size
        distances[member] = kernels_tanh_image(
          variables.values.base + first, batch.clean + first, Int64(size),
          batch.adversarial + first)
      }
      let (verdicts, gradients) = try objective.judge(running)
      for (row, member) in running.enumerated() {
        batch.iterations[member] += 1
        let distance = distances[member]
        if verdicts[row].isMisleading {
          keep(member, at: distance, in: &courses[member], variables)
        }
        let loss = distance + courses[member].constants.constant * verdicts[row].loss
        if isDone(&courses[member], loss: loss) {
          courses[member].constants.finishStep(hasSucceeded: courses[member].hasSucceeded)
          courses[member].iteration = 0
          courses[member].hasSucceeded = false
          courses[member].lastLook = .infinity
          begin(member, variables)
        } else {
          courses[member].iteration += 1
          descend(member, along: gradients + row * size, course: courses[member], variables)
        }
      }
      running.removeAll { courses[$0].constants.isFinished }
    }
    return finish(members, courses, variables)
  }

  /// The variables whose image is, but for a millionth, the given one.
  private func writeStart(of image: UnsafePointer<Float>, to start: UnsafeMutablePointer<Float>) {
    for element in 0..<batch.size { start[element] = tanhVariable(of: image[element]) }
  }

  /// Puts an image back to its start, with nothing remembered of the steps before.
  private func begin(_ member: Int, _ variables: Variables) {
    let (first, size) = (member * batch.size, batch.size)
    (variables.values.base + first).update(from: variables.starts.base + first, count: size)
    (variables.first.base + first).update(repeating: 0, count: size)
    (variables.second.base + first).update(repeating: 0, count: size)
  }

  /// Keeps an adversarial image if none is nearer.
  private func keep(
    _ member: Int, at distance: Double, in course: inout Course, _ variables: Variables
  ) {
    course.hasSucceeded = true
    guard distance < course.smallest else { return }
    course.smallest = distance
    course.constantOfSmallest = course.constants.constant
    course.iterationOfSmallest = batch.iterations[member]
    let first = member * batch.size
    (variables.nearest.base + first).update(from: batch.adversarial + first, count: batch.size)
  }

  /// Whether an image has had all its iterations with this constant, or gets no further.
  private func isDone(_ course: inout Course, loss: Double) -> Bool {
    if course.iteration + 1 >= settings.iterations { return true }
    guard settings.abortsEarly, course.iteration % max(1, settings.iterations / 10) == 0 else {
      return false
    }
    let isStuck = loss > course.lastLook * 0.9999
    course.lastLook = loss
    return isStuck
  }

  /// One step of Adam on one image.
  private func descend(
    _ member: Int, along gradient: UnsafePointer<Float>, course: Course, _ variables: Variables
  ) {
    let (first, size) = (member * batch.size, Int64(batch.size))
    kernels_distance_slope(
      batch.adversarial + first, batch.clean + first, gradient, Float(course.constants.constant),
      size, variables.slopes.base + first)
    kernels_tanh_descent(
      variables.values.base + first, variables.first.base + first, variables.second.base + first,
      variables.slopes.base + first, size,
      adamRate(settings.learningRate, step: course.iteration))
  }

  /// Puts the nearest images into the batch.
  private func finish(_ members: [Int], _ courses: [Course], _ variables: Variables) -> [Int] {
    members.filter { member in
      let (first, course) = (member * batch.size, courses[member])
      guard course.smallest < .infinity else {
        (batch.adversarial + first).update(from: batch.clean + first, count: batch.size)
        return false
      }
      (batch.adversarial + first).update(from: variables.nearest.base + first, count: batch.size)
      batch.record("constant", course.constantOfSmallest, of: member)
      batch.record("found_at", Double(course.iterationOfSmallest), of: member)
      return true
    }
  }
}
