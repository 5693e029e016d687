internal import Detection
internal import Tracker

/// Scores every image of a measurement by a learned detector, which makes the detector a measure.
struct DetectorScoreStage: Stage {
  static let kind = ScoreStage.kind
  var title: String { "score \(measurement.title) by \(detector)" }
  let seed: Int64? = nil

  /// The detector's name, which is its measure's.
  let detector: String
  /// The run that fitted it.
  let learned: Run
  let measurement: Measurement
  /// The runs that recorded the inputs, by role.
  let scores: [String: Run]

  var parents: [String: Run] {
    scores.merging(["measurement": measurement.run, "detector": learned]) { $1 }
  }

  var configuration: JSONValue {
    .object(["measures": .array([.string(detector)]), "voters": .array([])])
  }

  /// The number of images between two commits.
  private static let chunkSize = 2000

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let fitted = try LearnStage.fitted(by: learned, in: context.tracker)
    let values = try InputValues(
      fitted.inputs.map(DetectorInput.init), of: measurement.run, in: context.tracker)
    let records = try ScoreRecords(
      names(of: fitted), of: measurement.run, by: run, in: context)
    let total = values.indices.count
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    while done < total {
      try stopIfCancelled(context)
      let rows = done..<min(done + Self.chunkSize, total)
      let found = rows.map { fitted.score(Array(values.row($0))) }
      if let place = found.firstIndex(where: { !$0.isFinite }) {
        throw ScoreError.notFinite(
          measure: detector, image: values.indices[rows.lowerBound + place])
      }
      try run.commitChunk(progressDone: rows.upperBound, total: total) { writer in
        if done == 0 { try records.begin(writer) }
        try records.write(Array(values.indices[rows]), values: [found], votes: [], writer)
      }
      done = rows.upperBound
      context.progress.advance(to: done)
    }
    try run.finish { writer in try records.finish(fitted: [[:]], writer) }
  }

  private func names(of fitted: any FittedDetector) -> ScoreRecords.Names {
    let source = (try? DetectorCatalogue.named(fitted.learner))?.source ?? ""
    var names = ScoreRecords.Names()
    names.measures = [
      (
        MeasureDescription(
          name: detector, orientation: .high, unit: "score", title: detector,
          summary: "score of the detector of that name, \(fitted.learner) on "
            + "\(fitted.inputs.count) measures and votes",
          source: source), .detector
      )
    ]
    return names
  }
}
