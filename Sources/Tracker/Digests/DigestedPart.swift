/// Rows that belong together, of which one digest is taken: what they hold, in an order of their
/// own.
///
/// A column that a later version adds is no part of it. A version that changes what these
/// statements give names the part anew.
struct DigestedPart: Sendable {
  /// What it is called.
  let name: String
  /// SELECTs whose one parameter is the row that the part belongs to.
  let statements: [String]
  /// Whether numbers are among the columns by which only this file knows other rows.
  var namesRows = true

  /// The parts of a run.
  static let ofRun = [
    records, model, served, selection, set, details, steps, pixels, noise, measurement, scores,
    thresholds, detector, verdict, excess, evaluation, earlierValues,
  ]

  /// The run itself and what every run may have.
  ///
  /// An artifact that a policy dropped, or that was taken back, is the same one.
  private static let records = DigestedPart(
    name: "record",
    statements: [
      """
      SELECT
        uuid, kind, name, state, key, configuration, seed, created_ms, finished_ms, progress_done,
        progress_total, error
      FROM run WHERE id = ?
      """,
      """
      SELECT
        number, token, host, boot_id, process_id, process_started, started_ms, heartbeat_ms,
        ended_ms, outcome, git_commit, git_dirty, command_line, operating_system, processor,
        program_version, swift_version, sqlite_version, blas, threads, peak_memory_bytes,
        duration_ms
      FROM execution WHERE run_id = ? ORDER BY number
      """,
      "SELECT role, parent_run_id FROM lineage WHERE run_id = ? ORDER BY role",
      "SELECT name, value FROM parameter WHERE run_id = ? ORDER BY name",
      "SELECT name, step, value, recorded_ms FROM metric WHERE run_id = ? ORDER BY name, step",
      """
      SELECT artifact.name AS name, blob.sha256
      FROM artifact JOIN blob ON blob.id = artifact.blob_id WHERE run_id = ?1
      UNION
      SELECT name, sha256 FROM dropped_artifact WHERE run_id = ?1
      ORDER BY name
      """,
    ])

  private static let model = DigestedPart(
    name: "model",
    statements: [
      """
      SELECT
        dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites, optimizer,
        learning_rate, batch_size, epochs, training_images, test_images, test_correct
      FROM training_run WHERE run_id = ?
      """
    ], namesRows: false)

  /// What a served model is; how it is started may change.
  private static let served = DigestedPart(
    name: "served model",
    statements: [
      """
      SELECT
        name, digest, protocol_version, image_height, image_width, image_channels, layout,
        capabilities, layers, default_layer, batch_size, framework, device, is_deterministic
      FROM served_model WHERE run_id = ?
      """
    ], namesRows: false)

  private static let selection = DigestedPart(
    name: "selection",
    statements: [
      "SELECT dataset, dataset_sha256, method FROM image_selection WHERE run_id = ?",
      "SELECT image_index, part FROM selected_image WHERE selection_id = ? ORDER BY image_index",
    ], namesRows: false)

  private static let set = DigestedPart(
    name: "adversarial set",
    statements: [
      """
      SELECT
        model_id, selection_id, attack, parameters, image_count, success_count, mean_l0, mean_l2,
        mean_linf
      FROM adversarial_set WHERE run_id = ?
      """,
      """
      SELECT
        image_index, true_label, target_label, prediction, success, iterations, l0, l2, linf
      FROM adversarial_image WHERE adversarial_set_id = ? ORDER BY image_index
      """,
    ])

  /// What attacks noted of single images.
  private static let details = DigestedPart(
    name: "attack's details",
    statements: [
      """
      SELECT image_index, name, value FROM adversarial_detail WHERE adversarial_set_id = ?
      ORDER BY image_index, name
      """
    ], namesRows: false)

  /// How an attack's images fared step by step.
  private static let steps = DigestedPart(
    name: "attack's steps",
    statements: [
      """
      SELECT
        first_image, step, image_count, loss_sum, loss_square_sum, misled_count, scored_count,
        score_sum
      FROM attack_step WHERE adversarial_set_id = ? ORDER BY step, first_image
      """
    ], namesRows: false)

  /// A policy may drop them, and they are taken back only as the same bits.
  static let pixels = DigestedPart(
    name: "adversarial pixels",
    statements: [
      """
      SELECT image_index, pixels FROM adversarial_pixels WHERE adversarial_set_id = ?
      ORDER BY image_index
      """
    ], namesRows: false)

  /// What noisy images are as strong as.
  private static let noise = DigestedPart(
    name: "noisy set",
    statements: ["SELECT matches_id, method, scale FROM noisy_set WHERE run_id = ?"])

  private static let measurement = DigestedPart(
    name: "measurement",
    statements: [
      """
      SELECT
        model_id, selection_id, adversarial_set_id, clean_measurement_id, passes, crop_side,
        image_count
      FROM measurement WHERE run_id = ?
      """,
      """
      SELECT
        image_index, true_label, prediction, deterministic_prediction, softmax_std, logit_std,
        predictive_entropy, mutual_information, max_probability, margin,
        deterministic_max_probability, crop_top_left, crop_bottom_left, crop_top_right,
        crop_bottom_right, crop_centre
      FROM image_uncertainty WHERE measurement_id = ? ORDER BY image_index
      """,
    ])

  private static let scores = DigestedPart(
    name: "image scores",
    statements: [
      "SELECT measurement_id FROM score_run WHERE run_id = ?",
      """
      SELECT measure_id, name, value FROM score_setting WHERE run_id = ? ORDER BY measure_id, name
      """,
      """
      SELECT measure_id, image_index, value FROM image_score WHERE run_id = ?
      ORDER BY measure_id, image_index
      """,
      """
      SELECT voter_id, image_index, class FROM image_vote WHERE run_id = ?
      ORDER BY voter_id, image_index
      """,
    ])

  private static let thresholds = DigestedPart(
    name: "thresholds",
    statements: [
      """
      SELECT
        measurement_id, protocol, method, detector, measure, orientation, low_threshold,
        high_threshold, agreement_threshold, clean_declared_clean_correct,
        clean_declared_clean_incorrect, clean_declared_adversarial,
        adversarial_declared_clean_correct, adversarial_declared_clean_incorrect,
        adversarial_declared_adversarial, sent_to_crops
      FROM threshold_result WHERE run_id = ? ORDER BY protocol, method, detector, measure
      """,
      """
      SELECT measurement_id, measure, orientation, auroc FROM measure_result WHERE run_id = ?
      ORDER BY measure
      """,
    ])

  private static let detector = DigestedPart(
    name: "detector",
    statements: [
      """
      SELECT
        name, learner, model_id, part, measure_id, threshold, clean_images, adversarial_images
      FROM detector WHERE run_id = ?
      """,
      "SELECT place, input, weight FROM detector_input WHERE run_id = ? ORDER BY place",
      "SELECT measurement_id FROM detector_mix WHERE run_id = ? ORDER BY measurement_id",
    ])

  /// What a detection system said of a set.
  private static let verdict = DigestedPart(
    name: "verdict",
    statements: [
      """
      SELECT adversarial_set_id, detector, image_count, flagged_count, evading_count
      FROM verdict WHERE run_id = ?
      """,
      """
      SELECT image_index, prediction, score, agreement, is_flagged, is_evading
      FROM adversarial_verdict WHERE verdict_id = ? ORDER BY image_index
      """,
    ])

  /// What it said of images from version 16 on.
  private static let excess = DigestedPart(
    name: "verdict's excess",
    statements: [
      """
      SELECT image_index, true_label, excess, is_misclassified FROM adversarial_verdict
      WHERE verdict_id = ? AND excess IS NOT NULL ORDER BY image_index
      """
    ])

  private static let evaluation = DigestedPart(
    name: "evaluation",
    statements: [
      """
      SELECT
        model_id, selection_id, detector, baseline_id, norm, epsilon, measurement_id,
        baseline_measurement_id
      FROM evaluation WHERE run_id = ?
      """,
      """
      SELECT part_number, part_role, is_adaptive, adversarial_set_id, verdict_id, repeats
      FROM evaluation_part WHERE evaluation_id = ? ORDER BY part_number
      """,
    ])

  /// Values of metrics beside those that count for their steps.
  private static let earlierValues = DigestedPart(
    name: "earlier values",
    statements: [
      """
      SELECT name, step, recorded_ms, number, value FROM earlier_metric
      WHERE run_id = ? ORDER BY name, step, recorded_ms, number
      """
    ], namesRows: false)

  /// A trial that was finished or pruned, with what its sweep searched.
  static let trial = DigestedPart(
    name: "trial",
    statements: [
      """
      SELECT
        number, trial.state, parameters, proposed_after, trial.created_ms, ended_ms, judged_number,
        sweep.uuid, sweep.name, definition, seed
      FROM trial JOIN sweep ON sweep.id = sweep_id WHERE trial.id = ?
      """,
      "SELECT objective, value FROM trial_value WHERE trial_id = ? ORDER BY objective",
      "SELECT step, value FROM trial_report WHERE trial_id = ? ORDER BY step",
    ])
}
