internal import Tracker

extension StudyStages {
  /// Scores measurements of one model, which share what the measures take of it.
  ///
  /// - Parameters:
  ///   - measurements: Finished measurements by the same passes and seed.
  ///   - measures: Names of measures.
  ///   - voters: Names of transforms.
  /// - Returns: For each measurement the run that has its newest scores.
  /// - Throws: ``StudyError/interrupted`` when asked to stop; ``ScoreError``; the errors of tracker
  ///   and data.
  func score(_ measurements: [Run], measures: [String], voters: [String] = []) throws -> [Run] {
    let read = try measurements.map { try Measurement($0, in: context.tracker) }
    guard let first = read.first else { return [] }
    let request = try ScoreRequest(
      measures: measures, voters: voters, known: KnownMeasures(in: context.tracker))
    let data = data
    let preparation = ScorePreparation(
      model: first.model, passes: first.passes ?? 1, seed: first.run.seed ?? 0, request: request,
      data: DataOnDemand { data }, in: context)
    return try read.map { measurement in
      try MissingScores(measurement: measurement, request: request, preparation: preparation)
        .perform(in: context)
    }
  }
}
