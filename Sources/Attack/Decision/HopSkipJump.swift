internal import Classifier

/// HopSkipJump: walks along the boundary of an image's class, towards the image, by the classes alone.
///
/// Chen, Jordan, Wainwright: HopSkipJumpAttack: A Query-Efficient Decision-Based Attack (2020),
/// untargeted, algorithm 2 with the authors' constants. The nearest image of the walk counts, where the
/// authors take the last one. A walk begins at the first random image of another class; where noise in
/// single pixels is always taken for the true class, noise in larger squares may not be.
package struct HopSkipJump: Attack {
  /// The norm that is made small.
  package let norm: Ball.Norm
  /// The number of steps along the boundary.
  package let iterations: Int
  /// The number of questions for the first step's direction; that for step t is the square root of t
  /// times as large.
  package let firstQuestions: Int
  /// The largest number of random images that a walk may begin at.
  package let starts: Int

  /// Creates the attack.
  package init(norm: Ball.Norm, iterations: Int, firstQuestions: Int = 100, starts: Int = 100) {
    self.norm = norm
    self.iterations = iterations
    self.firstQuestions = firstQuestions
    self.starts = starts
  }

  /// "hop-skip-jump".
  package var name: String { "hop-skip-jump" }

  /// Walks with all images at a time.
  ///
  /// One that is misclassified already, or for which no start is found,
  /// stays as it is.
  package func perturb(_ batch: AttackBatch) throws {
    let walk = BoundaryWalk(batch, norm: norm)
    try walk.begin(starts: starts)
    for step in 1...max(1, iterations) where walk.isOnItsWay {
      let questions = (Double(firstQuestions) * Double(step).squareRoot()).rounded(.down)
      try walk.estimateDirections(step: step, questions: Int(questions))
      try walk.move(step: step)
      try walk.approach()
    }
    walk.end()
  }
}

extension HopSkipJump {
  static let kind = AttackKind(
    name: "hop-skip-jump", title: "HopSkipJump",
    summary: "HopSkipJump: along the boundary, by the classes alone",
    source: "Chen, Jordan, Wainwright: HopSkipJumpAttack: A Query-Efficient Decision-Based Attack "
      + "(2020)",
    threat: ThreatModel(norm: .linf, budget: nil, knowledge: .decision, isIterative: true),
    chunk: 100,
    parameters: [
      Ball.Norm.parameter,
      .iterations(50, "the number of steps along the boundary"),
      AttackParameter(
        name: "first_questions", domain: .integer(2...100_000), defaultValue: .number(100),
        summary:
          "questions for the first step's direction; step t has the square root of t times as many"),
      AttackParameter(
        name: "starts", domain: .integer(1...10_000), defaultValue: .number(100),
        summary: "the largest number of random images that a walk may begin at"),
    ]
  ) { values in
    HopSkipJump(
      norm: Ball.Norm(values), iterations: Int(values.number("iterations")),
      firstQuestions: Int(values.number("first_questions")), starts: Int(values.number("starts")))
  }
}
