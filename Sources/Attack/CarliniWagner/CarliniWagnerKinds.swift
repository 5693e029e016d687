internal import Classifier

extension CarliniWagnerL2 {
  static let kind = AttackKind(
    name: "cw-l2", title: "Carlini and Wagner L2",
    summary: "the nearest image by L2 that the classifier takes for another class",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .l2, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      CarliniWagner.confidence(0)
    ] + NearestImageSearch.Settings().parameters + [
      AttackParameter(
        name: "pixels", domain: .word(Pixels.allCases.map(\.rawValue)),
        defaultValue: .word(Pixels.exact.rawValue),
        summary: "exact, or whole bytes, repaired where rounding undid the attack")
    ]
  ) { values in
    CarliniWagnerL2(
      goal: values.goal, targetOffset: values.targetOffset, confidence: values.confidence,
      settings: NearestImageSearch.Settings(values),
      pixels: values["pixels"] == .word(Pixels.bytes.rawValue) ? .bytes : .exact)
  }
}

extension CarliniWagnerMasks {
  static let kind = AttackKind(
    name: "cw-l2-masks", title: "Carlini and Wagner L2 under dropout masks",
    summary: "the nearest image by L2 that most of some dropout masks misclassify",
    source: CarliniWagner.detectorSource,
    threat: ThreatModel(norm: .l2, budget: nil, goal: .either, isIterative: true),
    needs: .drawGradient, batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + [
      AttackParameter(
        name: "masks", domain: .integer(1...1000), defaultValue: .number(20),
        summary: "how many masks there are; 70% of them must answer as wanted"),
      CarliniWagner.confidence(1),
    ] + usual.parameters
  ) { values in
    CarliniWagnerMasks(
      goal: values.goal, targetOffset: values.targetOffset, masks: Int(values.number("masks")),
      confidence: values.confidence,
      settings: NearestImageSearch.Settings(values, abortsEarly: usual.abortsEarly))
  }
}

extension CarliniWagnerDensity {
  static let kind = AttackKind(
    name: "cw-l2-density", title: "Carlini and Wagner L2 with a detector's score",
    summary:
      "the nearest image by L2 that is misclassified and not suspicious",
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
    ]
      + NearestImageSearch.Settings(searchSteps: 5, iterations: 10_000, initialConstant: 1)
      .parameters + [ScoreDescent.scoreDraws]
  ) { values, defence in
    CarliniWagnerDensity(
      goal: values.goal, targetOffset: values.targetOffset, confidence: values.confidence,
      first: NearestImageSearch.Settings(values, prefix: "first_"),
      second: NearestImageSearch.Settings(values), score: defence.score)
  }
}

extension CarliniWagnerLinf {
  static let kind = AttackKind(
    name: "cw-linf", title: "Carlini and Wagner L-infinity",
    summary: "makes the largest change of a pixel ever smaller",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .linf, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + usual.parameters
  ) { values in
    CarliniWagnerLinf(
      goal: values.goal, targetOffset: values.targetOffset,
      settings: ShrinkingSearch.Settings(values))
  }
}

extension CarliniWagnerL0 {
  static let kind = AttackKind(
    name: "cw-l0", title: "Carlini and Wagner L0",
    summary: "changes fewer and fewer pixels",
    source: CarliniWagner.source,
    threat: ThreatModel(norm: .l0, budget: nil, goal: .either, isIterative: true),
    batch: CarliniWagner.batch, chunk: CarliniWagner.chunk,
    parameters: CarliniWagner.aim + usual.parameters
  ) { values in
    CarliniWagnerL0(
      goal: values.goal, targetOffset: values.targetOffset,
      settings: ShrinkingSearch.Settings(values))
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

  static func confidence(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "confidence", domain: .number(0...1000), defaultValue: .number(value),
      summary: "by how much the wanted logit must lead")
  }

  fileprivate static func learningRate(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "learning_rate", domain: .number(1e-6...10), defaultValue: .number(value),
      summary: "Adam's learning rate")
  }

  fileprivate static func initialConstant(_ value: Double) -> AttackParameter {
    AttackParameter(
      name: "initial_constant", domain: .number(1e-10...1e6), defaultValue: .number(value),
      summary: "the first weight of the loss beside the distance")
  }

  fileprivate static func iterations(_ value: Int) -> AttackParameter {
    .iterations(value, "the most iterations for each constant")
  }
}

extension NearestImageSearch.Settings {
  /// The parameters of attacks that search so, with these values as defaults.
  var parameters: [AttackParameter] {
    [
      AttackParameter(
        name: "search_steps", domain: .integer(1...100),
        defaultValue: .number(Double(searchSteps)), summary: "how many constants are tried"),
      CarliniWagner.iterations(iterations),
      CarliniWagner.learningRate(learningRate),
      CarliniWagner.initialConstant(initialConstant),
    ]
  }

  /// The settings that values describe; `prefix` is what the names of an earlier search begin with,
  /// which has the same first constant.
  init(_ values: [String: AttackValue], prefix: String = "", abortsEarly: Bool = true) {
    self.init(
      searchSteps: Int(values.number(prefix + "search_steps")),
      iterations: Int(values.number(prefix + "iterations")),
      learningRate: values.number(prefix + "learning_rate"),
      initialConstant: values.number("initial_constant"), abortsEarly: abortsEarly)
  }
}

extension ShrinkingSearch.Settings {
  /// The parameters of attacks that search so, with these values as defaults.
  var parameters: [AttackParameter] {
    [
      CarliniWagner.iterations(iterations),
      CarliniWagner.learningRate(learningRate),
      CarliniWagner.initialConstant(initialConstant),
      AttackParameter(
        name: "largest_constant", domain: .number(1e-10...1e10),
        defaultValue: .number(largestConstant),
        summary: "the weight at which an image gives up; it doubles up to there"),
    ]
  }

  /// The settings that values describe.
  init(_ values: [String: AttackValue]) {
    self.init(
      iterations: Int(values.number("iterations")),
      learningRate: values.number("learning_rate"),
      initialConstant: values.number("initial_constant"),
      largestConstant: values.number("largest_constant"))
  }
}

extension [String: AttackValue] {
  /// The goal; `complete` has made sure that there is one.
  var goal: AttackGoal {
    self["goal"] == .word(AttackGoal.untargeted.rawValue) ? .untargeted : .targeted
  }

  /// The target is the class so many after the true one; 0 draws it at random.
  fileprivate var targetOffset: Int { Int(number("target_offset")) }

  /// By how much the wanted logit must lead.
  fileprivate var confidence: Float { Float(number("confidence")) }
}
