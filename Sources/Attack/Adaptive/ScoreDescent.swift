internal import Classifier
internal import Tensor

/// Steps that lower both a classifier's loss and a detector's score: an attack that knows the detector.
///
/// Bryniarski, Hingun, Pachuca, Wang, Carlini: Evading Adversarial Example Detection Defenses with
/// Orthogonal Projected Gradient Descent (2022). Which direction a step takes is decided for each image
/// alone. Of the iterates that are misclassified by the margin, the one with the lowest score is kept;
/// if there is none, the one that comes nearest to it.
struct ScoreDescent: Attack {
  /// How the two directions make one.
  enum Rule: Sendable, Equatable {
    /// The loss's while the image is not misclassified, then the score's.
    case selective
    /// The same, less its part along the other one, so that it does not undo what that has reached.
    /// (The paper's equation has the projections the other way round; its text and code are followed.)
    case orthogonal
    /// The sum of both, the score's times a weight.
    case lagrangian(weight: Double)
  }

  let name: String
  let isTargeted: Bool
  let rule: Rule
  let ball: Ball
  let stepSize: Float
  let iterations: Int
  /// How far, in logits, another class must be ahead for an image to count as misclassified.
  let margin: Float
  let score: any DifferentiableScore

  func perturb(_ batch: AttackBatch) throws {
    let memory = try batch.kept("score") { try ScoreMemory(score, capacity: batch.capacity) }
    let members = Array(0..<batch.count)
    let size = batch.size
    var best = members.map { _ in Kept() }
    let kept = Scratch<Float>(batch.count * size)
    let (loss, evasion) = (Scratch<Float>(batch.count * size), Scratch<Float>(batch.count * size))
    for step in 0...iterations {
      let logits = try batch.logits(of: members)
      let leads = members.map { -answer(logits + $0 * batch.classes, of: $0, in: batch).value }
      let isAhead = leads.map { $0 >= margin }
      // The last iterate is judged, and not moved.
      let isLast = step == iterations
      let wanted = rule == .selective || isLast ? members.filter { isAhead[$0] } : members
      if !isLast && (rule != .selective || wanted.count < members.count) {
        let gradient = try batch.inputGradient(from: logits, rows: members.count) {
          row, logits, gradient in
          let answer = answer(logits, of: row, in: batch)
          gradient.update(repeating: 0, count: batch.classes)
          gradient[answer.wanted] = -1
          gradient[answer.unwanted] = 1
        }
        loss.base.update(from: gradient, count: batch.count * size)
      }
      let scores = try scores(
        of: wanted, step: step, memory.worker, batch, gradients: isLast ? nil : evasion.base)
      for member in members {
        let candidate = Kept(
          isAhead: isAhead[member], margin: leads[member], score: scores[member], step: step)
        guard candidate.isBetter(than: best[member]) else { continue }
        best[member].take(candidate)
        (kept.base + member * size).update(from: batch.adversarial + member * size, count: size)
      }
      guard !isLast else { break }
      for member in members {
        let hasMoved = move(
          member, of: batch, isAhead: isAhead[member], loss: loss.base + member * size,
          evasion: evasion.base + member * size)
        if !hasMoved { best[member].zeroGradients += 1 }
        batch.iterations[member] = step + 1
      }
    }
    for member in members {
      (batch.adversarial + member * size).update(from: kept.base + member * size, count: size)
      best[member].note(of: member, in: batch)
    }
  }

  /// The scores of some members, by the draws of a step, and their gradients at the members' places.
  private func scores(
    of members: [Int], step: Int, _ worker: any DifferentiableScoreWorker, _ batch: AttackBatch,
    gradients: UnsafeMutablePointer<Float>?
  ) throws -> [Double?] {
    var scores = [Double?](repeating: nil, count: batch.count)
    guard !members.isEmpty else { return scores }
    try batch.checkCancelled()
    let size = batch.size
    let (images, found) = (
      Scratch<Float>(members.count * size), Scratch<Float>(members.count * size)
    )
    for (row, member) in members.enumerated() {
      (images.base + row * size).update(from: batch.adversarial + member * size, count: size)
    }
    let values = try worker.score(
      images.base, indices: members.map { batch.images[$0] },
      draw: batch.firstDraw(step: step, of: worker.draws),
      gradient: gradients == nil ? nil : found.base)
    for (row, member) in members.enumerated() {
      scores[member] = values[row]
      batch.note(score: values[row], of: member)
      if let gradients {
        (gradients + member * size).update(from: found.base + row * size, count: size)
      }
    }
    return scores
  }

  /// Moves one member by the rule.
  ///
  /// - Returns: Whether there was a direction to move in.
  private func move(
    _ member: Int, of batch: AttackBatch, isAhead: Bool, loss: UnsafeMutablePointer<Float>,
    evasion: UnsafeMutablePointer<Float>
  ) -> Bool {
    let size = batch.size
    let (chosen, other) = isAhead ? (evasion, loss) : (loss, evasion)
    switch rule {
    case .selective: break
    case .orthogonal: subtractProjection(of: chosen, on: other, count: size)
    case .lagrangian(let weight):
      for pixel in 0..<size { chosen[pixel] = loss[pixel] + Float(weight) * evasion[pixel] }
    }
    guard (0..<size).contains(where: { chosen[$0] != 0 }) else { return false }
    ball.move(
      batch.adversarial + member * size, along: chosen, by: -stepSize,
      around: batch.clean + member * size, count: size)
    return true
  }

  private func subtractProjection(
    of chosen: UnsafeMutablePointer<Float>, on other: UnsafePointer<Float>, count: Int
  ) {
    var (product, square) = (0.0, 0.0)
    for pixel in 0..<count {
      product += Double(chosen[pixel]) * Double(other[pixel])
      square += Double(other[pixel]) * Double(other[pixel])
    }
    guard square > 0 else { return }
    let factor = Float(product / square)
    for pixel in 0..<count { chosen[pixel] -= factor * other[pixel] }
  }

  private func answer(
    _ logits: UnsafePointer<Float>, of member: Int, in batch: AttackBatch
  ) -> AnswerMargin {
    batch.margin(of: member, logits: logits, goal: isTargeted ? .targeted : .untargeted)
  }

  /// What is known of the iterate that is kept.
  private struct Kept {
    var isAhead = false
    var margin = -Float.infinity
    var score: Double?
    var step = 0
    /// How many steps found no direction to go in.
    var zeroGradients = 0

    func isBetter(than other: Kept) -> Bool {
      guard isAhead, let score else { return !other.isAhead && margin > other.margin }
      return !other.isAhead || score < other.score ?? .infinity
    }

    mutating func take(_ other: Kept) {
      (isAhead, margin, score, step) = (other.isAhead, other.margin, other.score, other.step)
    }

    func note(of member: Int, in batch: AttackBatch) {
      batch.record("margin", Double(margin), of: member)
      batch.record("kept_step", Double(step), of: member)
      batch.record("zero_gradients", Double(zeroGradients), of: member)
      if let score { batch.record("score", score, of: member) }
    }
  }
}

extension ScoreDescent {
  private static let source =
    "Bryniarski and others: Evading Adversarial Example Detection Defenses with Orthogonal Projected "
    + "Gradient Descent (2022)"

  static let selective = kind(
    "selective", title: "Selective projected gradient descent",
    summary: "steps against the classifier until it errs, then the detector"
  ) { _ in .selective }

  static let orthogonal = kind(
    "orthogonal", title: "Orthogonal projected gradient descent",
    summary: "the same, each step at right angles to what the other one lowers"
  ) { _ in .orthogonal }

  static let lagrangian = kind(
    "lagrangian", title: "Lagrangian projected gradient descent",
    summary: "steps against the classifier's loss and the detector's score",
    extra: [
      AttackParameter(
        name: "weight", domain: .number(0...1e6), defaultValue: .number(1),
        summary: "the factor of the detector's score")
    ]
  ) { .lagrangian(weight: $0.number("weight")) }

  private static func kind(
    _ name: String, title: String, summary: String, extra: [AttackParameter] = [],
    rule: @escaping @Sendable ([String: AttackValue]) -> Rule
  ) -> AttackKind {
    AttackKind(
      name: name, title: title, summary: summary, source: source,
      threat: ThreatModel(
        norm: .linf, budget: "epsilon", goal: .either, knowledge: .whiteBox, isIterative: true),
      batch: 25, chunk: 50,
      parameters: AdaptiveSteps.parameters(iterations: 100, step: "a tenth of epsilon") + [
        AttackParameter(
          name: "goal", domain: .word(["untargeted", "targeted"]),
          defaultValue: .word("untargeted"), summary: "any other class, or one that is drawn"),
        AttackParameter(
          name: "margin", domain: .number(0...1000), defaultValue: .number(0.05),
          summary: "how far, in logits, another class must be ahead"),
        scoreDraws,
      ] + extra
    ) { values, defence in
      ScoreDescent(
        name: name, isTargeted: values["goal"] == .word("targeted"), rule: rule(values),
        ball: Ball(values), stepSize: AdaptiveSteps.length(values) { epsilon, _ in epsilon / 10 },
        iterations: Int(values.number("iterations")), margin: Float(values.number("margin")),
        score: defence.score)
    }
  }

  /// How many draws a detector's score averages over at each step.
  static let scoreDraws = AttackParameter(
    name: "score_draws", domain: .integer(2...1000), defaultValue: .number(20),
    summary: "draws of dropout that the detector's score averages over at each step")
}
