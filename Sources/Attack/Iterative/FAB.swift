internal import Classifier
internal import Tensor

/// The Fast Adaptive Boundary attack, towards one wrong class after the other: looks for the smallest
/// change by steps to the boundary's linear approximation that keep leaning to the clean image.
///
/// Croce, Hein: Minimally Distorted Adversarial Examples with a Fast Adaptive Boundary Attack (2020), in
/// the targeted form and by the constants of AutoAttack. AutoAttack ends once a change is below its
/// epsilon; here, all targets are tried from each start, and the smallest change is kept. The first
/// start is the clean image. The others are random, at half of the smallest change so far; the authors
/// take half of their epsilon, which bounds that change.
package struct FAB: Attack {
  /// The norm of the change.
  package let norm: Ball.Norm
  /// The number of steps to each target.
  package let iterations: Int
  /// The number of wrong classes to try.
  package let targets: Int
  /// The number of starts, for all targets each.
  package let restarts: Int
  /// The largest weight of the step from the clean image against the one from the iterate.
  package let largestBias: Double
  /// How far a step goes, as a multiple of the way to the boundary.
  package let overshoot: Double
  /// The share of the change that is left when an iterate is misclassified.
  package let backwardStep: Float

  /// Creates the attack.
  package init(
    norm: Ball.Norm, iterations: Int, targets: Int = 9, restarts: Int = 1,
    largestBias: Double = 0.1, overshoot: Double = 1.05, backwardStep: Float = 0.9
  ) {
    self.norm = norm
    self.iterations = iterations
    self.targets = targets
    self.restarts = restarts
    self.largestBias = largestBias
    self.overshoot = overshoot
    self.backwardStep = backwardStep
  }

  /// "fab-t".
  package var name: String { "fab-t" }

  /// Moves the images; those that are misclassified from the start stay as they are, as do those for
  /// which nothing is found.
  package func perturb(_ batch: AttackBatch) throws {
    let loss = LogitLoss(.logitsRatio, of: batch)
    let all = Array(0..<batch.count)
    let logits = try batch.logits(of: all)
    let answers = predictions(logits, rows: batch.count, classes: batch.classes)
    let aims = loss.wrongClasses(of: all, in: batch, logits: logits)
    let attacked = all.filter { !batch.isMisled($0, answer: answers[$0]) }
    let best = BestImages(batch)
    for restart in 0..<restarts {
      // Of an image that is not misled yet, the last iterate says how far away the boundary may be. At
      // first that is the clean image.
      let reaches = all.map { best.isMisled($0) ? -best.merit(of: $0) : distance($0, of: batch) }
      for aim in 0..<targets {
        let members = attacked.filter { aims[$0].count > aim }
        guard !members.isEmpty else { break }
        for member in members {
          begin(member, of: batch, start: restart * targets + aim, radius: reaches[member] / 2)
        }
        try run(
          members, of: batch, to: members.map { aims[$0][aim] }, start: restart, loss: loss,
          best: best)
      }
    }
    best.writeBack()
  }

  /// Puts a member to the clean image, or to a random one at a distance of it.
  private func begin(_ member: Int, of batch: AttackBatch, start: Int, radius: Double) {
    let (image, clean) = (
      batch.adversarial + member * batch.size, batch.clean + member * batch.size
    )
    guard radius > 0 else { return image.update(from: clean, count: batch.size) }
    Ball(norm, radius: Float(radius)).draw(
      image, around: clean, count: batch.size, place: .surface,
      from: RandomStream(seed: batch.seed, stream: RandomPurpose.attackStart << 8 | 2),
      image: batch.images[member], draw: start)
  }

  /// Goes to one wrong class of each image from where it stands.
  private func run(
    _ members: [Int], of batch: AttackBatch, to targets: [Int], start: Int, loss: LogitLoss,
    best: BestImages
  ) throws {
    let changes = (Scratch<Float>(batch.size), Scratch<Float>(batch.size))
    for _ in 0..<iterations {
      var logits = try batch.logits(of: members)
      let leads = members.enumerated().map { row, member in
        loss.lead(
          of: targets[row], logits + row * batch.classes, label: batch.labels[member])
      }
      let gradients = try batch.inputGradient(from: logits, rows: members.count) {
        row, logits, gradient in
        loss.writeLeadGradient(
          of: targets[row], logits, label: batch.labels[members[row]], to: gradient)
      }
      for (row, member) in members.enumerated() {
        move(
          member, of: batch, lead: leads[row], gradient: gradients + row * batch.size,
          changes: changes)
        batch.iterations[member] += 1
      }
      logits = try batch.logits(of: members)
      let answers = predictions(logits, rows: members.count, classes: batch.classes)
      for (row, member) in members.enumerated()
      where batch.isMisled(member, answer: answers[row]) {
        let distance = distance(member, of: batch)
        if best.offer(member, merit: -distance, isMisled: true) {
          batch.record("target", Double(targets[row]), of: member)
          batch.record("start", Double(start + 1), of: member)
        }
        retreat(member, of: batch)
      }
    }
  }

  /// One step of one image: beyond the boundary from the iterate and from the clean image, the nearer
  /// of which counts more.
  private func move(
    _ member: Int, of batch: AttackBatch, lead: Double, gradient: UnsafePointer<Float>,
    changes: (fromHere: Scratch<Float>, fromClean: Scratch<Float>)
  ) {
    let (first, size) = (member * batch.size, batch.size)
    let (image, clean) = (batch.adversarial + first, batch.clean + first)
    var moved = 0.0
    for index in 0..<size {
      moved += Double(gradient[index]) * (Double(image[index]) - Double(clean[index]))
    }
    Hyperplane.approach(
      from: image, weights: gradient, count: size, gap: -lead, norm: norm,
      into: changes.fromHere.base)
    Hyperplane.approach(
      from: clean, weights: gradient, count: size, gap: moved - lead, norm: norm,
      into: changes.fromClean.base)
    // Above zero, for the quotient.
    let here = max(1e-8, norm.length(changes.fromHere.base, count: size))
    let there = max(1e-8, norm.length(changes.fromClean.base, count: size))
    let bias = min(here / (here + there), largestBias)
    for index in 0..<size {
      let near = Double(image[index]) + overshoot * Double(changes.fromHere.base[index])
      let far = Double(clean[index]) + overshoot * Double(changes.fromClean.base[index])
      image[index] = min(max(Float(near * (1 - bias) + far * bias), 0), 1)
    }
  }

  private func distance(_ member: Int, of batch: AttackBatch) -> Double {
    let first = member * batch.size
    let change = Scratch<Float>(batch.size)
    for index in 0..<batch.size {
      change.base[index] = batch.adversarial[first + index] - batch.clean[first + index]
    }
    return norm.length(change.base, count: batch.size)
  }

  /// Brings a misclassified iterate nearer to the clean image.
  private func retreat(_ member: Int, of batch: AttackBatch) {
    for index in member * batch.size..<(member + 1) * batch.size {
      let clean = batch.clean[index]
      batch.adversarial[index] = clean + (batch.adversarial[index] - clean) * backwardStep
    }
  }
}

extension Ball.Norm {
  /// The length of a vector in this norm.
  package func length(_ vector: UnsafePointer<Float>, count: Int) -> Double {
    switch self {
    case .linf: (0..<count).reduce(0) { max($0, abs(Double(vector[$1]))) }
    case .l2: euclideanLength(vector, count: count)
    }
  }
}

extension FAB {
  static let kind = AttackKind(
    name: "fab-t", title: "Fast Adaptive Boundary attack",
    summary: "Fast Adaptive Boundary attack: the smallest change",
    source: "Croce, Hein: Minimally Distorted Adversarial Examples with a Fast Adaptive Boundary "
      + "Attack (2020)",
    threat: ThreatModel(norm: .linf, budget: nil, isIterative: true), chunk: 100,
    parameters: [
      Ball.Norm.parameter,
      .iterations(100, "the number of steps to each wrong class"),
      .targets,
      .restarts("the number of starts, the first at the clean image and the others at random"),
      AttackParameter(
        name: "alpha_max", domain: .number(0...1), defaultValue: .number(0.1),
        summary: "the largest weight of the step from the clean image"),
      AttackParameter(
        name: "eta", domain: .number(1...10), defaultValue: .number(1.05),
        summary: "how far a step goes, as a multiple of the way to the boundary"),
      AttackParameter(
        name: "beta", domain: .number(0...1), defaultValue: .number(0.9),
        summary: "the share of the change that is left when an iterate is misclassified"),
    ]
  ) { values in
    FAB(
      norm: Ball.Norm(values), iterations: Int(values.number("iterations")),
      targets: Int(values.number("targets")), restarts: Int(values.number("restarts")),
      largestBias: values.number("alpha_max"), overshoot: values.number("eta"),
      backwardStep: Float(values.number("beta")))
  }
}
