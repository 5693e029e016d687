internal import Report
internal import SQLite
internal import Tracker

/// All that is known of one image of a set, and of the same test image in other sets.
struct ImageHistory {
  /// What the network makes of the clean image and of the adversarial one, by the measurement.
  let sides: [QueryRow]
  /// A row a measure: its value of the clean image, and of the adversarial one.
  let scores: [QueryRow]
  /// A row a voter that is no crop.
  let votes: [QueryRow]
  /// What detectors with their thresholds decide, of both images.
  let decisions: [QueryRow]
  /// What whole detection systems said of the adversarial image.
  let verdicts: [QueryRow]
  /// What the attack noted of the image.
  let details: [QueryRow]
  /// The same test image in all sets of the data, the newest first.
  let sets: [QueryRow]
  /// Whether there are more sets than are shown.
  let hasMoreSets: Bool
  /// The trials of sweeps that used the set.
  let trials: [QueryRow]
  /// The indices of the images before and behind it in the set.
  let neighbours: (before: Int64?, behind: Int64?)

  /// As many other sets are shown at a time.
  static let setsOfPage = 100

  /// Reads what is known.
  ///
  /// - Parameters:
  ///   - index: The image, in the data set's test images.
  ///   - set: The set.
  ///   - before: Where the list of other sets goes on: the number of the last one's record.
  ///   - tracker: The record.
  /// - Throws: `SQLiteError`.
  init(_ index: Int64, of set: ShownSet, setsBefore before: Int64?, in tracker: Tracker) throws {
    let values: [String: SQLValue] = [
      "set": .text(set.uuid), "set_id": .integer(set.id), "index": .integer(index),
      "measurement": set.measurement.map { .text($0.uuid) } ?? .null,
      // A partner of another index is no partner.
      "clean": set.measurement.flatMap { $0.isPaired ? .text($0.clean) : nil } ?? .null,
      "digest": .text(set.dataDigest), "before": before.map(SQLValue.integer) ?? .null,
      "limit": .integer(Int64(Self.setsOfPage + 1)),
    ]
    sides = try tracker.pageRows(Self.sides, values)
    scores = try tracker.pageRows(Self.scores, values)
    votes = try tracker.pageRows(Self.votes, values)
    decisions = try tracker.pageRows(Self.decisions, values)
    verdicts = try tracker.pageRows(Self.verdicts, values)
    details = try tracker.pageRows(Self.details, values)
    let sets = try tracker.pageRows(Self.sets, values)
    self.sets = Array(sets.prefix(Self.setsOfPage))
    hasMoreSets = sets.count > Self.setsOfPage
    trials = try tracker.pageRows(Self.trials, values)
    let places = try tracker.pageRows(Self.neighbours, values).first
    neighbours = (places?["before"].integer, places?["behind"].integer)
  }

  private static let sides = """
    SELECT * FROM image_uncertainties
    WHERE measurement IN (:clean, :measurement) AND image_index = :index
    ORDER BY adversarial_set IS NOT NULL
    """

  private static let scores = """
    SELECT
      measure, title, unit, measures.orientation,
      max(value) FILTER (WHERE measurement = :clean) AS clean,
      max(value) FILTER (WHERE measurement = :measurement) AS adversarial
    FROM image_scores
    JOIN measures USING (measure)
    WHERE measurement IN (:clean, :measurement) AND image_index = :index
    GROUP BY measure ORDER BY measures.measure_number
    """

  private static let votes = """
    SELECT
      voter, title, max(vote) FILTER (WHERE measurement = :clean) AS clean,
      max(vote) FILTER (WHERE measurement = :measurement) AS adversarial
    FROM image_votes
    JOIN voters USING (voter)
    WHERE measurement IN (:clean, :measurement) AND image_index = :index
    GROUP BY voter ORDER BY voters.voter_number
    """

  private static let decisions = """
    SELECT
      thresholds, protocol, method, detector, measure, low_threshold, high_threshold,
      agreement_threshold, voter_set,
      max(route) FILTER (WHERE NOT is_adversarial) AS clean,
      max(declared_clean) FILTER (WHERE NOT is_adversarial) AS clean_declared_clean,
      max(route) FILTER (WHERE is_adversarial) AS adversarial,
      max(declared_clean) FILTER (WHERE is_adversarial) AS adversarial_declared_clean
    FROM detection_decisions
    JOIN detection_results
      USING (thresholds, measurement, protocol, method, detector, measure, voter_set)
    WHERE measurement = :measurement AND image_index = :index
    GROUP BY thresholds, protocol, method, detector, measure
    ORDER BY detector = 'hybrid' DESC, method, protocol DESC, detector, measure
    """

  private static let verdicts = """
    SELECT verdict, detector, is_adaptive, prediction, score, excess, agreement, is_flagged, is_evading
    FROM verdicts
    JOIN image_verdicts USING (verdict)
    WHERE adversarial_set = :set AND image_index = :index AND hidden IS NOT 'deleted'
    """

  private static let details = """
    SELECT detail, value FROM adversarial_details
    WHERE adversarial_set = :set AND image_index = :index ORDER BY detail
    """

  /// The newest measurement of each set says what was measured, the user's own before trials'.
  private static let sets = """
    SELECT
      run.id AS record_number, run.uuid, adversarial_set.attack, parameters,
      model.uuid AS model, coalesce(run_label.name, model.name, substr(model.uuid, 1, 8)) AS model_name,
      image.prediction, target_label, success, l0, l2, linf, image.iterations, image.true_label,
      seen.softmax_std, seen.max_probability, seen.agreement, seen.prediction AS mean_prediction,
      EXISTS (SELECT 1 FROM noisy_set WHERE noisy_set.run_id = run.id) AS is_noisy,
      (SELECT sweep.name || ', trial ' || trial.number
       FROM trial_run
       JOIN trial ON trial.id = trial_run.trial_id
       JOIN sweep ON sweep.id = trial.sweep_id
       WHERE trial_run.run_id = run.id AND computed = 1 LIMIT 1) AS trial
    FROM adversarial_set
    CROSS JOIN training_run ON training_run.run_id = model_id
    CROSS JOIN adversarial_image AS image
      ON image.adversarial_set_id = adversarial_set.run_id AND image.image_index = :index
    JOIN run ON run.id = adversarial_set.run_id
    JOIN run AS model ON model.id = model_id
    LEFT JOIN run_label ON run_label.run_id = model_id
    LEFT JOIN image_uncertainty AS seen
      ON seen.image_index = :index AND seen.measurement_id = (
        SELECT measurement.run_id FROM measurement
        WHERE measurement.adversarial_set_id = adversarial_set.run_id
          AND measurement.image_count IS NOT NULL
        ORDER BY
          EXISTS (SELECT 1 FROM own_runs WHERE record_number = measurement.run_id) DESC,
          measurement.run_id DESC
        LIMIT 1)
    WHERE dataset_sha256 = :digest AND (:before IS NULL OR adversarial_set.run_id < :before)
      AND NOT EXISTS (
        SELECT 1 FROM hidden_run
        WHERE hidden_run.run_id IN (run.id, model_id) AND how = 'deleted')
    ORDER BY adversarial_set.run_id DESC LIMIT :limit
    """

  private static let trials = """
    SELECT sweep_name, trial, computed FROM trial_runs WHERE run = :set
    ORDER BY sweep_name, trial LIMIT 100
    """

  private static let neighbours = """
    SELECT
      (SELECT max(image_index) FROM adversarial_image
       WHERE adversarial_set_id = :set_id AND image_index < :index) AS before,
      (SELECT min(image_index) FROM adversarial_image
       WHERE adversarial_set_id = :set_id AND image_index > :index) AS behind
    """
}
