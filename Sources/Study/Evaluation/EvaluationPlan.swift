internal import Attack
internal import Classifier

/// The attacks of an evaluation, in the order in which they are made.
struct EvaluationPlan: Sendable {
  /// What a part is there for.
  enum Role: String, Sendable {
    /// The images as they are.
    case clean
    /// An attack on the model.
    case attack
    /// One of them again, with twice the iterations.
    case doubled
    /// One of them again, with more restarts.
    case restarted
    /// One that knows the detector, against one fixed draw of all that is random.
    case fixed
    /// An attack on the attacker's own network, whose images are tried on the model.
    case transfer
    /// Many draws of random noise, on some of the images.
    case draws
    /// Noise as strong as an attack, which a detector must let pass.
    case noisy
    /// An attack on the baseline.
    case baseline
  }

  /// One attack with all that it is given.
  struct Part: Sendable {
    let role: Role
    let kind: AttackKind
    let values: [String: AttackValue]
    /// Whether the attacker knows the detector, or how the model draws.
    let isAdaptive: Bool
    /// The place of the part whose effort this one raises, or whose draws it fixes; nil for none.
    var repeats: Int?
    /// The place of the part that noise is as strong as; nil for none.
    var matches: Int?
  }

  /// The parts behind the clean images.
  private(set) var parts: [Part] = []
  /// What was left out, and why, a line each.
  private(set) var notes: [String] = []

  private let request: EvaluationRequest
  private let target: EvaluationTarget
  private let configured: [String: AttackConfiguration]

  /// The attacks where none are named, less what the model or the detector does not admit.
  static let usual = [
    "noise", "fgsm", "pgd", "apgd-ce", "apgd-dlr", "square", "hop-skip-jump", "deepfool", "cw-l2",
    "selective", "orthogonal", "lagrangian", "logit-matching",
  ]

  /// Less effort than the attacks' own defaults, where those would take most of an evaluation's time,
  /// and a weight by which a score of any scale leaves the classifier's loss a say.
  static let modest: [String: [String: AttackValue]] = [
    "square": ["queries": .number(1000)],
    "hop-skip-jump": ["iterations": .number(20), "first_questions": .number(50)],
    "cw-l2": [
      "search_steps": .number(4), "iterations": .number(200), "learning_rate": .number(0.1),
      "initial_constant": .number(1),
    ],
    "cw-l2-masks": ["search_steps": .number(3), "iterations": .number(200)],
    "cw-l2-density": [
      "first_search_steps": .number(3), "first_iterations": .number(200),
      "search_steps": .number(3), "iterations": .number(300), "learning_rate": .number(0.05),
      "score_draws": .number(10),
    ],
    "selective": ["score_draws": .number(10)],
    "orthogonal": ["score_draws": .number(10)],
    "lagrangian": ["score_draws": .number(10), "weight": .number(0.1)],
  ]

  /// The attack that is repeated with more iterations and restarts; those that know the detector are
  /// repeated with more iterations, too.
  private static let repeated = "pgd"
  /// How many times the restarts of the repeated attack.
  private static let restartFactor = 5.0

  /// Plans the attacks.
  ///
  /// - Parameters:
  ///   - request: What was asked for.
  ///   - target: What is attacked.
  ///   - configured: Values of attacks that a user's configuration gives.
  /// - Throws: `AttackError` for attacks that there are not, or that need a detector;
  ///   ``EvaluationError/otherNorm(attack:norm:)``; `DetectionError` for attacks that are named and
  ///   cannot follow the detector.
  init(
    _ request: EvaluationRequest, target: EvaluationTarget,
    configured: [String: AttackConfiguration]
  ) throws {
    self.request = request
    self.target = target
    self.configured = configured
    for kind in try kinds() { try add(kind) }
    try repeatParts()
    try fixDraws()
    try addTransfers()
    try addNoise()
    if let baseline = target.baseline { addBaseline(baseline) }
  }

  private mutating func kinds() throws -> [AttackKind] {
    if let names = request.attacks {
      return try names.map { name in
        let kind = try AttackCatalogue.kind(named: name)
        guard Self.keeps(kind, request.norm) else {
          throw EvaluationError.otherNorm(attack: name, norm: request.norm.rawValue)
        }
        if kind.knowsDetector {
          guard target.hasDetector else { throw AttackError.needsDetector(attack: name) }
          if let problem = target.unfollowable { throw problem }
        }
        return kind
      }
    }
    if target.hasDetector, target.unfollowable != nil {
      notes.append(
        "no attack can follow the detector: what it withstands of others is a lower bar only")
    }
    return try Self.usual.map { try AttackCatalogue.kind(named: $0) }.filter { kind in
      guard Self.keeps(kind, request.norm) else {
        notes.append("\(kind.name) is left out: it has no norm \(request.norm.rawValue)")
        return false
      }
      guard target.capabilities.isSuperset(of: kind.needs) else {
        notes.append("\(kind.name) is left out: the model does not give what it needs")
        return false
      }
      return !kind.knowsDetector || target.hasDetector && target.unfollowable == nil
    }
  }

  /// Whether an attack with a budget can have it in a norm; one without a budget can.
  private static func keeps(_ kind: AttackKind, _ norm: EvaluationRequest.Norm) -> Bool {
    guard kind.threat.budget == budget else { return true }
    if let parameter = kind.parameters.first(where: { $0.name == "norm" }),
      case .word(let words) = parameter.domain
    {
      return words.contains(norm.rawValue)
    }
    return kind.threat.norm.rawValue == norm.rawValue
  }

  /// The parameter that bounds an attack with a curve; attacks with another or none are made once.
  private static let budget = "epsilon"

  private mutating func add(_ kind: AttackKind) throws {
    let knowsDraws = target.hasDetector && !kind.needs.subtracting(kind.threat.needs).isEmpty
    for epsilon in kind.threat.budget == Self.budget ? request.epsilons.map(Optional.some) : [nil] {
      parts.append(
        Part(
          role: .attack, kind: kind, values: try values(of: kind, epsilon: epsilon),
          isAdaptive: kind.knowsDetector || knowsDraws))
    }
  }

  /// All that an attack is given.
  private func values(
    of kind: AttackKind, epsilon: Double?
  ) throws(AttackError) -> [String: AttackValue] {
    let known = Set(kind.parameters.map(\.name))
    var values = Self.modest[kind.name] ?? [:]
    if kind.threat.goal == .either, known.contains("goal") { values["goal"] = .word("untargeted") }
    let draws = kind.options.contains { $0.name == AttackThrough.drawsOption }
    if kind.knowsDetector, draws, target.capabilities.isSuperset(of: [.draws, .drawGradient]) {
      values[AttackThrough.drawsOption] = .number(Double(request.draws))
    }
    values.merge(configured[kind.name]?.values ?? [:]) { $1 }
    if known.contains("norm") { values["norm"] = .word(request.norm.rawValue) }
    guard let epsilon else { return try kind.complete(values) }
    values[Self.budget] = .number(epsilon)
    let complete = try kind.complete(values)
    if values["step_size"] == nil, case .number(let step)? = complete["step_size"], step > 0,
      case .number(let iterations)? = complete["iterations"]
    {
      // As usual, all steps together go further than epsilon.
      values["step_size"] = .number(EvaluationRequest.rounded(2.5 * epsilon / iterations))
    }
    return try kind.complete(values)
  }

  /// Adds the attacks at the main budget again, with more effort.
  private mutating func repeatParts() throws {
    for (place, part) in parts.enumerated()
    where part.values[Self.budget] == .number(request.epsilon)
      && (part.kind.name == Self.repeated || part.kind.knowsDetector)
    {
      try raise("iterations", by: 2, of: place, as: .doubled)
      guard part.kind.name == Self.repeated else { continue }
      try raise("restarts", by: Self.restartFactor, of: place, as: .restarted)
    }
  }

  private mutating func raise(
    _ parameter: String, by factor: Double, of place: Int, as role: Role
  ) throws {
    let part = parts[place]
    guard case .number(let number)? = part.values[parameter] else { return }
    var values = part.values
    values[parameter] = .number(factor * number)
    parts.append(
      Part(
        role: role, kind: part.kind, values: try part.kind.complete(values),
        isAdaptive: part.isAdaptive, repeats: place))
  }

  /// How many draws are fixed, which are all the detector's passes then; a deviation needs two.
  var fixedDraws: Int { max(2, request.draws) }

  /// Adds the attacks that know the detector at the main budget again, against one fixed draw.
  private mutating func fixDraws() throws {
    guard target.hasDetector, target.capabilities.isSuperset(of: [.draws, .drawGradient]) else {
      return
    }
    for (place, part) in parts.enumerated()
    where part.role == .attack && part.kind.knowsDetector
      && part.values[Self.budget] == .number(request.epsilon)
      && part.kind.options.contains(where: { $0.name == AttackThrough.fixedOption })
    {
      var values = part.values
      values[AttackThrough.fixedOption] = .word("yes")
      values[AttackThrough.drawsOption] = .number(Double(fixedDraws))
      if values["score_draws"] != nil { values["score_draws"] = .number(Double(fixedDraws)) }
      parts.append(
        Part(
          role: .fixed, kind: part.kind, values: try part.kind.complete(values), isAdaptive: true,
          repeats: place))
    }
  }

  /// Adds the attack that is tried on the model after it was made on another network.
  private mutating func addTransfers() throws {
    if case .none = request.chosenSurrogate { return }
    let kind = try AttackCatalogue.kind(named: Self.repeated)
    for epsilon in request.epsilons {
      parts.append(
        Part(
          role: .transfer, kind: kind, values: try values(of: kind, epsilon: epsilon),
          isAdaptive: false))
    }
  }

  /// Adds many random draws, and noise for the detector to let pass.
  private mutating func addNoise() throws {
    if request.chosenNoiseDraws > 0 {
      let kind = try AttackCatalogue.kind(named: "noise")
      var values = try values(of: kind, epsilon: request.epsilon)
      values["samples"] = .number(Double(request.chosenNoiseDraws))
      parts.append(
        Part(role: .draws, kind: kind, values: try kind.complete(values), isAdaptive: false))
    }
    let strongest = parts.indices.filter { place in
      parts[place].role == .attack
        && parts[place].values[Self.budget].map { $0 == .number(request.epsilon) } ?? true
    }
    // As strong as the attack that is repeated, or as the first other one.
    let matched = strongest.first { parts[$0].kind.name == Self.repeated } ?? strongest.first
    guard target.hasDetector, let matched else { return }
    parts.append(
      Part(
        role: .noisy, kind: parts[matched].kind, values: parts[matched].values, isAdaptive: false,
        matches: matched))
  }

  /// Adds what attacks the network alone, on the baseline.
  private mutating func addBaseline(_ capabilities: ClassifierCapabilities) {
    for part in parts where part.role == .attack && !part.isAdaptive {
      guard capabilities.isSuperset(of: part.kind.needs) else {
        let note =
          "\(part.kind.name) is left out on the baseline, which does not give what it needs"
        if !notes.contains(note) { notes.append(note) }
        continue
      }
      parts.append(
        Part(role: .baseline, kind: part.kind, values: part.values, isAdaptive: false))
    }
  }
}

/// What an evaluation attacks, as far as the choice of attacks depends on it.
struct EvaluationTarget: Sendable {
  /// What the model gives.
  let capabilities: ClassifierCapabilities
  /// Whether a detector judges.
  let hasDetector: Bool
  /// Why no attack can follow the detector; nil if attacks can.
  let unfollowable: (any Error)?
  /// What the baseline gives; nil if there is none.
  let baseline: ClassifierCapabilities?
}
