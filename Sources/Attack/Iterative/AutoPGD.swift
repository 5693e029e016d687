internal import Classifier
internal import Tensor

/// Auto-PGD: gradient ascent with momentum whose steps halve themselves where the loss no longer
/// rises.
///
/// Croce, Hein: Reliable Evaluation of Adversarial Robustness with an Ensemble of Diverse
/// Parameter-free Attacks (2020). Steps, momentum and checkpoints are those of the authors' code; one
/// thing differs: the first step from a start is held against the start's loss, not against zero.
///
/// Of the misclassified iterates the one of the largest loss is kept; of images that no start misleads
/// the iterate of the largest loss.
package struct AutoPGD: Attack {
  /// The losses that it climbs.
  package enum Loss: String, Sendable, CaseIterable {
    /// The cross-entropy at the true class.
    case crossEntropy = "ce"
    /// The difference of logits ratio.
    case logitsRatio = "dlr"
    /// The same towards one wrong class after the other, the likeliest first.
    case targetedLogitsRatio = "t"
  }

  /// The loss that it climbs.
  package let loss: Loss
  /// How far the image may go.
  package let ball: Ball
  /// The number of steps from each start.
  package let iterations: Int
  /// The number of starts, for each target.
  package let restarts: Int
  /// The number of wrong classes that a targeted attack tries.
  package let targets: Int

  /// The weight of the gradient's step against the last step.
  private static let gradientWeight: Float = 0.75

  /// Creates the attack.
  package init(loss: Loss, ball: Ball, iterations: Int, restarts: Int = 1, targets: Int = 9) {
    self.loss = loss
    self.ball = ball
    self.iterations = iterations
    self.restarts = restarts
    self.targets = targets
  }

  /// "apgd-ce", "apgd-dlr" or "apgd-t".
  package var name: String { "apgd-\(loss.rawValue)" }

  /// Moves the images from start to start; an image leaves the batch when a start misled it.
  package func perturb(_ batch: AttackBatch) throws {
    let ascent = AutoPGDAscent(
      batch, ball: ball, checkpoints: checkpoints,
      loss: LogitLoss(loss == .crossEntropy ? .crossEntropy : .logitsRatio, of: batch))
    var members = Array(0..<batch.count)
    let aims = loss == .targetedLogitsRatio ? try ascent.wrongClasses(of: members) : nil
    for aim in 0..<(aims == nil ? 1 : targets) {
      for restart in 0..<restarts {
        members.removeAll { member in
          ascent.best.isMisled(member) || aims.map { $0[member].count <= aim } ?? false
        }
        guard !members.isEmpty else { break }
        try ascent.run(
          members, start: aim * restarts + restart, iterations: iterations,
          gradientWeight: Self.gradientWeight
        ) { member in aims.map { $0[member][aim] } }
      }
    }
    ascent.best.writeBack()
  }

  /// After which steps it looks whether the loss still rises: after 22% of the steps, then after
  /// stretches that are 3% shorter each, down to 6%.
  package var checkpoints: Set<Int> {
    var (length, last) = (max(1, iterations * 22 / 100), 0)
    var steps: Set<Int> = []
    while last + length <= iterations {
      last += length
      steps.insert(last)
      length = max(length - max(1, iterations * 3 / 100), max(1, iterations * 6 / 100))
    }
    return steps
  }
}

extension AutoPGD {
  /// The attack with a loss.
  static func kind(_ loss: Loss) -> AttackKind {
    let objective =
      switch loss {
      case .crossEntropy: "on the cross-entropy"
      case .logitsRatio: "on the difference of logits ratio"
      case .targetedLogitsRatio: "on the targeted ratio, one wrong class after the other"
      }
    var parameters = [
      Ball.Norm.epsilon,
      Ball.Norm.parameter,
      .iterations(100, "the number of steps from each start"),
      .restarts("the number of starts for images that are still classified correctly"),
    ]
    if loss == .targetedLogitsRatio { parameters.append(.targets) }
    return AttackKind(
      name: "apgd-\(loss.rawValue)", title: "Auto-PGD \(objective)",
      summary: "Auto-PGD \(objective)",
      source: "Croce, Hein: Reliable Evaluation of Adversarial Robustness with an Ensemble of "
        + "Diverse Parameter-free Attacks (2020)",
      threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: true), chunk: 100,
      parameters: parameters
    ) { values in
      AutoPGD(
        loss: loss, ball: Ball(values), iterations: Int(values.number("iterations")),
        restarts: Int(values.number("restarts")),
        targets: loss == .targetedLogitsRatio ? Int(values.number("targets")) : 1)
    }
  }
}
