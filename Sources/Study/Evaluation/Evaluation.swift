internal import Attack
internal import Classifier
internal import Tracker

/// An evaluation whose attacks are planned.
struct Evaluation {
  let request: EvaluationRequest
  let plan: EvaluationPlan
  let model: Run
  let baseline: Run?
  let selection: Run
  /// The images with many random draws each; nil: there are none.
  let fewImages: Run?
  let detector: AttackedDetector?
  let stages: StudyStages
  let studySeed: Int64

  private var context: StudyContext { stages.context }

  /// Makes, or finds, all parts and joins them.
  func perform(named name: String?) throws -> Run {
    try checkAttacks()
    context.progress.plan(stages: stageCount)
    let network = try self.network(model)
    var sets: [Run] = []
    var surrogate: Run?
    var parts = [
      EvaluationStage.Part(
        role: .clean, isAdaptive: false, set: nil, verdict: try judge(nil, in: .clean))
    ]
    for part in plan.parts {
      if part.role == .transfer, surrogate == nil { surrogate = try trainSurrogate() }
      let set = try makeSet(part, among: sets, surrogate: surrogate)
      sets.append(set)
      parts.append(
        EvaluationStage.Part(
          role: part.role, isAdaptive: part.isAdaptive, set: set,
          verdict: try judge(set, in: part.role),
          // The clean images are the first part.
          repeats: part.repeats.map { $0 + 2 }))
    }
    return try EvaluationStage(
      request: request, network: network, baseline: try baseline.map(self.network),
      surrogate: surrogate, selection: selection, detector: detector, parts: parts,
      studySeed: studySeed
    ).perform(in: context.named(name))
  }

  /// The number of runs that are made or found.
  private var stageCount: Int {
    let judged = detector == nil ? 0 : 1 + plan.parts.count { $0.role != .baseline }
    let transfers = plan.parts.count { $0.role == .transfer }
    var trained = 0
    if case .trained = request.chosenSurrogate { trained = 1 }
    let networks = baseline == nil ? 1 : 2
    return networks + plan.parts.count + transfers + trained + judged + 1
  }

  /// Makes sure that each attack is possible before the first one begins.
  private func checkAttacks() throws {
    var checked: Set<String> = []
    for part in plan.parts where part.role != .noisy {
      guard let model = attacked(in: part.role, surrogate: nil) else { continue }
      let name = "\(model.uuid) \(part.kind.name)"
      guard checked.insert(name).inserted else { continue }
      let stage = attack(part, on: model)
      if try stage.finished(in: context) == nil { try stage.check(in: context) }
    }
  }

  /// The network that a part attacks; nil if it is still to be trained.
  private func attacked(in role: EvaluationPlan.Role, surrogate: Run?) -> Run? {
    switch role {
    case .baseline: return baseline
    case .transfer:
      if case .run(let run) = request.chosenSurrogate { return run }
      return surrogate
    default: return model
    }
  }

  /// A model with its classes of the clean images, nothing drawn.
  private func network(_ model: Run) throws -> EvaluationStage.Network {
    EvaluationStage.Network(
      model: model,
      measurement: try stages.measureClean(model: model, selection: selection, byPasses: false).run)
  }

  /// Finds the attacker's own network, or trains one like the model, as that was trained.
  private func trainSurrogate() throws -> Run {
    if case .run(let run) = request.chosenSurrogate { return run }
    let own = model.configuration
    let configuration = stages.configuration
    return try SurrogateStage(
      data: stages.data,
      network: own["network"]?.decode(NetworkConfiguration.self) ?? configuration.network,
      training: own["training"]?.decode(TrainingConfiguration.self) ?? configuration.training,
      studySeed: studySeed
    ).perform(in: context)
  }

  /// Makes, or finds, the images of a part.
  ///
  /// - Parameters:
  ///   - part: The part.
  ///   - sets: Those of the parts before it.
  ///   - surrogate: The attacker's own network; nil: no part so far has needed one.
  /// - Returns: The set's run.
  /// - Throws: What making it throws; ``StudyError/interrupted``.
  private func makeSet(
    _ part: EvaluationPlan.Part, among sets: [Run], surrogate: Run?
  ) throws -> Run {
    if let matched = part.matches {
      return try NoisySetStage(
        adversarialSet: sets[matched], model: model, selection: selection, data: stages.data,
        studySeed: studySeed
      ).perform(in: context)
    }
    let network = attacked(in: part.role, surrogate: surrogate) ?? model
    let set = try attack(part, on: network).perform(in: context)
    guard part.role == .transfer else { return set }
    return try TransferStage(
      set: set, model: model, selection: selection, data: stages.data, studySeed: studySeed
    ).perform(in: context)
  }

  private func attack(_ part: EvaluationPlan.Part, on model: Run) -> AttackStage {
    AttackStage(
      kind: part.kind, values: part.values, model: model, selection: images(of: part.role),
      data: stages.data, studySeed: studySeed,
      detector: part.kind.knowsDetector ? detector(in: part.role) : nil)
  }

  private func images(of role: EvaluationPlan.Role) -> Run {
    role == .draws ? fewImages ?? selection : selection
  }

  /// The detector; on one fixed draw it has the passes that the attack knows.
  private func detector(in role: EvaluationPlan.Role) -> AttackedDetector? {
    role == .fixed ? detector?.with(passes: plan.fixedDraws) : detector
  }

  private func judge(_ set: Run?, in role: EvaluationPlan.Role) throws -> Run? {
    guard role != .baseline, let detector = detector(in: role) else { return nil }
    let data = stages.data
    return try VerdictStage(
      set: set, detector: detector, model: model, selection: images(of: role),
      data: DataOnDemand { data }, studySeed: studySeed, isFixed: role == .fixed
    ).perform(in: context)
  }
}
