internal import Classifier
internal import Tensor

/// Steps that bring an image's logits to those of a clean image of another class.
///
/// Tramèr, Carlini, Brendel, Mądry: On Adaptive Attacks to Adversarial Example Defenses (2020), as their
/// code attacks a detector that compares logits. Whatever a detector reads off the logits, it then reads
/// of a clean image. With `draws`, the logits of each draw are brought to the clean image's mean ones,
/// so that they differ as little as they can.
struct LogitMatching: Attack {
  let name = "logit-matching"
  let ball: Ball
  let stepSize: Float
  let iterations: Int
  let cleanImages: LabeledImages

  func perturb(_ batch: AttackBatch) throws {
    let members = Array(0..<batch.count)
    let classes = batch.classes
    let models = try models(of: batch)
    func gap(_ logits: UnsafePointer<Float>, _ row: Int) -> Double {
      (0..<classes).reduce(0) {
        let difference = Double(logits[$1]) - Double(models[row * classes + $1])
        return $0 + difference * difference
      }
    }
    for step in 0..<iterations {
      let logits = try batch.logits(of: members)
      for member in members {
        let loss = gap(logits + member * classes, member)
        if step == 0 { batch.record("loss_first", loss, of: member) }
        batch.record("loss_last", loss, of: member)
      }
      let gradient = try batch.inputGradient(from: logits, rows: members.count) {
        row, logits, gradient in
        for label in 0..<classes {
          gradient[label] = 2 * (logits[label] - models[row * classes + label])
        }
      }
      for member in members {
        ball.move(
          batch.adversarial + member * batch.size, along: gradient + member * batch.size,
          by: -stepSize, around: batch.clean + member * batch.size, count: batch.size)
        batch.iterations[member] = step + 1
      }
    }
  }

  /// The logits of a clean image of another class for each member, [members, classes].
  private func models(of batch: AttackBatch) throws -> [Float] {
    let size = batch.size
    for member in 0..<batch.count {
      let model = cleanImage(
        for: batch.images[member], label: batch.labels[member], seed: batch.seed)
      cleanImages.copyPixels(of: model, into: batch.adversarial + member * size)
    }
    let logits = try batch.logits(of: Array(0..<batch.count))
    let found = Array(UnsafeBufferPointer(start: logits, count: batch.count * batch.classes))
    batch.adversarial.update(from: batch.clean, count: batch.count * size)
    return found
  }

  /// A clean image whose class is not `label`, drawn by the seed and the attacked image.
  private func cleanImage(for image: Int, label: Int, seed: UInt64) -> Int {
    let stream = RandomStream(seed: seed, stream: RandomPurpose.attackTargets << 8 | 1)
    for attempt in 0..<1000 {
      let drawn = stream.integer(
        below: cleanImages.count, image: UInt32(image), pass: UInt32(attempt))
      if Int(cleanImages.labels[drawn]) != label { return drawn }
    }
    return 0
  }
}

extension LogitMatching {
  static let kind = AttackKind(
    name: "logit-matching", title: "Logit matching",
    summary: "gives an image the logits of a clean image of another class",
    source: "Tramèr, Carlini, Brendel, Mądry: On Adaptive Attacks to Adversarial Example Defenses "
      + "(2020)",
    threat: ThreatModel(
      norm: .linf, budget: "epsilon", goal: .untargeted, knowledge: .whiteBox, isIterative: true),
    batch: 25, chunk: 100,
    parameters: AdaptiveSteps.parameters(
      iterations: 100, step: "2.5 times epsilon over the number of steps")
  ) { values, defence in
    LogitMatching(
      ball: Ball(values), stepSize: AdaptiveSteps.length(values) { 2.5 * $0 / $1 },
      iterations: Int(values.number("iterations")), cleanImages: defence.cleanImages)
  }
}
