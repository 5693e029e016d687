/// What pages show beside the studies: names, groups, tags, parameters and a sweep.
extension LargeDatabase {
  /// The trials of the sweep, each of which used one of the trainings that are in no study.
  private static let trials = 5_000

  /// The space of the sweep, as sweeps record it.
  private static let space = """
    [{"high":0.1,"kind":"log_uniform","low":0.0001,"name":"learning_rate"},\
    {"high":256,"kind":"integer","low":16,"name":"batch_size"},\
    {"kind":"choices","name":"optimizer","values":["adam","sgd"]},\
    {"high":0.9,"kind":"uniform","low":0.0,"name":"dropout"}]
    """

  /// Written before the runs are finished.
  static var words: [String] {
    [
      """
      INSERT INTO parameter
      SELECT run.id, name.column1, CASE name.column1
        WHEN 'training.learning_rate' THEN 0.0001 * (1 + run.id % 997)
        WHEN 'training.batch_size' THEN 16 * (1 + run.id % 16)
        WHEN 'training.optimizer' THEN iif(run.id % 2, 'adam', 'sgd')
        WHEN 'training.epochs' THEN 10
        ELSE run.seed END
      FROM run, (VALUES ('training.learning_rate'), ('training.batch_size'),
        ('training.optimizer'), ('training.epochs'), ('seed')) AS name
      WHERE kind = 'train'
      """,
      """
      INSERT INTO run_label
      SELECT id, kind || ' ' || id, 'group ' || (id % 40) FROM run WHERE kind IN ('train', 'reproduce')
      """,
      """
      INSERT INTO run_tag
      SELECT id, tag.column1 FROM run, (VALUES ('baseline'), ('stage=test'), ('<b>bold</b>')) AS tag
      WHERE kind = 'train' AND id % 5 = length(tag.column1) % 5
      """,
      """
      INSERT INTO sweep (
        id, uuid, name, definition, seed, budget, trial_limit, attempt_limit, kept_pixels, kept_models,
        created_ms)
      VALUES (
        1, '00000000-0000-4000-8000-000000000001', 'large', '{"imported":{"source_id":"1","tool":\
      "benchmark"},"objectives":[{"goal":"minimise","name":"loss"}],"space":\(space)}',
        1, \(trials), \(trials), 3, 'none', 'none', 1700001000000)
      """,
      "INSERT INTO sweep_objective VALUES (1, 0, 'loss', 'minimise')",
      """
      INSERT INTO trial (id, sweep_id, number, parameters, proposed_after, created_ms)
      SELECT n + 1, 1, n, json_object(
        'batch_size', 16 + n % 240, 'dropout', n * 7919 % 1000 / 1111.0,
        'learning_rate', pow(10.0, -1.0 - n * 104729 % 3000 / 1000.0),
        'optimizer', iif(n % 3, 'adam', 'sgd')), n, 1700001000000 + n * 1000
      FROM other WHERE n < \(trials)
      """,
      """
      INSERT INTO trial_attempt (
        trial_id, number, token, host, boot_id, process_id, process_started, started_ms, expires_ms,
        ended_ms, outcome)
      SELECT
        id, 1, 'token' || id, 'host' || id % 4, 'boot', id % 8, '1', created_ms, created_ms + 60000,
        created_ms + 900, iif(id % 10, 'finished', 'pruned')
      FROM trial
      """,
      "UPDATE trial SET state = 'running', token = 'token' || id",
      """
      INSERT INTO trial_value
      SELECT id, 0, 1, 1.0 / (1 + number) + number * 7907 % 1000 / 1000.0 FROM trial WHERE id % 10
      """,
      """
      INSERT INTO trial_report
      SELECT 1, n, id, 1.0 / (1 + n) + id % 10 / 10.0 FROM trial, study WHERE n BETWEEN 1 AND 10
      """,
      """
      INSERT INTO trial_run
      SELECT id, \(stageCount * studies + 1) + number, 1 FROM trial
      """,
      """
      UPDATE trial SET
        state = iif(id % 10, 'finished', 'pruned'), token = NULL, ended_ms = created_ms + 900,
        judged_number = number
      """,
      "UPDATE sweep SET state = 'finished'",
    ]
  }
}
