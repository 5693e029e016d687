import Foundation
import SQLite
import Tracker

/// A database such as years of work leave.
///
/// It has 250 studies, five at a time alike but for their seeds, thousands of other trainings, and
/// eleven million per-image rows. The numbers in it mean nothing.
enum LargeDatabase {
  static let studies = 250
  static let runs = 10_000
  static let images = 4_444

  /// A study's runs by place: what was run, and about which attack.
  private static let stages = [
    ("train", "NULL"), ("select", "NULL"), ("measure", "NULL"), ("attack", "'fgsm'"),
    ("attack", "'bim-a'"), ("attack", "'bim-b'"), ("attack", "'jsma'"), ("measure", "'fgsm'"),
    ("measure", "'bim-a'"), ("measure", "'bim-b'"), ("measure", "'jsma'"),
    ("thresholds", "'fgsm'"), ("thresholds", "'bim-a'"), ("thresholds", "'bim-b'"),
    ("thresholds", "'jsma'"), ("reproduce", "NULL"),
  ]

  /// The UUID of a run of one study in the middle.
  static func uuid(ofStage place: Int) -> String {
    let study = studies / 2
    return String(
      format: "%08x-0000-4000-8000-%012x", study * stages.count + place + 1, study)
  }

  /// How many runs a study has.
  static let stageCount = stages.count

  /// Fills a new database.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - hasWords: Whether runs have names, groups, tags and parameters, and there is a sweep.
  /// - Throws: `SQLiteError`.
  static func make(at path: String, hasWords: Bool = false) throws {
    _ = try Tracker(writing: path, environment: RunEnvironment(version: "benchmark"))
    let connection = try Connection(path: path, mode: .create)
    try connection.transaction {
      for statement in statements + (hasWords ? words : []) + [end] {
        try connection.execute(statement)
      }
    }
  }

  private static let end =
    "UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 5"

  /// Numbers from 0, as a table.
  private static func numbers(_ name: String, _ count: Int) -> [String] {
    [
      "CREATE TEMP TABLE \(name) (n INTEGER PRIMARY KEY)",
      """
      INSERT INTO \(name) WITH RECURSIVE counted (n) AS (
        SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < \(count)) SELECT n FROM counted
      """,
    ]
  }

  private static var statements: [String] {
    let own = stages.count
    let places = stages.enumerated().map { "(\($0), '\($1.0)', \($1.1))" }.joined(separator: ", ")
    return numbers("study", studies) + numbers("image", images)
      + numbers("other", runs - own * studies)
      + [
        "CREATE TEMP TABLE stage (k INTEGER PRIMARY KEY, kind TEXT, attack TEXT)",
        "INSERT INTO stage VALUES \(places)",
        """
        INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
        SELECT
          study.n * \(own) + k + 1,
          printf('%08x-0000-4000-8000-%012x', study.n * \(own) + k + 1, study.n), kind, 'running',
          printf('%064x', study.n * \(own) + k + 1),
          CASE kind
            WHEN 'reproduce' THEN json_object(
              'detection', json('{"measures":["softmax_std"]}'), 'group', study.n / 5,
              'seed', study.n)
            WHEN 'thresholds' THEN '{"measures":["softmax_std","logit_std"]}'
            ELSE '{}'
          END, study.n, 1700000000000 + study.n * \(own) + k, 'token'
        FROM study, stage
        """,
        """
        INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
        SELECT
          \(own * studies + 1) + n, printf('%08x-0000-4000-8000-%012x', \(own * studies + 1) + n, 0),
          'train', 'running', printf('%064x', \(own * studies + 1) + n), '{}', 1, 1700001000000 + n,
          'token'
        FROM other
        """,
        """
        INSERT INTO execution (
          run_id, number, token, outcome, host, boot_id, process_id, process_started, started_ms,
          heartbeat_ms, ended_ms, command_line, operating_system, processor, program_version,
          swift_version, sqlite_version, blas, threads)
        SELECT
          id, 1, 'token' || id, 'finished', 'host', 'boot', 1, '1', created_ms, created_ms + 5,
          created_ms + 5, '[]', 'system', 'processor', 'benchmark', '6', '3', 'none', 2
        FROM run
        """,
        """
        INSERT INTO training_run
        SELECT
          id, 'mnist', printf('%064d', 1), 'lenet', 431080, 0.5, 'dense1', 'adam', 0.001, 128, 10,
          60000, 10000, 9900, 'labels', 1, NULL, NULL
        FROM run WHERE kind = 'train'
        """,
        """
        INSERT INTO metric
        SELECT id, name.column1, epoch.n, 1.0 / (epoch.n + 1), 0
        FROM run, (VALUES ('train_loss'), ('train_accuracy'), ('test_accuracy')) AS name,
          study AS epoch
        WHERE kind = 'train' AND epoch.n < 10
        """,
        """
        INSERT INTO image_selection
        SELECT n * \(own) + 2, 'mnist', printf('%064d', 1), 'random' FROM study
        """,
        """
        INSERT INTO selected_image
        SELECT
          study.n * \(own) + 2, image.n, CASE WHEN image.n % 2 THEN 'selection' ELSE 'heldout' END
        FROM study, image
        """,
        """
        INSERT INTO adversarial_set (
          run_id, model_id, selection_id, attack, parameters, image_count, success_count)
        SELECT
          n * \(own) + k + 1, n * \(own) + 1, n * \(own) + 2, attack, '{"epsilon":0.3}',
          \(images), \(images - 444)
        FROM study, stage WHERE kind = 'attack'
        """,
        """
        INSERT INTO measurement
        SELECT
          n * \(own) + k + 1, n * \(own) + 1, n * \(own) + 2, iif(k = 2, NULL, n * \(own) + k - 3),
          iif(k = 2, NULL, n * \(own) + 3), 50, 24, \(images), 1
        FROM study, stage WHERE kind = 'measure' ORDER BY k
        """,
        """
        INSERT INTO lineage
        SELECT n * \(own) + k + 1, parent.column1, n * \(own) + parent.column2
        FROM study, stage, (VALUES ('model', 1), ('selection', 2)) AS parent
        WHERE kind IN ('attack', 'measure')
        UNION ALL
        SELECT n * \(own) + k + 1, 'adversarial_set', n * \(own) + k - 3
        FROM study, stage WHERE k BETWEEN 7 AND 10
        UNION ALL
        SELECT n * \(own) + k + 1, 'clean_measurement', n * \(own) + 3
        FROM study, stage WHERE k BETWEEN 7 AND 10
        UNION ALL
        SELECT n * \(own) + k + 1, 'measurement', n * \(own) + k - 3
        FROM study, stage WHERE kind = 'thresholds'
        UNION ALL
        SELECT n * \(own) + 16, 'thresholds.' || attack, n * \(own) + k + 1
        FROM study, stage WHERE kind = 'thresholds'
        """,
        """
        INSERT INTO adversarial_image (
          adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations,
          l0, l2, linf)
        SELECT
          study.n * \(own) + k + 1, image.n, image.n % 10, NULL, (image.n + 1) % 10, 1, 1,
          image.n * 7919 % 700, image.n * 7919 % 1000 / 100.0, 0.3
        FROM study, stage, image WHERE kind = 'attack'
        """,
        """
        INSERT INTO image_uncertainty
        SELECT
          study.n * \(own) + k + 1, image.n, image.n % 10, image.n % 10,
          iif(image.n % 97, image.n % 10, 3), image.n * 7919 % 99991 / 1e6 * iif(k = 2, 1, 2),
          image.n * 7907 % 99991 / 1e5, 0.1, 0.1, 0.5, 1.0, 0.9, image.n % 10, image.n % 9,
          image.n % 10, image.n % 8, image.n % 10
        FROM study, stage, image WHERE kind = 'measure'
        """,
        """
        INSERT INTO threshold_result
        SELECT
          n * \(own) + k + 1, n * \(own) + k - 3, protocol.column1, 'exact', detector.column1,
          measure.column1, 'high', 0.05, 0.08, 3, 2000, 5, 200, 10, 5, 2100, 50, 'crops'
        FROM study, stage, (VALUES ('paper'), ('heldout')) AS protocol,
          (VALUES ('hybrid'), ('uncertainty'), ('crops')) AS detector,
          (VALUES ('softmax_std'), ('logit_std')) AS measure
        WHERE kind = 'thresholds'
        """,
        """
        INSERT INTO measure_result
        SELECT n * \(own) + k + 1, n * \(own) + k - 3, measure.column1, 'high', 0.9
        FROM study, stage, (VALUES ('softmax_std'), ('logit_std')) AS measure
        WHERE kind = 'thresholds'
        """,
      ]
  }
}
