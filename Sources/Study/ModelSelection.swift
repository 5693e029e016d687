internal import SQLite
internal import Tracker

/// The images on which a model has been attacked and measured.
struct ModelSelection: Sendable, CustomStringConvertible {
  /// The selection's run.
  let run: Run
  /// The study that took it; nil if none did.
  private let study: String?
  private let count: Int

  /// The selection of the model's newest study, or else of its newest set or measurement; nil if it
  /// has none.
  ///
  /// A trial's study and images that came from a file are no choice of a user's.
  init?(of model: Run, in tracker: Tracker) throws {
    let found = try tracker.read { connection in
      try connection.rows(
        """
        WITH taken (selection_id, study, run_id, rank) AS (
          SELECT measurement.selection_id, study.uuid, study.id, 0
          FROM measurement
          JOIN lineage AS judged
            ON judged.parent_run_id = measurement.run_id AND judged.role = 'measurement'
          JOIN lineage AS joined ON joined.parent_run_id = judged.run_id
          JOIN run AS study ON study.id = joined.run_id
          WHERE measurement.model_id = ?1 AND study.kind = 'reproduce'
          UNION ALL
          SELECT selection_id, NULL, run_id, 1 FROM adversarial_set WHERE model_id = ?1
          UNION ALL
          SELECT selection_id, NULL, run_id, 1 FROM measurement WHERE model_id = ?1
        )
        SELECT selected.uuid, study,
          (SELECT count(*) FROM selected_image WHERE selection_id = selected.id)
        FROM taken
        JOIN image_selection ON image_selection.run_id = selection_id
        JOIN run AS selected ON selected.id = selection_id
        WHERE image_selection.method <> 'given' AND selected.state = 'finished'
          AND EXISTS (SELECT 1 FROM own_runs WHERE record_number = taken.run_id)
        ORDER BY rank, taken.run_id DESC LIMIT 1
        """, [.integer(model.id)]
      ) { (selection: try $0.text(0), study: $0.value(1).text, count: try $0.int(2)) }
    }
    guard let first = found.first else { return nil }
    run = try tracker.run(uuid: first.selection)
    study = first.study
    count = first.count
  }

  /// What is taken, in one line.
  var description: String {
    "takes the \(count) images of selection \(run.uuid.prefix(8)), as "
      + (study.map { "study \($0.prefix(8)) does" } ?? "other sets of the model do")
  }
}
