/// The Basic Iterative Method: small steps of the gradient's sign, kept within epsilon of the clean
/// image.
///
/// Kurakin, Goodfellow, Bengio: Adversarial Examples in the Physical World (2016).
public struct BIM: Attack {
  /// Which iterate to keep, A or B (the names are those of Feinman and others, 2017).
  public enum Form: String, Sendable, CaseIterable {
    /// The first one that the network misclassifies; the last one if it classifies all of them
    /// correctly.
    case firstMisclassified = "a"
    /// The last one.
    case last = "b"
  }

  /// The largest change of a pixel, in units of the pixel range 0...1.
  public let epsilon: Float
  /// The change of a pixel in one step.
  public let stepSize: Float
  /// The largest number of steps.
  public let iterations: Int
  /// Which iterate to keep.
  public let form: Form

  /// Creates the attack.
  public init(epsilon: Float, stepSize: Float, iterations: Int, form: Form) {
    self.epsilon = epsilon
    self.stepSize = stepSize
    self.iterations = iterations
    self.form = form
  }

  /// "bim-a" or "bim-b".
  public var name: String { "bim-\(form.rawValue)" }

  /// Moves the images step by step; in form A an image leaves the batch once it is misclassified.
  public func perturb(_ batch: AttackBatch) throws {
    var members = Array(0..<batch.count)
    var isLeft = [Bool](repeating: false, count: batch.count)
    for step in 1...max(1, iterations) {
      let logits = try batch.logits(of: members)
      if form == .firstMisclassified && step > 1 {
        let classes = predictions(logits, rows: members.count, classes: batch.classes)
        for (member, answer) in zip(members, classes)
        where batch.isMisled(member, answer: answer) {
          isLeft[member] = true
        }
        if members.allSatisfy({ isLeft[$0] }) { return }
      }
      let gradient = try batch.crossEntropyGradient(of: members, logits: logits)
      for (row, member) in members.enumerated() where !isLeft[member] {
        move(
          batch.adversarial + member * batch.size, along: gradient + row * batch.size,
          around: batch.clean + member * batch.size, count: batch.size)
        batch.iterations[member] = step
      }
      members.removeAll { isLeft[$0] }
    }
  }

  /// One step of one image, projected back to the ball around its clean image and to 0...1.
  private func move(
    _ image: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>,
    around clean: UnsafePointer<Float>, count: Int
  ) {
    for pixel in 0..<count {
      let moved = image[pixel] + stepSize * sign(gradient[pixel])
      let lowest = max(0, clean[pixel] - epsilon)
      let highest = min(1, clean[pixel] + epsilon)
      image[pixel] = min(max(moved, lowest), highest)
    }
  }
}

extension BIM {
  static func kind(_ form: Form) -> AttackKind {
    AttackKind(
      name: "bim-\(form.rawValue)", title: "Basic Iterative Method",
      summary: form == .last
        ? "Basic Iterative Method, the last iterate"
        : "Basic Iterative Method, the first misclassified iterate",
      source: "Kurakin, Goodfellow, Bengio: Adversarial Examples in the Physical World (2016)",
      threat: ThreatModel(norm: .linf, budget: "epsilon", isIterative: true),
      parameters: [
        .epsilon(0.3),
        AttackParameter(
          name: "step_size", domain: .number(0...1), defaultValue: .number(0.01),
          summary: "the change of a pixel in one step", unit: "of the pixel range"),
        AttackParameter(
          name: "iterations", domain: .integer(1...10_000), defaultValue: .number(50),
          summary: "the largest number of steps"),
      ]
    ) { values in
      BIM(
        epsilon: Float(values.number("epsilon")), stepSize: Float(values.number("step_size")),
        iterations: Int(values.number("iterations")), form: form)
    }
  }
}
