internal import Classifier

/// What an attack that looks for the nearest image has to bring to zero.
protocol MisleadingObjective {
  /// Judges some images of the batch as they stand.
  ///
  /// - Parameter members: Positions in the batch.
  /// - Returns: One verdict a member, and the gradients of the losses with respect to the images,
  ///   [members, size], valid until the next call.
  /// - Throws: What the classifier throws.
  func judge(
    _ members: [Int]
  ) throws -> (verdicts: [MisleadingVerdict], gradients: UnsafePointer<Float>)
}

/// What an objective says of one image.
struct MisleadingVerdict {
  /// How much is missing, at least 0.
  let loss: Double
  /// Whether the image counts as adversarial.
  let isMisleading: Bool
}

/// Carlini and Wagner's f₆: the unwanted logit may not come closer than `confidence` to the wanted
/// one.
struct MarginObjective: MisleadingObjective {
  let batch: AttackBatch
  let goal: AttackGoal
  /// By how much the wanted logit must lead.
  let confidence: Float

  func judge(
    _ members: [Int]
  ) throws -> (verdicts: [MisleadingVerdict], gradients: UnsafePointer<Float>) {
    let logits = try batch.logits(of: members)
    let verdicts = members.enumerated().map { row, member in
      let margin = batch.margin(of: member, logits: logits + row * batch.classes, goal: goal)
      return MisleadingVerdict(
        loss: Double(margin.loss(confidence: confidence)),
        isMisleading: margin.isMet(confidence: confidence))
    }
    let gradients = try batch.inputGradient(from: logits, rows: members.count) {
      row, logits, gradient in
      batch.margin(of: members[row], logits: logits, goal: goal)
        .writeLossGradient(to: gradient, classes: batch.classes, confidence: confidence)
    }
    return (verdicts, gradients)
  }
}

extension AttackBatch {
  /// How far an image is from the answer that is wanted of it.
  func margin(
    of member: Int, logits: UnsafePointer<Float>, goal: AttackGoal
  ) -> AnswerMargin {
    AnswerMargin(
      logits: logits, classes: classes, goal: goal, label: labels[member],
      target: targets[member], outlierClass: outlierClass)
  }
}

extension AnswerMargin {
  /// Writes the gradient of the loss with respect to the logits.
  func writeLossGradient(
    to gradient: UnsafeMutablePointer<Float>, classes: Int, confidence: Float
  ) {
    gradient.update(repeating: 0, count: classes)
    guard loss(confidence: confidence) > 0 else { return }
    gradient[unwanted] = 1
    gradient[wanted] = -1
  }
}
