internal import Classifier

extension CarliniWagnerL2 {
  static let kind = AttackKind(
    name: "cw-l2", title: "Carlini and Wagner L2",
    summary: "the nearest image by L2 that the classifier takes for another class",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .l2, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      CarliniWagner.confidence(0),
      CarliniWagner.searchSteps(9),
      CarliniWagner.iterations(1000),
      CarliniWagner.learningRate(0.01),
      CarliniWagner.initialConstant(0.001),
      AttackParameter(
        name: "pixels", domain: .word(Pixels.allCases.map(\.rawValue)),
        defaultValue: .word(Pixels.exact.rawValue),
        summary: "exact, or whole bytes, repaired where rounding undid the attack"),
    ]
  ) { values in
    CarliniWagnerL2(
      goal: values.goal, targetOffset: Int(values.number("target_offset")),
      confidence: Float(values.number("confidence")),
      searchSteps: Int(values.number("search_steps")),
      iterations: Int(values.number("iterations")),
      learningRate: values.number("learning_rate"),
      initialConstant: values.number("initial_constant"),
      pixels: values["pixels"] == .word(Pixels.bytes.rawValue) ? .bytes : .exact)
  }
}

extension CarliniWagnerMasks {
  static let kind = AttackKind(
    name: "cw-l2-masks", title: "Carlini and Wagner L2 under dropout masks",
    summary: "the nearest image by L2 that most of some fixed dropout masks take for another class",
    source: CarliniWagner.detectorSource,
    threat: ThreatModel(norm: .l2, budget: nil, goal: .either, isIterative: true),
    needs: .drawGradient, batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      AttackParameter(
        name: "masks", domain: .integer(1...1000), defaultValue: .number(20),
        summary: "how many masks there are; 70% of them must answer as wanted"),
      CarliniWagner.confidence(1),
      CarliniWagner.searchSteps(4),
      CarliniWagner.iterations(1000),
      CarliniWagner.learningRate(0.1),
      CarliniWagner.initialConstant(1),
    ]
  ) { values in
    CarliniWagnerMasks(
      goal: values.goal, targetOffset: Int(values.number("target_offset")),
      masks: Int(values.number("masks")), confidence: Float(values.number("confidence")),
      searchSteps: Int(values.number("search_steps")),
      iterations: Int(values.number("iterations")),
      learningRate: values.number("learning_rate"),
      initialConstant: values.number("initial_constant"))
  }
}

extension CarliniWagnerDensity {
  static let kind = AttackKind(
    name: "cw-l2-density", title: "Carlini and Wagner L2 with a detector's score",
    summary:
      "the nearest image by L2 that is misclassified and no more suspicious than the clean one",
    source: CarliniWagner.detectorSource,
    threat: ThreatModel(norm: .l2, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      CarliniWagner.confidence(0),
      AttackParameter(
        name: "first_search_steps", domain: .integer(1...100), defaultValue: .number(3),
        summary: "how many constants are tried before the detector joins"),
      AttackParameter(
        name: "first_iterations", domain: .integer(1...100_000), defaultValue: .number(3000),
        summary: "the most iterations for each of those"),
      AttackParameter(
        name: "first_learning_rate", domain: .number(1e-6...10), defaultValue: .number(0.1),
        summary: "Adam's learning rate for those"),
      CarliniWagner.searchSteps(5),
      CarliniWagner.iterations(10_000),
      CarliniWagner.learningRate(0.01),
      CarliniWagner.initialConstant(1),
      ScoreDescent.scoreDraws,
    ]
  ) { values, defence in
    CarliniWagnerDensity(
      goal: values.goal, targetOffset: Int(values.number("target_offset")),
      confidence: Float(values.number("confidence")),
      first: NearestImageSearch.Settings(
        searchSteps: Int(values.number("first_search_steps")),
        iterations: Int(values.number("first_iterations")),
        learningRate: values.number("first_learning_rate"),
        initialConstant: values.number("initial_constant")),
      second: NearestImageSearch.Settings(
        searchSteps: Int(values.number("search_steps")),
        iterations: Int(values.number("iterations")),
        learningRate: values.number("learning_rate"),
        initialConstant: values.number("initial_constant")),
      score: defence.score)
  }
}

extension CarliniWagnerLinf {
  static let kind = AttackKind(
    name: "cw-linf", title: "Carlini and Wagner L-infinity",
    summary: "makes the largest change of a pixel ever smaller",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .linf, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      CarliniWagner.iterations(1000),
      CarliniWagner.learningRate(0.005),
      CarliniWagner.initialConstant(1e-5),
      CarliniWagner.largestConstant(20),
    ]
  ) { values in
    CarliniWagnerLinf(
      goal: values.goal, targetOffset: Int(values.number("target_offset")),
      iterations: Int(values.number("iterations")),
      learningRate: values.number("learning_rate"),
      initialConstant: values.number("initial_constant"),
      largestConstant: values.number("largest_constant"))
  }
}

extension CarliniWagnerL0 {
  static let kind = AttackKind(
    name: "cw-l0", title: "Carlini and Wagner L0",
    summary: "changes fewer and fewer pixels",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .l0, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      CarliniWagner.iterations(1000),
      CarliniWagner.learningRate(0.01),
      CarliniWagner.initialConstant(0.001),
      CarliniWagner.largestConstant(2e6),
    ]
  ) { values in
    CarliniWagnerL0(
      goal: values.goal, targetOffset: Int(values.number("target_offset")),
      iterations: Int(values.number("iterations")),
      learningRate: values.number("learning_rate"),
      initialConstant: values.number("initial_constant"),
      largestConstant: values.number("largest_constant"))
  }
}

/// What the entries of Carlini and Wagner's attacks share.
enum CarliniWagner {
  static let source =
    "Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks (2017)"
  static let detectorSource =
    "Carlini, Wagner: Adversarial Examples Are Not Easily Detected (2017)"
  /// An image takes seconds, so that few are lost when the work is stopped.
  static let batch = 16
  static let chunk = 64

  /// What the classifier is to answer.
  static let aim = [
    AttackParameter(
      name: "goal", domain: .word(AttackGoal.allCases.map(\.rawValue)),
      defaultValue: .word(AttackGoal.targeted.rawValue),
      summary: "a class chosen for each image, or any but the true one"),
    AttackParameter(
      name: "target_offset", domain: .integer(0...1000), defaultValue: .number(0),
      summary: "the target is the class so many after the true one; 0 draws it at random"),
  ]

  static func iterations(_ value: Int) -> AttackParameter {
    AttackParameter(
      name: "iterations", domain: .integer(1...100_000), defaultValue: .number(Double(value)),
      summary: "the most iterations for each constant")
  }

  static func confidence(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "confidence", domain: .number(0...1000), defaultValue: .number(value),
      summary: "by how much the wanted logit must lead")
  }

  static func searchSteps(_ value: Int) -> AttackParameter {
    AttackParameter(
      name: "search_steps", domain: .integer(1...100), defaultValue: .number(Double(value)),
      summary: "how many constants are tried")
  }

  static func learningRate(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "learning_rate", domain: .number(1e-6...10), defaultValue: .number(value),
      summary: "Adam's learning rate")
  }

  static func initialConstant(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "initial_constant", domain: .number(1e-10...1e6), defaultValue: .number(value),
      summary: "the first weight of the loss beside the distance")
  }

  static func largestConstant(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "largest_constant", domain: .number(1e-10...1e10), defaultValue: .number(value),
      summary: "the weight at which an image gives up; it doubles up to there")
  }
}

extension [String: AttackValue] {
  /// The goal; `complete` has made sure that there is one.
  var goal: AttackGoal {
    self["goal"] == .word(AttackGoal.untargeted.rawValue) ? .untargeted : .targeted
  }
}
