internal import Classifier

/// Carlini and Wagner's L2 attack on a detector that watches dropout: the nearest image that most of
/// some fixed dropout masks take for the target.
///
/// Carlini, Wagner: Adversarial Examples Are Not Easily Detected (2017), with the constants of the
/// authors' code. Where the masks agree, their spread is small, so the detector's measure is not in the
/// loss. The masks are none of those that a detector draws.
package struct CarliniWagnerMasks: Attack {
  /// What the classifier is to answer.
  package let goal: AttackGoal
  /// The target is the class so many after the true one; 0 draws it at random.
  package let targetOffset: Int
  /// How many masks there are.
  package let masks: Int
  /// By how much the wanted logit must lead under a mask.
  package let confidence: Float
  let settings: NearestImageSearch.Settings

  /// The settings of the authors' code.
  package static let usual = NearestImageSearch.Settings(
    searchSteps: 4, iterations: 1000, learningRate: 0.1, initialConstant: 1, abortsEarly: false)

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - goal: What the classifier is to answer.
  ///   - targetOffset: The target is the class so many after the true one; 0 draws it at random.
  ///   - masks: How many masks there are.
  ///   - confidence: By how much the wanted logit must lead under a mask, at least 0.
  ///   - settings: The settings of the search.
  package init(
    goal: AttackGoal = .targeted, targetOffset: Int = 0, masks: Int = 20, confidence: Float = 1,
    settings: NearestImageSearch.Settings = usual
  ) {
    self.goal = goal
    self.targetOffset = targetOffset
    self.masks = masks
    self.confidence = confidence
    self.settings = settings
  }

  /// "cw-l2-masks".
  package var name: String { "cw-l2-masks" }
  /// Whether the goal is a target.
  package var isTargeted: Bool { goal == .targeted }

  /// Moves each image to the nearest one that is found; one for which none is found stays as it is.
  ///
  /// Records "masks_misled", the share of the masks under which the answer of an image that was found
  /// is as wanted, and "fresh_masks_misled", the share of as many masks that the attack did not know.
  package func perturb(_ batch: AttackBatch) throws {
    let memory = try batch.kept("masks") {
      MaskMemory(
        try batch.classifier.makeDrawnPass(
          capacity: batch.capacity, draws: masks, seed: batch.seed,
          purpose: RandomPurpose.attackMasks))
    }
    let objective = MaskObjective(
      batch: batch, goal: goal, confidence: confidence, masks: masks, pass: memory.pass)
    let members = try objective.notYetMisleading(Array(0..<batch.count))
    let found = try NearestImageSearch(settings: settings, batch: batch)
      .run(members, objective: objective)
    for (name, firstMask) in [("masks_misled", 0), ("fresh_masks_misled", masks)] {
      let judgements = try objective.judgements(of: found, firstMask: firstMask, confidence: 0)
      for (member, judgement) in zip(found, judgements) {
        batch.record(name, Double(judgement.met) / Double(masks), of: member)
      }
    }
  }
}

/// A pass under masks, kept from batch to batch.
private final class MaskMemory {
  let pass: any ClassifierDrawnPass

  init(_ pass: any ClassifierDrawnPass) {
    self.pass = pass
  }
}

/// The sum of the losses under all masks; adversarial is what at least 70% of them take for it.
private struct MaskObjective: MisleadingObjective {
  let batch: AttackBatch
  let goal: AttackGoal
  let confidence: Float
  let masks: Int
  let pass: any ClassifierDrawnPass

  /// The loss, and under how many masks the answer is as wanted.
  struct Judgement {
    var loss = 0.0
    var met = 0
  }

  func judge(
    _ members: [Int]
  ) throws -> (verdicts: [MisleadingVerdict], gradients: UnsafePointer<Float>) {
    try batch.checkCancelled()
    let judged = try judgements(of: members, firstMask: 0, confidence: confidence)
    let verdicts = judged.map {
      MisleadingVerdict(loss: $0.loss, isMisleading: 10 * $0.met >= 7 * masks)
    }
    return (verdicts, try pass.backward())
  }

  /// Judges images, and leaves the weights of the logits for a backward pass.
  func judgements(
    of members: [Int], firstMask: Int, confidence: Float
  ) throws -> [Judgement] {
    guard !members.isEmpty else { return [] }
    let (size, classes) = (batch.size, batch.classes)
    for (row, member) in members.enumerated() {
      (pass.input + row * size).update(from: batch.adversarial + member * size, count: size)
    }
    let logits = try pass.forward(images: members.map { batch.images[$0] }, firstDraw: firstMask)
    return members.enumerated().map { row, member in
      var judgement = Judgement()
      for mask in 0..<masks {
        let first = (row * masks + mask) * classes
        let margin = batch.margin(of: member, logits: logits + first, goal: goal)
        judgement.loss += Double(margin.loss(confidence: confidence))
        judgement.met += margin.isMet(confidence: confidence) ? 1 : 0
        margin.writeLossGradient(
          to: pass.logitGradient + first, classes: classes, confidence: confidence)
      }
      return judgement
    }
  }
}
