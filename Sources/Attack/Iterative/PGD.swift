internal import Classifier
internal import Tensor

/// Projected Gradient Descent: small steps up the cross-entropy from a random image of the ball, each
/// projected back to it.
///
/// Madry, Makelov, Schmidt, Tsipras, Vladu: Towards Deep Learning Models Resistant to Adversarial
/// Attacks (2017). The last iterate counts. An image that it misleads is not tried again; of iterates
/// that mislead nobody the one of the largest loss is kept.
package struct PGD: Attack {
  /// Where the first steps begin.
  package enum Start: String, Sendable, CaseIterable {
    /// At a random image of the ball, evenly spread.
    case random
    /// At the clean image, as BIM's do.
    case clean
  }

  /// How far the image may go.
  package let ball: Ball
  /// The length of a step, as the ball's norm has it.
  package let stepSize: Float
  /// The number of steps.
  package let iterations: Int
  /// The number of starts.
  package let restarts: Int
  /// Where the first steps begin.
  package let start: Start

  /// Creates the attack.
  package init(
    ball: Ball, stepSize: Float, iterations: Int, restarts: Int = 1, start: Start = .random
  ) {
    self.ball = ball
    self.stepSize = stepSize
    self.iterations = iterations
    self.restarts = restarts
    self.start = start
  }

  /// "pgd".
  package var name: String { "pgd" }

  /// Moves the images from start to start; an image leaves the batch once it is misled.
  package func perturb(_ batch: AttackBatch) throws {
    let best = BestImages(batch)
    var members = Array(0..<batch.count)
    for restart in 0..<restarts where !members.isEmpty {
      try run(members, of: batch, restart: restart, best: best)
      members.removeAll { best.isMisled($0) }
    }
    best.writeBack()
  }

  /// Takes some images from one start to the end.
  private func run(
    _ members: [Int], of batch: AttackBatch, restart: Int, best: BestImages
  ) throws {
    let loss = LogitLoss(.crossEntropy, of: batch)
    let unused = Scratch<Float>(batch.classes)
    func losses(_ logits: UnsafePointer<Float>) -> [Double] {
      members.enumerated().map { row, member in
        loss.evaluate(
          logits + row * batch.classes, label: batch.labels[member], gradient: unused.base)
      }
    }
    begin(members, of: batch, restart: restart)
    var firstLosses: [Double] = []
    for step in 0..<iterations {
      let logits = try batch.logits(of: members)
      if step == 0 { firstLosses = losses(logits) }
      let gradient = try batch.crossEntropyGradient(of: members, logits: logits)
      for (row, member) in members.enumerated() {
        ball.move(
          batch.adversarial + member * batch.size, along: gradient + row * batch.size,
          by: stepSize, around: batch.clean + member * batch.size, count: batch.size)
        batch.iterations[member] += 1
      }
    }
    let logits = try batch.logits(of: members)
    let answers = predictions(logits, rows: members.count, classes: batch.classes)
    let lastLosses = losses(logits)
    for (row, member) in members.enumerated() {
      let isMisled = batch.isMisled(member, answer: answers[row])
      guard best.offer(member, merit: lastLosses[row], isMisled: isMisled) else { continue }
      batch.record("start", Double(restart + 1), of: member)
      batch.record("loss_first", firstLosses[row], of: member)
      batch.record("loss_last", lastLosses[row], of: member)
    }
  }

  private func begin(_ members: [Int], of batch: AttackBatch, restart: Int) {
    let stream = RandomStream(seed: batch.seed, stream: RandomPurpose.attackStart << 8)
    for member in members {
      let image = batch.adversarial + member * batch.size
      let clean = batch.clean + member * batch.size
      switch start {
      case .clean: image.update(from: clean, count: batch.size)
      case .random:
        ball.draw(
          image, around: clean, count: batch.size, place: .inside, from: stream,
          image: batch.images[member], draw: restart)
      }
    }
  }
}

extension PGD {
  static let kind = AttackKind(
    name: "pgd", title: "Projected Gradient Descent",
    summary: "Projected Gradient Descent: small steps from random starts",
    source: "Madry, Makelov, Schmidt, Tsipras, Vladu: Towards Deep Learning Models Resistant to "
      + "Adversarial Attacks (2017)",
    threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: true), chunk: 200,
    parameters: [
      Ball.Norm.epsilon,
      Ball.Norm.parameter,
      AttackParameter(
        name: "step_size", domain: .number(0...100), defaultValue: .number(0.01),
        summary: "the length of a step in the norm", unit: "of the pixel range"),
      .iterations(40, "the number of steps from each start"),
      .restarts("the number of starts for images that are still classified correctly"),
      AttackParameter(
        name: "start", domain: .word(Start.allCases.map(\.rawValue)),
        defaultValue: .word(Start.random.rawValue),
        summary: "where the steps begin: at a random image of the ball, or at the clean image"),
    ]
  ) { values in
    PGD(
      ball: Ball(values),
      stepSize: Float(values.number("step_size")),
      iterations: Int(values.number("iterations")), restarts: Int(values.number("restarts")),
      start: values["start"] == .word(Start.clean.rawValue) ? .clean : .random)
  }
}
