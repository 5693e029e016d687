internal import Classifier
internal import Tensor

/// Random noise that uses up the budget; of several draws, the one that misleads the network most is
/// kept.
///
/// What another attack is worth beyond it is due to what that knows.
public struct RandomNoise: Attack {
  /// The norm of the change, before clipping.
  package let norm: Ball.Norm
  /// Its length.
  public let epsilon: Float
  /// The number of draws.
  public let samples: Int

  /// Creates the attack.
  package init(norm: Ball.Norm, epsilon: Float, samples: Int) {
    self.norm = norm
    self.epsilon = epsilon
    self.samples = samples
  }

  /// "noise".
  public var name: String { "noise" }

  /// Keeps the draw after which the best wrong class is furthest ahead of the true class, or of the
  /// outlier class where that leads it.
  public func perturb(_ batch: AttackBatch) throws {
    let members = Array(0..<batch.count)
    let best = Scratch<Float>(batch.count * batch.size)
    var leads = [Float](repeating: -.infinity, count: batch.count)
    var misled = [Int](repeating: 0, count: batch.count)
    for sample in 0..<samples {
      for member in members { move(member, of: batch, sample: sample) }
      let logits = try batch.logits(of: members)
      let answers = predictions(logits, rows: members.count, classes: batch.classes)
      for member in members {
        if batch.isMisled(member, answer: answers[member]) { misled[member] += 1 }
        let lead = -batch.margin(
          of: member, logits: logits + member * batch.classes, goal: .untargeted
        ).value
        guard sample == 0 || lead > leads[member] else { continue }
        leads[member] = lead
        (best.base + member * batch.size).update(
          from: batch.adversarial + member * batch.size, count: batch.size)
        batch.record("sample", Double(sample), of: member)
      }
    }
    batch.adversarial.update(from: best.base, count: batch.count * batch.size)
    for member in members {
      batch.iterations[member] = samples
      batch.record("misled_draws", Double(misled[member]), of: member)
    }
  }

  private func move(_ member: Int, of batch: AttackBatch, sample: Int) {
    let stream = RandomStream(seed: batch.seed, stream: RandomPurpose.attackNoise << 8)
    let (image, pass) = (UInt32(batch.images[member]), UInt32(sample))
    let (clean, moved) = (
      batch.clean + member * batch.size, batch.adversarial + member * batch.size
    )
    switch norm {
    case .linf:
      for first in stride(from: 0, to: batch.size, by: 128) {
        let words = stream.words(image: image, pass: pass, block: UInt32(first / 128))
        for bit in 0..<min(128, batch.size - first) {
          let isUp = words[bit / 32] >> UInt32(bit % 32) & 1 == 1
          moved[first + bit] = clean[first + bit] + (isUp ? epsilon : -epsilon)
        }
      }
    case .l2:
      stream.fillNormal(moved, count: batch.size, image: image, pass: pass)
      norm.normalise(moved, count: batch.size)
      for place in 0..<batch.size { moved[place] = clean[place] + epsilon * moved[place] }
    }
    for place in 0..<batch.size { moved[place] = min(max(moved[place], 0), 1) }
  }
}

extension RandomNoise {
  static let kind = AttackKind(
    name: "noise", title: "Random noise",
    summary: "Random noise as large as epsilon allows, the worst of several draws",
    source: "",
    threat: ThreatModel(norm: .linf, budget: "epsilon", knowledge: .none, isIterative: false),
    chunk: 100,
    parameters: [
      Ball.Norm.epsilon,
      Ball.Norm.parameter,
      AttackParameter(
        name: "samples", domain: .integer(1...1_000_000), defaultValue: .number(10),
        summary: "the number of draws, of which the worst is kept"),
    ]
  ) { values in
    RandomNoise(
      norm: Ball.Norm(values), epsilon: Float(values.number("epsilon")),
      samples: Int(values.number("samples")))
  }
}
