internal import Classifier

/// The Jacobian-based Saliency Map Attack: two pixels at a time are moved by theta until the
/// network takes the image for its target class.
///
/// Papernot et al.: The Limitations of Deep Learning in Adversarial Settings (2016), with pairs of
/// pixels and the search domain as in their published experiments.
public struct JSMA: Attack {
  /// The outputs whose Jacobian makes the saliency map.
  public enum Jacobian: String, Sendable, CaseIterable {
    /// Of the softmax probabilities.
    case softmax
    /// Of the logits.
    case logits
  }

  /// The change of a pixel, in units of the pixel range 0...1; negative darkens.
  public let theta: Float
  /// The largest fraction of pixels that may be changed, above 0 and at most 1.
  public let gamma: Double
  /// The outputs whose Jacobian makes the saliency map.
  public let jacobian: Jacobian

  /// Creates the attack.
  public init(theta: Float, gamma: Double, jacobian: Jacobian = .softmax) {
    self.theta = theta
    self.gamma = gamma
    self.jacobian = jacobian
  }

  /// "jsma".
  public var name: String { "jsma" }
  /// JSMA aims at a target class.
  public var isTargeted: Bool { true }

  /// The number of pairs that may be moved in an image of `size` pixels: 39 of 784 at gamma = 0.1.
  public func iterations(size: Int) -> Int { Int(gamma * Double(size) / 2) }

  /// Moves pairs of pixels; an image leaves the batch when its target is reached, no pair is left
  /// that would bring it closer, or its budget is spent.
  public func perturb(_ batch: AttackBatch) throws {
    var domains = (0..<batch.count).map { member in
      SearchDomain(batch.adversarial + member * batch.size, count: batch.size, theta: theta)
    }
    var members = Array(0..<batch.count)
    for _ in 0..<iterations(size: batch.size) {
      let logits = try batch.logits(of: members)
      let classes = predictions(logits, rows: members.count, classes: batch.classes)
      let isReached = zip(members, classes).map { batch.targets[$0] == $1 }
      if isReached.allSatisfy({ $0 }) { return }
      let pairs = try mostSalientPairs(members, of: batch, logits: logits, domains: domains)
      var moved: [Int] = []
      for (row, member) in members.enumerated() {
        guard !isReached[row], let pair = pairs[row] else { continue }
        for pixel in [pair.first, pair.second] {
          let index = member * batch.size + pixel
          batch.adversarial[index] = min(max(batch.adversarial[index] + theta, 0), 1)
          domains[member].remove(pixel, ifSaturated: batch.adversarial[index], theta: theta)
        }
        batch.iterations[member] += 1
        moved.append(member)
      }
      members = moved
      if members.isEmpty { return }
    }
  }

  /// The best pair of each member of the last forward pass, nil where none helps.
  private func mostSalientPairs(
    _ members: [Int], of batch: AttackBatch, logits: UnsafePointer<Float>, domains: [SearchDomain]
  ) throws -> [PixelPair?] {
    switch jacobian {
    case .softmax:
      // The probabilities sum to one, so their gradients sum to zero: the others' is minus the
      // target's. The gradient of ln p points the same way as that of p and does not vanish with
      // it.
      let gradient = try batch.inputGradient(from: logits, rows: members.count) {
        row, logits, gradient in
        softmax(logits, into: gradient, count: batch.classes)
        for index in 0..<batch.classes { gradient[index] = -gradient[index] }
        gradient[batch.targets[members[row]]] += 1
      }
      return members.enumerated().map { row, member in
        SaliencyMap.bestPair(
          targetGradient: gradient + row * batch.size, domain: domains[member], theta: theta)
      }
    case .logits:
      let count = members.count * batch.size
      let ofTarget = try batch.inputGradient(from: logits, rows: members.count) {
        row, _, gradient in
        gradient.update(repeating: 0, count: batch.classes)
        gradient[batch.targets[members[row]]] = 1
      }
      let targetGradient = Array(UnsafeBufferPointer(start: ofTarget, count: count))
      let otherGradient = try batch.inputGradient(from: logits, rows: members.count) {
        row, _, gradient in
        gradient.update(repeating: 1, count: batch.classes)
        gradient[batch.targets[members[row]]] = 0
      }
      return targetGradient.withUnsafeBufferPointer { targetGradient in
        guard let target = targetGradient.baseAddress else { return [] }
        return members.enumerated().map { row, member in
          SaliencyMap.bestPair(
            targetGradient: target + row * batch.size,
            otherGradient: otherGradient + row * batch.size, domain: domains[member], theta: theta)
        }
      }
    }
  }
}

extension JSMA {
  static let kind = AttackKind(
    name: "jsma", title: "Jacobian-based Saliency Map Attack",
    summary: "Jacobian-based Saliency Map Attack on pairs of pixels, targeted",
    source: "Papernot and others: The Limitations of Deep Learning in Adversarial Settings (2016)",
    threat: ThreatModel(norm: .l0, budget: "gamma", goal: .targeted, isIterative: true),
    parameters: [
      AttackParameter(
        name: "theta", domain: .number(-1...1), defaultValue: .number(1),
        summary: "the change of a pixel; negative darkens", unit: "of the pixel range"),
      AttackParameter(
        name: "gamma", domain: .number(0...1), defaultValue: .number(0.1),
        summary: "the largest fraction of changed pixels"),
      AttackParameter(
        name: "jacobian", domain: .word(Jacobian.allCases.map(\.rawValue)),
        defaultValue: .word(Jacobian.softmax.rawValue),
        summary: "the outputs whose Jacobian makes the saliency map"),
    ]
  ) { values in
    JSMA(
      theta: Float(values.number("theta")), gamma: values.number("gamma"),
      jacobian: values["jacobian"] == .word(Jacobian.logits.rawValue) ? .logits : .softmax)
  }
}
