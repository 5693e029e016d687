internal import Detection
internal import SQLite
internal import Tracker

/// The measures and voters that a measurement has of all its images.
struct RecordedScores: Sendable {
  /// The runs that recorded narrow measures, by the measure's name.
  let measures: [String: Int64]
  /// The runs that recorded votes, by the voter's name.
  let voters: [String: Int64]
  /// The measures that were read off the passes with dropout.
  let ofPasses: Set<String>

  /// Reads what there is of a measurement.
  init(of measurement: Measurement, in tracker: Tracker) throws {
    func runs(_ table: String, _ names: String) throws -> [String: Int64] {
      let rows = try tracker.read { connection in
        try connection.rows(
          """
          SELECT name, run_id FROM \(table) JOIN \(names) ON \(names).id = \(names)_id
          WHERE measurement_id = ?
          """, [.integer(measurement.run.id)]
        ) { (try $0.text(0), try $0.int64(1)) }
      }
      return Dictionary(uniqueKeysWithValues: rows)
    }
    measures = try runs("scored_measure", "measure")
    voters = try runs("recorded_voter", "voter")
    let names = try KnownMeasures(in: tracker).names(of: .monteCarlo)
    ofPasses = measurement.passes == nil ? [] : Set(names)
  }

  /// Whether there are values of a measure.
  func has(measure: String) -> Bool { ofPasses.contains(measure) || measures[measure] != nil }

  /// Whether there are values of an input: a measure, or a vote.
  func has(_ input: DetectorInput) -> Bool {
    switch input {
    case .measure(let name): has(measure: name)
    case .vote(let voter): voters[voter] != nil || hasCrops && Crops.Position(vote: voter) != nil
    }
  }

  /// Whether the measurement has the votes of the five crops.
  var hasCrops: Bool { !ofPasses.isEmpty }

  /// The run that recorded an input; nil for what the measurement's own run did.
  func run(of input: DetectorInput) -> Int64? {
    switch input {
    case .measure(let name): measures[name]
    case .vote(let voter): voters[voter]
    }
  }
}
