internal import Detection
internal import SQLite
internal import Tracker

/// Writes the rows of a run that scores the images of a measurement.
struct ScoreRecords {
  private let measurement: Run
  private let measures: [(name: String, id: Int64)]
  private let voters: [(name: String, id: Int64)]

  /// What is known of a measure or a voter before there is a row.
  struct Names: Sendable {
    var measures: [(description: MeasureDescription, kind: KnownMeasures.Kind)] = []
    var voters: [(name: String, title: String, summary: String, source: String, kind: String)] = []
    /// Voter sets by name, title and summary, with their voters.
    var sets: [(name: String, title: String, summary: String, voters: [String])] = []
  }

  /// Gives measures and voters rows, where they have none yet, and begins.
  ///
  /// - Throws: ``ScoreError/nameInUse(_:by:)`` where another kind of thing has one of the names.
  init(_ names: Names, of measurement: Run, by run: ActiveRun, in context: StudyContext) throws {
    self.measurement = measurement
    try run.record { writer in try Self.register(names, writer) }
    func id(_ table: String, _ name: String, _ kind: String) throws -> Int64 {
      let found = try context.tracker.read { connection in
        try connection.rows("SELECT id, kind FROM \(table) WHERE name = ?", [.text(name)]) {
          (id: try $0.int64(0), kind: try $0.text(1))
        }
      }
      guard let row = found.first, row.kind == kind else {
        throw ScoreError.nameInUse(name, by: "another \(table)")
      }
      return row.id
    }
    measures = try names.measures.map {
      ($0.description.name, try id("measure", $0.description.name, $0.kind.rawValue))
    }
    voters = try names.voters.map { ($0.name, try id("voter", $0.name, $0.kind)) }
  }

  private static func register(_ names: Names, _ writer: RunWriter) throws {
    for (measure, kind) in names.measures {
      try writer.execute(
        """
        INSERT INTO measure (name, orientation, unit, title, summary, source, kind)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
        """,
        [
          .text(measure.name), .text(measure.orientation.rawValue), .text(measure.unit),
          .text(measure.title), .text(measure.summary), .text(measure.source), .text(kind.rawValue),
        ])
    }
    for voter in names.voters {
      try writer.execute(
        """
        INSERT INTO voter (name, title, summary, source, kind) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name) DO NOTHING
        """,
        [
          .text(voter.name), .text(voter.title), .text(voter.summary), .text(voter.source),
          .text(voter.kind),
        ])
    }
    for set in names.sets {
      try writer.execute(
        "INSERT INTO voter_set (name, title, summary) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
        [.text(set.name), .text(set.title), .text(set.summary)])
      for (place, voter) in set.voters.enumerated() {
        try writer.execute(
          """
          INSERT INTO voter_set_member (voter_set_id, place, voter_id)
          SELECT voter_set.id, ?, voter.id FROM voter_set JOIN voter
          WHERE voter_set.name = ? AND voter.name = ?
          ON CONFLICT DO NOTHING
          """,
          [.integer(Int64(place)), .text(set.name), .text(voter)])
      }
    }
  }

  /// Writes the run itself.
  func begin(_ writer: RunWriter) throws {
    try writer.execute(
      "INSERT INTO score_run (run_id, measurement_id) VALUES (?, ?)",
      [.integer(writer.runID), .integer(measurement.id)])
  }

  /// Writes a chunk of images.
  ///
  /// - Parameters:
  ///   - indices: The images.
  ///   - values: For each measure a number an image.
  ///   - votes: For each voter a class an image.
  ///   - writer: Where to.
  /// - Throws: `SQLiteError`.
  func write(
    _ indices: [Int], values: [[Double]], votes: [[Int]], _ writer: RunWriter
  ) throws {
    let images = indices.map(Int64.init)
    for (measure, numbers) in zip(measures, values) {
      try writer.insertRows(
        "INSERT INTO image_score (run_id, measure_id, image_index, value) VALUES (?, ?, ?, ?)",
        [.constant(writer.runID), .constant(measure.id), .integers(images), .reals(numbers)])
    }
    for (voter, classes) in zip(voters, votes) {
      try writer.insertRows(
        "INSERT INTO image_vote (run_id, voter_id, image_index, class) VALUES (?, ?, ?, ?)",
        [
          .constant(writer.runID), .constant(voter.id), .integers(images),
          .integers(classes.map(Int64.init)),
        ])
    }
  }

  /// Says that everything is whole, in the transaction that finishes the run.
  ///
  /// - Parameters:
  ///   - fitted: For each measure what was tuned.
  ///   - writer: Where to.
  /// - Throws: `SQLiteError`.
  func finish(fitted: [[String: Double]], _ writer: RunWriter) throws {
    for (measure, settings) in zip(measures, fitted) {
      for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
        try writer.execute(
          "INSERT INTO score_setting (run_id, measure_id, name, value) VALUES (?, ?, ?, ?)",
          [.integer(writer.runID), .integer(measure.id), .text(name), .real(value)])
      }
    }
    for (table, names, rows) in [
      ("scored_measure", "measure", measures), ("recorded_voter", "voter", voters),
    ] {
      for row in rows {
        // Of what several runs recorded the first one counts; a deleted run has no such row.
        try writer.execute(
          """
          INSERT INTO \(table) (measurement_id, \(names)_id, run_id) VALUES (?, ?, ?)
          ON CONFLICT DO NOTHING
          """, [.integer(measurement.id), .integer(row.id), .integer(writer.runID)])
      }
    }
  }
}

extension ScoreRecords.Names {
  /// What a request for scores names.
  init(_ request: ScoreRequest) {
    measures = request.measures.map { ($0.description, .catalogue) }
    voters = request.voters.map { ($0.name, $0.title, $0.summary, $0.source, "catalogue") }
    sets = request.sets.map { ($0.name, $0.title, $0.summary, $0.voters.map(\.name)) }
  }
}
