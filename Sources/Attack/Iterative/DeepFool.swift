internal import Classifier
internal import Tensor

/// DeepFool for the Euclidean norm: goes to the nearest boundary of the network's linear approximation,
/// again and again, until the image is misclassified.
///
/// Moosavi-Dezfooli, Fawzi, Frossard: DeepFool: a Simple and Accurate Method to Fool Deep Neural
/// Networks (2016). Each iterate is clipped to 0...1, so that the network sees what will be kept. A
/// step goes 1e-4 further than to the boundary, as in the authors' code.
package struct DeepFool: Attack {
  /// The largest number of steps.
  package let iterations: Int
  /// How far the kept change goes beyond the boundary, as a share of the way there.
  package let overshoot: Float
  /// The number of the likeliest classes between which the boundaries lie, the true one included.
  package let candidates: Int

  /// What is added to the length of a step, so that it crosses the boundary.
  private static let crossing = 1e-4
  /// Keeps a division by the length of a gradient finite.
  private static let tiny = 1e-8

  /// Creates the attack.
  package init(iterations: Int, overshoot: Float, candidates: Int) {
    self.iterations = iterations
    self.overshoot = overshoot
    self.candidates = candidates
  }

  /// "deepfool".
  package var name: String { "deepfool" }

  /// Moves the images until they are misled; those that are from the start stay as they are.
  package func perturb(_ batch: AttackBatch) throws {
    let loss = LogitLoss(.logitsRatio, of: batch)
    let changes = Scratch<Float>(batch.count * batch.size)
    changes.base.update(repeating: 0, count: batch.count * batch.size)
    let nearest = Scratch<Float>(batch.count * batch.size)
    var rivals: [[Int]] = []
    var members = Array(0..<batch.count)
    for step in 0..<iterations {
      let logits = try batch.logits(of: members)
      if step == 0 {
        rivals = loss.wrongClasses(of: members, in: batch, logits: logits)
          .map { Array($0.prefix(candidates - 1)) }
      }
      let answers = predictions(logits, rows: members.count, classes: batch.classes)
      let moving = zip(members, answers).map { !batch.isMisled($0, answer: $1) }
      guard moving.contains(true) else { return }
      let distances = try findNearest(
        members, of: batch, logits: logits, rivals: rivals, loss: loss, into: nearest)
      for (row, member) in members.enumerated() where moving[row] {
        move(member, of: batch, changes: changes, along: nearest, distance: distances[row])
      }
      members = zip(members, moving).filter { $1 }.map { $0.0 }
    }
  }

  /// Finds for each image the nearest of the linear boundaries to its rivals, and how far it is.
  ///
  /// The gradient of that rival's lead goes into `nearest`, [batch, size].
  private func findNearest(
    _ members: [Int], of batch: AttackBatch, logits: UnsafePointer<Float>, rivals: [[Int]],
    loss: LogitLoss, into nearest: Scratch<Float>
  ) throws -> [Double] {
    let (size, classes) = (batch.size, batch.classes)
    let values = Array(UnsafeBufferPointer(start: logits, count: members.count * classes))
    var distances = [Double](repeating: .infinity, count: members.count)
    for place in 0..<(rivals.map(\.count).max() ?? 0) {
      let gradients = try batch.inputGradient(from: logits, rows: members.count) {
        row, logits, gradient in
        let member = members[row]
        loss.writeLeadGradient(
          of: rivals[member][place], logits, label: batch.labels[member], to: gradient)
      }
      for (row, member) in members.enumerated() {
        let lead = values.withUnsafeBufferPointer { values -> Double in
          guard let base = values.baseAddress else { return .nan }
          return loss.lead(
            of: rivals[member][place], base + row * classes, label: batch.labels[member])
        }
        let gradient = gradients + row * size
        let distance = abs(lead) / (euclideanLength(gradient, count: size) + Self.tiny)
        guard distance < distances[row] else { continue }
        distances[row] = distance
        (nearest.base + member * size).update(from: gradient, count: size)
      }
    }
    return distances
  }

  /// Adds one step to an image's change.
  private func move(
    _ member: Int, of batch: AttackBatch, changes: Scratch<Float>, along nearest: Scratch<Float>,
    distance: Double
  ) {
    guard distance.isFinite else { return }
    let (first, size) = (member * batch.size, batch.size)
    let gradient = nearest.base + first
    let factor = Float(
      (distance + Self.crossing) / (euclideanLength(gradient, count: size) + Self.tiny))
    for index in 0..<size {
      changes.base[first + index] += factor * gradient[index]
      let moved = batch.clean[first + index] + (1 + overshoot) * changes.base[first + index]
      batch.adversarial[first + index] = min(max(moved, 0), 1)
    }
    batch.iterations[member] += 1
  }
}

extension DeepFool {
  static let kind = AttackKind(
    name: "deepfool", title: "DeepFool, L2",
    summary: "DeepFool: the shortest way to the boundary by linear steps, L2",
    source: "Moosavi-Dezfooli, Fawzi, Frossard: DeepFool: a Simple and Accurate Method to Fool "
      + "Deep Neural Networks (2016)",
    threat: ThreatModel(norm: .l2, budget: nil, isIterative: true), chunk: 200,
    parameters: [
      AttackParameter(
        name: "iterations", domain: .integer(1...10_000), defaultValue: .number(50),
        summary: "the largest number of steps"),
      AttackParameter(
        name: "overshoot", domain: .number(0...1), defaultValue: .number(0.02),
        summary: "how far the change goes beyond the boundary, as a share of the way there"),
      AttackParameter(
        name: "candidates", domain: .integer(2...1_000), defaultValue: .number(10),
        summary: "the number of likeliest classes between which boundaries are sought"),
    ]
  ) { values in
    DeepFool(
      iterations: Int(values.number("iterations")), overshoot: Float(values.number("overshoot")),
      candidates: Int(values.number("candidates")))
  }
}
