internal import Detection
internal import Tracker

/// What a measurement does not have yet of what is asked for.
struct MissingScores {
  let measurement: Measurement
  let request: ScoreRequest
  let preparation: ScorePreparation

  /// Computes what is missing.
  ///
  /// - Returns: The run that computed it, or the newest of those that had recorded everything before.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``; the errors of tracker
  ///   and data.
  func perform(in context: StudyContext) throws -> Run {
    let recorded = try RecordedScores(of: measurement, in: context.tracker)
    var missing = request.missing(in: recorded)
    if !missing.isEmpty {
      guard measurement.hasImages else {
        throw ScoreError.hasNoImages(measurement: measurement.run.uuid)
      }
      if let model = try Model.describe(measurement.model, in: context.tracker) {
        missing = try missing.possible(for: model).request
      }
    }
    guard missing.isEmpty else {
      return try ScoreStage(
        measurement: measurement, request: missing, preparation: preparation
      ).perform(in: context)
    }
    let runs =
      request.measures.compactMap { recorded.measures[$0.description.name] }
      + request.voters.compactMap { recorded.voters[$0.name] }
    context.progress.nextStage()
    context.progress.end("score \(measurement.title)", reused: true)
    guard let newest = runs.max() else { return measurement.run }
    return try context.tracker.run(id: newest)
  }
}
