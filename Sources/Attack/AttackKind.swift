public import Classifier

/// An attack of the catalogue.
public struct AttackKind: Sendable {
  /// The name, such as "fgsm".
  public let name: String
  /// What people call it, such as "Fast Gradient Sign Method".
  public let title: String
  /// One line on what it does, for help texts.
  public let summary: String
  /// The paper that it is from: authors, title, year.
  public let source: String
  /// What the attacker wants, may change and knows.
  public let threat: ThreatModel
  /// The number of images that it moves at a time.
  public let batch: Int
  /// The number of images between two commits; nil for what suits attacks of some ten steps.
  ///
  /// Long attacks commit in small pieces, so that little is lost when they are stopped. A piece of
  /// several batches keeps as many threads busy.
  public let chunk: Int?
  /// Its parameters.
  public let parameters: [AttackParameter]
  /// What the classifier must give beside its logits.
  public let needs: ClassifierCapabilities
  /// Whether the attack knows the detector that it evades, and cannot be made without one.
  public let knowsDetector: Bool
  private let build: @Sendable ([String: AttackValue], AttackedDefence?) -> (any Attack)?

  /// Describes an attack.
  ///
  /// `needs` is what the attack needs the classifier for beside what its threat model says. An attack
  /// that has such needs reaches the model by ways of its own, behind which ``options`` put nothing.
  ///
  /// - Precondition: The parameter that is the threat model's budget is one of `parameters`.
  public init(
    name: String, title: String, summary: String, source: String, threat: ThreatModel,
    needs: ClassifierCapabilities = [], batch: Int = 50, chunk: Int? = nil,
    parameters: [AttackParameter],
    build: @escaping @Sendable ([String: AttackValue]) -> any Attack
  ) {
    self.init(
      name: name, title: title, summary: summary, source: source, threat: threat, needs: needs,
      batch: batch, chunk: chunk, parameters: parameters, knowsDetector: false
    ) { values, _ in build(values) }
  }

  /// Describes an attack that knows the detector.
  ///
  /// - Precondition: The parameter that is the threat model's budget is one of `parameters`.
  public init(
    name: String, title: String, summary: String, source: String, threat: ThreatModel,
    batch: Int = 50, chunk: Int? = nil, parameters: [AttackParameter],
    buildKnowing build: @escaping @Sendable ([String: AttackValue], AttackedDefence) -> any Attack
  ) {
    self.init(
      name: name, title: title, summary: summary, source: source, threat: threat, needs: [],
      batch: batch, chunk: chunk, parameters: parameters, knowsDetector: true
    ) { values, defence in defence.map { build(values, $0) } }
  }

  private init(
    name: String, title: String, summary: String, source: String, threat: ThreatModel,
    needs: ClassifierCapabilities, batch: Int, chunk: Int?, parameters: [AttackParameter],
    knowsDetector: Bool,
    build: @escaping @Sendable ([String: AttackValue], AttackedDefence?) -> (any Attack)?
  ) {
    precondition(
      threat.budget.map { budget in parameters.contains { $0.name == budget } } ?? true,
      "\(name) has no parameter '\(threat.budget ?? "")'")
    self.name = name
    self.title = title
    self.summary = summary
    self.source = source
    self.threat = threat
    self.needs = threat.needs.union(needs)
    self.batch = batch
    self.chunk = chunk
    self.parameters = parameters
    self.knowsDetector = knowsDetector
    self.build = build
  }

  /// Whether its loss is worth noting step by step: it climbs by gradients within a budget.
  public var isTraced: Bool {
    threat.knowledge == .whiteBox && threat.isIterative && threat.budget == Ball.Norm.epsilon.name
  }

  /// What can be given beside the parameters, and is not there unless it is given.
  public var options: [AttackParameter] {
    threat.knowledge == .whiteBox && needs == threat.needs ? AttackAccess.parameters : []
  }

  /// All parameters: those of `given`, the others with their defaults; of the options those that are
  /// given and not as they are by default.
  ///
  /// - Throws: ``AttackError`` if a parameter is unknown or out of its range.
  public func complete(_ given: [String: AttackValue]) throws(AttackError) -> [String: AttackValue]
  {
    let known = parameters + options
    for name in given.keys.sorted() where !known.contains(where: { $0.name == name }) {
      throw .unknownParameter(name, attack: self.name, known: known.map(\.name))
    }
    var values: [String: AttackValue] = [:]
    for parameter in known {
      let value = given[parameter.name] ?? parameter.defaultValue
      guard parameter.admits(value) else {
        throw .impossibleValue(value, parameter: parameter, attack: name)
      }
      let isOption = !parameters.contains { $0.name == parameter.name }
      if !isOption || value != parameter.defaultValue { values[parameter.name] = value }
    }
    return values
  }

  /// Makes the attack.
  ///
  /// - Parameters:
  ///   - given: Values by parameter name; the others have their defaults.
  ///   - defence: The detector, for attacks that know it.
  /// - Returns: The attack.
  /// - Throws: ``AttackError`` if a parameter is unknown or out of its range, or if the attack needs a
  ///   detector and there is none.
  public func make(
    _ given: [String: AttackValue], knowing defence: AttackedDefence? = nil
  ) throws(AttackError) -> any Attack {
    guard let attack = build(try complete(given), defence) else {
      throw .needsDetector(attack: name)
    }
    return attack
  }
}
