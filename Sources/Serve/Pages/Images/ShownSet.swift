internal import Report
internal import SQLite
internal import Tracker

/// An adversarial set as pages show it: what it is, and what is recorded of its images.
struct ShownSet {
  /// What was measured of the set's images and of their clean partners.
  struct Measurement {
    let id: Int64
    let uuid: String
    let clean: String
    /// Whether an adversarial image has the index of its clean partner.
    let isPaired: Bool
    let hasPasses: Bool
  }

  /// A measure that the measurement has of every image.
  struct Measure {
    let name: String
    let title: String
    let unit: String
    let orientation: String
  }

  let id: Int64
  let row: QueryRow
  /// The measurement that is shown; nil if none is finished.
  let measurement: Measurement?
  /// The finished measurements by their UUIDs, the newest first, the user's own before trials'.
  let measurements: [String]
  let measures: [Measure]
  let judges: [ImageJudge]

  var uuid: String { row["adversarial_set"].text ?? "" }
  var attack: String { row["attack"].text ?? "" }
  var model: String { row["model"].text ?? "" }
  var dataset: String { row["dataset"].text ?? "" }
  var dataDigest: String { row["dataset_sha256"].text ?? "" }
  var isFinished: Bool { row["state"].text == "finished" }

  /// Finds a set; nil if nobody named one and there is none.
  ///
  /// - Parameters:
  ///   - name: The beginning of its run's UUID, or the run's name; nil for the newest set.
  ///   - measurement: The UUID of the measurement that is shown; nil, or one that is not the set's, for
  ///     the newest.
  ///   - tracker: The record.
  /// - Throws: ``HTTPFailure`` of status 404 if the run is no set, `TrackerError`, `SQLiteError`.
  init?(named name: String?, measurement: String?, in tracker: Tracker) throws {
    let uuid: String
    if let name {
      uuid = try tracker.run(matching: name).uuid
    } else {
      guard let newest = try tracker.pageRows(Self.newest).first?["uuid"].text else { return nil }
      uuid = newest
    }
    guard let row = try tracker.pageRows(Self.set, ["set": .text(uuid)]).first,
      let id = row["id"].integer
    else {
      throw HTTPFailure(.notFound, "the run \(uuid.prefix(8)) is no set of adversarial images")
    }
    let rows = try tracker.pageRows(Self.measurements, ["set": .text(uuid)])
    let chosen = rows.first { $0["measurement"].text == measurement } ?? rows.first
    self.row = row
    self.id = id
    measurements = rows.compactMap { $0["measurement"].text }
    self.measurement = chosen.map { row in
      Measurement(
        id: row["id"].integer ?? 0, uuid: row["measurement"].text ?? "",
        clean: row["clean_measurement"].text ?? "", isPaired: row["is_paired"].integer == 1,
        hasPasses: row["passes"] != .null)
    }
    let known: [String: SQLValue] = [
      "set": .text(uuid), "measurement": self.measurement.map { .text($0.uuid) } ?? .null,
      "id": self.measurement.map { .integer($0.id) } ?? .null,
      "has_passes": .integer(self.measurement?.hasPasses == true ? 1 : 0),
    ]
    measures =
      self.measurement == nil
      ? []
      : try tracker.pageRows(Self.measures, known).map { row in
        Measure(
          name: row["measure"].text ?? "", title: row["title"].text ?? "",
          unit: row["unit"].text ?? "", orientation: row["orientation"].text ?? "")
      }
    judges = try ImageJudge.all(known, in: tracker)
  }

  /// The newest set that was not deleted, one of the user's own before those of trials.
  private static let newest = """
    SELECT uuid FROM adversarial_set JOIN run ON run.id = adversarial_set.run_id
    WHERE NOT EXISTS (
      SELECT 1 FROM hidden_run
      WHERE hidden_run.run_id IN (run.id, model_id) AND how = 'deleted')
    ORDER BY
      EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = run.id) DESC,
      adversarial_set.run_id DESC
    LIMIT 1
    """

  private static let set = """
    SELECT
      adversarial_sets.*, dataset_sha256, architecture, runs.name, runs.created,
      (SELECT name FROM runs WHERE runs.run = adversarial_sets.model) AS model_name,
      (SELECT id FROM run WHERE uuid = :set) AS id
    FROM adversarial_sets
    JOIN training_runs USING (model)
    JOIN runs ON runs.run = adversarial_set
    WHERE adversarial_set = :set
    """

  private static let measurements = """
    SELECT
      measurement, clean_measurement, is_paired, passes,
      (SELECT id FROM run WHERE uuid = measurement) AS id
    FROM measurements
    WHERE adversarial_set = :set AND state = 'finished' AND hidden IS NOT 'deleted'
    ORDER BY EXISTS (SELECT 1 FROM own_runs WHERE own_runs.run = measurement) DESC, id DESC
    """

  private static let measures = """
    SELECT measure, title, unit, orientation
    FROM measures
    WHERE iif(
      measure_kind = 'monte_carlo', :has_passes,
      EXISTS (SELECT 1 FROM scored_measure WHERE measurement_id = :id AND measure_id = measure_number))
    ORDER BY measure_number
    """
}

extension ShownSet {
  /// What people call the set: the attack and its parameters.
  var title: String { Self.title(attack, row["parameters"].text) }

  /// The attack in capitals, with its parameters such as "epsilon 0.3".
  static func title(_ attack: String, _ parameters: String?) -> String {
    let leaves = parameters.flatMap { try? JSONValue(parsing: $0) }?.leaves ?? []
    let words = leaves.map { leaf in
      leaf.path.replacing("_", with: " ") + " " + (leaf.value.string ?? leaf.value.canonical)
    }
    return ([AttackName.heading(attack)] + (words.isEmpty ? [] : [words.joined(separator: ", ")]))
      .joined(separator: " · ")
  }

  /// The sets that a reader can choose from, the newest first, the user's own before trials'.
  ///
  /// - Parameters:
  ///   - limit: How many at most.
  ///   - tracker: The record.
  /// - Returns: A row a set.
  /// - Throws: `SQLiteError`.
  static func choices(limit: Int, in tracker: Tracker) throws -> [QueryRow] {
    try tracker.pageRows(
      """
      SELECT
        run.uuid, adversarial_set.attack, parameters, run.state, training_run.dataset,
        coalesce(run_label.name, model.name, substr(model.uuid, 1, 8)) AS model,
        strftime('%Y-%m-%d %H:%M', run.created_ms / 1000.0, 'unixepoch') AS created,
        EXISTS (SELECT 1 FROM noisy_set WHERE noisy_set.run_id = run.id) AS is_noisy,
        EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = run.id) AS is_own
      FROM adversarial_set
      JOIN run ON run.id = adversarial_set.run_id
      JOIN run AS model ON model.id = model_id
      JOIN training_run ON training_run.run_id = model_id
      LEFT JOIN run_label ON run_label.run_id = model_id
      WHERE NOT EXISTS (
        SELECT 1 FROM hidden_run
        WHERE hidden_run.run_id IN (run.id, model_id) AND how = 'deleted')
      ORDER BY is_own DESC, adversarial_set.run_id DESC LIMIT :limit
      """, ["limit": .integer(Int64(limit))])
  }
}
