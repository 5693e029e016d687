internal import Attack
internal import Classifier
internal import SQLite
public import Tracker

extension SingleStages {
  /// Attacks a model, and the detector around it, in many ways, and joins what comes out.
  ///
  /// All parts are runs of their own, which are reused wherever they are finished.
  ///
  /// - Parameters:
  ///   - request: The detector, the attacks and their budgets.
  ///   - model: A training run; the newest finished one if nil.
  ///   - baseline: Another model that the same attacks are made on; nil for none.
  ///   - choice: The images, of which the first that are not held out are taken.
  /// - Returns: The finished run of the evaluation, new or reused.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, ``EvaluationError``, the errors of
  ///   ``attack(_:values:model:on:against:)``, and those of tracker, data and disk.
  public func evaluate(
    _ request: EvaluationRequest, model: Run?, baseline: Run?,
    on choice: SelectionChoice = .ofModel
  ) throws -> Run {
    let (model, stages) = try loadStages(model)
    if let baseline {
      try Model.check(baseline, data: stages.data)
      guard baseline.id != model.id else { throw EvaluationError.sameBaseline(model: model.uuid) }
    }
    let detector = try request.detector.map {
      try AttackedDetector(
        $0, model: model,
        measurement: configuration.measurement.settings(for: stages.data.test.shape),
        isFollowed: false, in: context.tracker)
    }
    let plan = try EvaluationPlan(
      request, target: target(model, detector: detector, baseline: baseline),
      configured: configuration.attacks)
    for note in plan.notes { context.progress.note(note) }
    let selection = try firstImages(
      request.images, of: try selection(choice, of: model, stages), data: stages.data)
    let evaluation = Evaluation(
      request: request, plan: plan, model: model, baseline: baseline, selection: selection,
      detector: detector, stages: stages.named(nil), studySeed: configuration.seed)
    return try evaluation.perform(named: runName)
  }

  private func target(
    _ model: Run, detector: AttackedDetector?, baseline: Run?
  ) throws -> EvaluationTarget {
    var unfollowable: (any Error)?
    if let detector {
      do { try DetectionSystem.checkFollowable(detector) } catch { unfollowable = error }
    }
    return EvaluationTarget(
      capabilities: try capabilities(of: model), hasDetector: detector != nil,
      unfollowable: unfollowable, baseline: try baseline.map(capabilities))
  }

  /// What a model gives; all there is where the record does not tell.
  private func capabilities(of model: Run) throws -> ClassifierCapabilities {
    try Model.describe(model, in: context.tracker)?.capabilities
      ?? [.gradient, .draws, .features, .drawGradient, .featureGradient]
  }

  /// The first images of a selection that are not held out, as a selection of their own.
  private func firstImages(_ count: Int, of selection: Run, data: StudyData) throws -> Run {
    let indices = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT image_index FROM selected_image WHERE selection_id = ? AND part = 'selection'
        ORDER BY image_index LIMIT ?
        """, [.integer(selection.id), .integer(Int64(count))]
      ) { try $0.int(0) }
    }
    guard !indices.isEmpty else { throw EvaluationError.noImages(selection: selection.uuid) }
    return try GivenSelectionStage(
      dataset: (name: data.name, digest: data.digest),
      images: indices.map { (index: $0, isHeldout: false) }
    ).findOrPerform(knowsHalves: true, in: context.named(nil))
  }
}

/// An evaluation whose attacks are planned.
struct Evaluation {
  let request: EvaluationRequest
  let plan: EvaluationPlan
  let model: Run
  let baseline: Run?
  let selection: Run
  let detector: AttackedDetector?
  let stages: StudyStages
  let studySeed: Int64

  private var context: StudyContext { stages.context }

  /// Makes, or finds, all parts and joins them.
  func perform(named name: String?) throws -> Run {
    try checkAttacks()
    let judged = detector == nil ? 0 : 1 + plan.parts.count { $0.role != .baseline }
    let networks = baseline == nil ? 1 : 2
    context.progress.plan(stages: networks + plan.parts.count + judged + 1)
    let network = try self.network(model)
    var parts = [
      EvaluationStage.Part(role: .clean, isAdaptive: false, set: nil, verdict: try judge(nil))
    ]
    for part in plan.parts {
      let set = try attack(part).perform(in: context)
      parts.append(
        EvaluationStage.Part(
          role: part.role, isAdaptive: part.isAdaptive, set: set,
          verdict: try part.role == .baseline ? nil : judge(set),
          // The clean images are the first part.
          repeats: part.repeats.map { $0 + 2 }))
    }
    return try EvaluationStage(
      request: request, network: network, baseline: try baseline.map(self.network),
      selection: selection, detector: detector, parts: parts, studySeed: studySeed
    ).perform(in: context.named(name))
  }

  /// Makes sure that each attack is possible before the first one begins.
  private func checkAttacks() throws {
    var checked: Set<String> = []
    for part in plan.parts {
      let name = "\(part.role == .baseline) \(part.kind.name)"
      guard checked.insert(name).inserted else { continue }
      let stage = attack(part)
      if try stage.finished(in: context) == nil { try stage.check(in: context) }
    }
  }

  /// A model with its classes of the clean images, nothing drawn.
  private func network(_ model: Run) throws -> EvaluationStage.Network {
    EvaluationStage.Network(
      model: model,
      measurement: try stages.measureClean(model: model, selection: selection, byPasses: false).run)
  }

  private func attack(_ part: EvaluationPlan.Part) -> AttackStage {
    AttackStage(
      kind: part.kind, values: part.values,
      model: part.role == .baseline ? baseline ?? model : model, selection: selection,
      data: stages.data, studySeed: studySeed, detector: part.kind.knowsDetector ? detector : nil)
  }

  private func judge(_ set: Run?) throws -> Run? {
    guard let detector else { return nil }
    let data = stages.data
    return try VerdictStage(
      set: set, detector: detector, model: model, selection: selection,
      data: DataOnDemand { data }, studySeed: studySeed
    ).perform(in: context)
  }
}
