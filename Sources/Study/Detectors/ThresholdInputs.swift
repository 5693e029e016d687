internal import Detection
internal import SQLite
internal import Tracker

/// The measures and votes that thresholds are chosen by, all of them recorded.
struct ThresholdInputs: Sendable {
  let measures: [String]
  /// The voter set; nil if there are no votes.
  let voters: String?
  /// The runs that recorded what the measurements themselves did not, by role.
  let scores: [String: Run]

  /// Finds what is asked for.
  ///
  /// - Parameters:
  ///   - names: Names of measures; `all` stands for those that are recorded of both halves.
  ///   - voters: The name of a voter set; nil for the crops of a measurement, if it has any.
  ///   - measurement: Of an adversarial set.
  ///   - tracker: The database.
  /// - Throws: ``ScoreError`` for what is unknown or not recorded.
  init(
    measures names: [String], voters: String?, of measurement: Measurement, in tracker: Tracker
  ) throws {
    let halves = [try measurement.cleanHalf(in: tracker), measurement].compactMap { $0 }
    let recorded = try halves.map { try RecordedScores(of: $0, in: tracker) }
    let known = try KnownMeasures(in: tracker)
    var measures: [String] = []
    for name in names {
      let found =
        name == "all"
        ? known.entries.map(\.name).filter { name in recorded.allSatisfy { $0.has(measure: name) } }
        : [try known.canonical(name)]
      measures += found.filter { !measures.contains($0) }
    }
    var inputs = measures.map(DetectorInput.measure)
    let hasCrops = measurement.passes != nil
    let set = voters ?? (hasCrops ? ScoreRequest.crops : nil)
    guard set != ScoreRequest.crops || hasCrops else {
      throw measurement.hasImages
        ? ScoreError.hasNoCrops(measurement: measurement.run.uuid)
        : .hasNoImages(measurement: measurement.run.uuid)
    }
    if let set, set != ScoreRequest.crops {
      inputs += try Self.members(of: set, in: tracker).map(DetectorInput.vote)
    }
    self.measures = measures
    self.voters = set
    scores = try InputRuns(inputs, of: halves, in: tracker).parents
  }

  /// The voters of a set, as the database or else the catalogue has them.
  static func members(of set: String, in tracker: Tracker) throws -> [String] {
    let found = try tracker.read { connection in
      try connection.rows(
        """
        SELECT voter.name FROM voter_set
        JOIN voter_set_member ON voter_set_id = voter_set.id
        JOIN voter ON voter.id = voter_id
        WHERE voter_set.name = ? ORDER BY place
        """, [.text(set)]
      ) { try $0.text(0) }
    }
    if !found.isEmpty { return found }
    let names = try tracker.read { connection in
      try connection.rows("SELECT name FROM voter_set ORDER BY id", []) { try $0.text(0) }
    }
    guard let own = VoterSetCatalogue.sets.first(where: { $0.name == set }) else {
      throw ScoreError.unknownVoterSet(
        set, known: names + VoterSetCatalogue.sets.map(\.name))
    }
    return own.voters.map(\.name)
  }
}
