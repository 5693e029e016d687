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
    if case .run(let surrogate) = request.chosenSurrogate {
      try Model.check(surrogate, data: stages.data)
      guard surrogate.id != model.id else {
        throw EvaluationError.sameSurrogate(model: model.uuid)
      }
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
    let chosen = try self.selection(choice, of: model, stages)
    let selection = try firstImages(request.images, of: chosen, data: stages.data)
    let evaluation = Evaluation(
      request: request, plan: plan, model: model, baseline: baseline, selection: selection,
      fewImages: request.chosenNoiseDraws > 0
        ? try firstImages(
          min(EvaluationRequest.noiseImages, request.images), of: chosen, data: stages.data) : nil,
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
