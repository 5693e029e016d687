-- What reports are about, so that no query has to know how a study is found.

-- The adversarial sets that a report is about with the thresholds that its numbers are of, one set
-- of thresholds a row. A report is about a study (a run of kind 'reproduce'), whose own runs these
-- are, or about a model (a run of kind 'train', trained here or imported): then about each of its
-- sets, attacked here or imported, whose thresholds were chosen, by the newest that were.
CREATE VIEW studies AS
SELECT
  study.uuid AS study, study.kind, thresholds.uuid AS thresholds, measured.uuid AS measurement,
  model.uuid AS model, attacked.uuid AS adversarial_set, adversarial_set.attack,
  -- What tables call the set.
  adversarial_set.attack AS label,
  -- The measure of uncertainty that tables are about.
  study.configuration ->> '$.detection.measures[0]' AS measure
FROM run AS study
CROSS JOIN lineage ON lineage.run_id = study.id
CROSS JOIN run AS thresholds
  ON thresholds.id = lineage.parent_run_id AND thresholds.kind = 'thresholds'
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN measurement ON measurement.run_id = judged.parent_run_id
CROSS JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
CROSS JOIN run AS measured ON measured.id = measurement.run_id
CROSS JOIN run AS model ON model.id = measurement.model_id
CROSS JOIN run AS attacked ON attacked.id = adversarial_set.run_id
WHERE study.kind = 'reproduce'
UNION ALL
SELECT
  model.uuid, model.kind, thresholds.uuid, measured.uuid, model.uuid, attacked.uuid,
  adversarial_set.attack,
  -- Sets of the same name are told apart.
  CASE
    WHEN EXISTS (
      SELECT 1
      FROM adversarial_set AS other
      CROSS JOIN measurement AS own ON own.adversarial_set_id = other.run_id
      CROSS JOIN lineage ON lineage.parent_run_id = own.run_id AND lineage.role = 'measurement'
      CROSS JOIN run AS chosen ON chosen.id = lineage.run_id
      WHERE other.model_id = model.id AND other.attack = adversarial_set.attack
        AND other.run_id <> adversarial_set.run_id
        AND chosen.kind = 'thresholds' AND chosen.state = 'finished'
        AND chosen.configuration ->> '$.measures[0]' IS NOT NULL)
      THEN adversarial_set.attack || ' ' || substr(attacked.uuid, 1, 8)
    ELSE adversarial_set.attack
  END,
  thresholds.configuration ->> '$.measures[0]'
FROM run AS model
CROSS JOIN adversarial_set ON adversarial_set.model_id = model.id
CROSS JOIN run AS attacked ON attacked.id = adversarial_set.run_id
CROSS JOIN run AS thresholds
  ON thresholds.id = (
    -- Thresholds that were given name a measure; those that were chosen name measures.
    SELECT chosen.id
    FROM measurement AS own
    CROSS JOIN lineage ON lineage.parent_run_id = own.run_id AND lineage.role = 'measurement'
    CROSS JOIN run AS chosen ON chosen.id = lineage.run_id
    WHERE own.adversarial_set_id = adversarial_set.run_id
      AND chosen.kind = 'thresholds' AND chosen.state = 'finished'
      AND chosen.configuration ->> '$.measures[0]' IS NOT NULL
    ORDER BY chosen.created_ms DESC, chosen.id DESC
    LIMIT 1)
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN run AS measured ON measured.id = judged.parent_run_id
WHERE model.kind = 'train';

PRAGMA user_version = 8;
