internal import SQLite
internal import Tracker

/// What a run's page says, read at once.
struct RunRecord {
  let run: Run
  /// The run's row of the view runs.
  let facts: QueryRow
  let parameters: [QueryRow]
  let metrics: [LastMetric]
  let artifacts: [QueryRow]
  let executions: [QueryRow]
  /// What ran a command, by the number of its execution.
  let programs: [Int64: QueryRow]
  let notes: [QueryRow]
  let attributes: [QueryRow]
  /// What came of a stage of a study, with its title.
  let results: [(title: String, rows: QueryResult)]
  let lineage: Lineage
  /// The sweep's trial that computed it.
  let trial: (sweep: String, number: Int)?

  init(of run: Run, in tracker: Tracker) throws {
    self.run = run
    func rows(_ sql: String) throws -> QueryResult {
      let (columns, rows) = try tracker.read { try $0.query(sql, ["run": .text(run.uuid)]) }
      return QueryResult(columns: columns, rows: rows)
    }
    facts = try rows("SELECT * FROM runs WHERE run = :run").entries.first ?? QueryRow()
    parameters = try rows(
      "SELECT parameter, value FROM parameters WHERE run = :run ORDER BY parameter"
    ).entries
    metrics = try tracker.lastMetrics(of: run)
    artifacts = try rows(
      """
      SELECT artifact, size, media_type, sha256, created FROM artifacts WHERE run = :run
      ORDER BY artifact LIMIT \(Self.mostArtifacts)
      """
    ).entries
    executions = try rows(
      "SELECT * FROM executions WHERE run = :run ORDER BY execution DESC LIMIT \(Self.mostExecutions)"
    ).entries
    let programs = try rows(
      "SELECT * FROM program_executions WHERE run = :run ORDER BY execution DESC LIMIT \(Self.mostExecutions)"
    ).entries
    self.programs = Dictionary(
      programs.compactMap { row in row["execution"].integer.map { ($0, row) } }
    ) { first, _ in first }
    notes = try rows(
      "SELECT text, recorded FROM run_notes WHERE run = :run ORDER BY note_number DESC LIMIT 200"
    ).entries
    attributes = try rows(
      """
      SELECT attribute_kind, attribute, value FROM run_attributes WHERE run = :run
      ORDER BY attribute_kind, attribute LIMIT 200
      """
    ).entries
    results = try (Self.results[run.kind] ?? []).compactMap {
      title, sql -> (title: String, rows: QueryResult)? in
      let found = try rows(sql)
      return found.rows.isEmpty ? nil : (title, found)
    }
    lineage = try Lineage(of: run, in: tracker)
    trial = try tracker.trial(computing: run)
  }

  /// As many are listed.
  static let mostArtifacts = 500
  static let mostExecutions = 20

  /// What says how a stage of a study came out, by the kind of run.
  private static let results: [String: [(String, String)]] = [
    "train": [
      (
        "Trained network",
        """
        SELECT dataset, architecture, weight_count, dropout_rate, test_images, test_accuracy
        FROM training_runs WHERE run = :run
        """
      )
    ],
    "attack": [
      (
        "Adversarial set",
        """
        SELECT attack, image_count AS images, success_rate, mean_l0, mean_l2, mean_linf
        FROM adversarial_sets WHERE run = :run AND image_count IS NOT NULL
        """
      )
    ],
    "thresholds": [
      (
        "Detectors",
        """
        SELECT protocol, method, detector, measure, low_threshold, high_threshold,
          agreement_threshold, detection_accuracy, classification_accuracy
        FROM detection_results WHERE run = :run
        ORDER BY protocol DESC, method, detector = 'hybrid' DESC, detection_accuracy DESC LIMIT 12
        """
      )
    ],
    "verdict": [
      (
        "Verdict of the whole system",
        """
        SELECT detector, attack, image_count AS images, flagged_count AS flagged,
          evading_count AS evading, evading_rate
        FROM verdicts WHERE run = :run AND image_count IS NOT NULL
        """
      )
    ],
  ]

  /// What people call the run.
  var title: String { run.name ?? "\(run.kind) \(run.uuid.prefix(8))" }

  /// The user's words for it.
  var tags: [String] {
    let list = facts["tags"].text.flatMap { try? JSONValue(parsing: $0) }
    guard case .array(let tags)? = list else { return [] }
    return tags.compactMap(\.string)
  }
}
