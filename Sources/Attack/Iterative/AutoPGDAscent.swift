internal import Classifier
internal import Tensor

/// What Auto-PGD keeps of a batch while it climbs.
final class AutoPGDAscent {
  /// The best images of all starts.
  let best: BestImages
  private let batch: AttackBatch
  private let ball: Ball
  private let checkpoints: Set<Int>
  private let loss: LogitLoss
  // All [count, size]: the iterates before the present ones, the present gradients, and of this start
  // the images of the largest loss with their gradients.
  private let previous: Scratch<Float>
  private let gradients: Scratch<Float>
  private let highest: Scratch<Float>
  private let highestGradients: Scratch<Float>
  private let tried: Scratch<Float>
  private let logitGradient: Scratch<Float>

  init(_ batch: AttackBatch, ball: Ball, checkpoints: Set<Int>, loss: LogitLoss) {
    self.batch = batch
    self.ball = ball
    self.checkpoints = checkpoints
    self.loss = loss
    best = BestImages(batch)
    let elements = batch.count * batch.size
    previous = Scratch(elements)
    gradients = Scratch(elements)
    highest = Scratch(elements)
    highestGradients = Scratch(elements)
    tried = Scratch(batch.size)
    logitGradient = Scratch(batch.classes)
  }

  /// The wrong classes of some images as they stand, the likeliest first.
  func wrongClasses(of members: [Int]) throws -> [[Int]] {
    loss.wrongClasses(of: members, in: batch, logits: try batch.logits(of: members))
  }

  /// Climbs from one start.
  ///
  /// - Parameters:
  ///   - members: The images that climb.
  ///   - start: The number of the start, which addresses its random numbers.
  ///   - iterations: The number of steps.
  ///   - gradientWeight: The weight of the gradient's step against the last step.
  ///   - aim: The wrong class that an image goes to; nil for any.
  /// - Throws: What the pass throws; ``AttackError/cancelled``.
  func run(
    _ members: [Int], start: Int, iterations: Int, gradientWeight: Float, aim: (Int) -> Int?
  ) throws {
    let stream = RandomStream(seed: batch.seed, stream: RandomPurpose.attackStart << 8 | 1)
    for member in members {
      let image = batch.adversarial + member * batch.size
      ball.draw(
        image, around: batch.clean + member * batch.size, count: batch.size, place: .surface,
        from: stream, image: batch.images[member], draw: start)
      (previous.base + member * batch.size).update(from: image, count: batch.size)
    }
    var climbs = members.map { _ in StepLength(2 * ball.radius) }
    var firstMerits: [Double] = []
    for step in 0...iterations {
      let logits = try batch.logits(of: members)
      let merits = judge(
        members, logits: logits, start: start, aim: aim, firstMerits: firstMerits)
      if step == 0 { firstMerits = merits }
      guard step < iterations else { return }
      let losses = members.enumerated().map { row, member in
        loss.evaluate(
          logits + row * batch.classes, label: batch.labels[member], target: aim(member),
          gradient: logitGradient.base)
      }
      let gradient = try batch.inputGradient(from: logits, rows: members.count) {
        row, logits, gradient in
        let member = members[row]
        loss.evaluate(
          logits, label: batch.labels[member], target: aim(member), gradient: gradient)
      }
      for (row, member) in members.enumerated() {
        let first = member * batch.size
        (gradients.base + first).update(from: gradient + row * batch.size, count: batch.size)
        if climbs[row].note(losses[row]) { keepHighest(member) }
        if checkpoints.contains(step), climbs[row].halves() { returnToHighest(member) }
        move(
          member, by: climbs[row].length, gradientWeight: step == 0 ? 1 : gradientWeight)
        batch.iterations[member] += 1
      }
    }
  }

  /// Offers the iterates to the best images.
  ///
  /// - Returns: Their losses without a target, which can be compared from one target to the next.
  private func judge(
    _ members: [Int], logits: UnsafePointer<Float>, start: Int, aim: (Int) -> Int?,
    firstMerits: [Double]
  ) -> [Double] {
    let answers = predictions(logits, rows: members.count, classes: batch.classes)
    return members.enumerated().map { row, member in
      let merit = loss.evaluate(
        logits + row * batch.classes, label: batch.labels[member], gradient: logitGradient.base)
      let isMisled = batch.isMisled(member, answer: answers[row])
      if best.offer(member, merit: merit, isMisled: isMisled) {
        batch.record("start", Double(start + 1), of: member)
        if let target = aim(member) { batch.record("target", Double(target), of: member) }
        batch.record("loss_first", firstMerits.isEmpty ? merit : firstMerits[row], of: member)
        batch.record("loss_last", merit, of: member)
      }
      return merit
    }
  }

  private func keepHighest(_ member: Int) {
    let first = member * batch.size
    (highest.base + first).update(from: batch.adversarial + first, count: batch.size)
    (highestGradients.base + first).update(from: gradients.base + first, count: batch.size)
  }

  private func returnToHighest(_ member: Int) {
    let first = member * batch.size
    (batch.adversarial + first).update(from: highest.base + first, count: batch.size)
    (gradients.base + first).update(from: highestGradients.base + first, count: batch.size)
  }

  /// One step of one image: the gradient's, weighed against a repetition of the last step.
  private func move(_ member: Int, by length: Float, gradientWeight: Float) {
    let (first, size) = (member * batch.size, batch.size)
    let (image, clean) = (batch.adversarial + first, batch.clean + first)
    let last = previous.base + first
    tried.base.update(from: image, count: size)
    ball.step(tried.base, along: gradients.base + first, by: length, count: size)
    ball.project(tried.base, around: clean, count: size)
    for index in 0..<size {
      let present = image[index]
      image[index] =
        present + (tried.base[index] - present) * gradientWeight
        + (present - last[index]) * (1 - gradientWeight)
      last[index] = present
    }
    ball.project(image, around: clean, count: size)
  }
}

/// The length of an image's steps in Auto-PGD, and what decides when it is halved.
package struct StepLength {
  /// The share of the steps since the last checkpoint that must have raised the loss.
  private static let sufficientRises = 0.75

  /// The present length.
  package private(set) var length: Float
  private var lastLoss: Double?
  private var highestLoss = -Double.infinity
  private var (steps, rises) = (0, 0)
  private var highestAtCheckpoint = -Double.infinity
  private var wasHalved = true

  /// Begins with a length.
  package init(_ length: Float) { self.length = length }

  /// Notes the loss at the start, then that after each step.
  ///
  /// - Returns: Whether it is the largest so far.
  package mutating func note(_ loss: Double) -> Bool {
    if let lastLoss {
      steps += 1
      if loss > lastLoss { rises += 1 }
    } else {
      highestAtCheckpoint = loss
    }
    lastLoss = loss
    guard loss > highestLoss else { return false }
    highestLoss = loss
    return true
  }

  /// Halves the length at a checkpoint if too few steps have raised the loss, or if the length was not
  /// halved at the last checkpoint and the largest loss has not risen since.
  ///
  /// - Returns: Whether it was halved.
  package mutating func halves() -> Bool {
    let isOscillating = Double(rises) <= Self.sufficientRises * Double(steps)
    let isStuck = !wasHalved && highestAtCheckpoint >= highestLoss
    wasHalved = isOscillating || isStuck
    highestAtCheckpoint = highestLoss
    (steps, rises) = (0, 0)
    if wasHalved { length /= 2 }
    return wasHalved
  }
}
