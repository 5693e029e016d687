internal import Bytes
internal import Detection
internal import SQLite
internal import Tracker

/// Records measures and votes that another program made of the images of a measurement.
struct ExternalScoreStage: Stage {
  static let kind = ScoreStage.kind
  var title: String { "scores of \(measurement.title)" }
  let seed: Int64? = nil

  let measurement: Measurement
  /// The images, ascending, in whose order all values are.
  let indices: [Int]
  let measures: [(description: MeasureDescription, values: [Double])]
  let voters: [(name: String, classes: [Int])]
  /// The set that the voters become; nil for none.
  let voterSet: String?

  var parents: [String: Run] { ["measurement": measurement.run] }

  var configuration: JSONValue {
    var digest = ContentDigest()
    for measure in measures {
      digest.update(littleEndianBytes(measure.values.map(\.bitPattern)))
    }
    for voter in voters { digest.update(littleEndianBytes(voter.classes.map { UInt64($0) })) }
    return .object([
      "measures": .array(measures.map { .string($0.description.name) }),
      "voters": .array(voters.map { .string($0.name) }),
      "imported": .object(["values_sha256": .string(digest.name)]),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    context.progress.begin(title, done: 0, total: indices.count, unit: "images")
    var names = ScoreRecords.Names()
    names.measures = measures.map { ($0.description, .imported) }
    names.voters = voters.map { ($0.name, $0.name, "made by another program", "", "imported") }
    names.sets = voterSet.map { [($0, $0, "made by another program", voters.map(\.name))] } ?? []
    let records = try ScoreRecords(names, of: measurement.run, by: run, in: context)
    try run.finish { writer in
      try records.begin(writer)
      try records.write(
        indices, values: measures.map(\.values), votes: voters.map(\.classes), writer)
      try records.finish(fitted: measures.map { _ in [:] }, writer)
    }
  }

  /// The same without what is recorded; nil if that is everything.
  ///
  /// - Throws: ``ScoreError/otherValues(_:images:run:)`` if what is recorded has other values.
  func withoutRecorded(in tracker: Tracker) throws -> ExternalScoreStage? {
    let recorded = try RecordedScores(of: measurement, in: tracker)
    let newMeasures = try measures.filter { measure in
      try !isRecorded(
        measure.values, as: recorded.measures[measure.description.name], "image_score", "value",
        measure.description.name, in: tracker)
    }
    let newVoters = try voters.filter { voter in
      try !isRecorded(
        voter.classes.map(Double.init), as: recorded.voters[voter.name], "image_vote", "class",
        voter.name, in: tracker)
    }
    guard !newMeasures.isEmpty || !newVoters.isEmpty else { return nil }
    return ExternalScoreStage(
      measurement: measurement, indices: indices, measures: newMeasures, voters: newVoters,
      voterSet: voterSet)
  }

  /// Whether values are recorded as just these.
  private func isRecorded(
    _ values: [Double], as run: Int64?, _ table: String, _ column: String, _ name: String,
    in tracker: Tracker
  ) throws -> Bool {
    guard let run else { return false }
    let names = table == "image_score" ? "measure" : "voter"
    let rows = try tracker.read { connection in
      try connection.rows(
        """
        SELECT \(column) FROM \(table)
        WHERE run_id = ? AND \(names)_id = (SELECT id FROM \(names) WHERE name = ?)
        ORDER BY image_index
        """, [.integer(run), .text(name)]
      ) { $0.value(0).real ?? .nan }
    }
    guard rows == values else {
      throw ScoreError.otherValues(
        name, images: measurement.title, run: try tracker.run(id: run).uuid)
    }
    return true
  }
}
