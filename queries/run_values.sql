-- Everything about runs that is one value: settings, metrics and results.
--
-- group: runs
--
-- in:  :runs TEXT = every run; their UUIDs as a JSON array
--      :section 'run'|'setting'|'metric'|'result' = all
-- out: run TEXT            the run
--      section TEXT        what kind of value it is
--      name TEXT           of the value
--      value ANY           the last one of a metric; a study's results are those of its stages
WITH
chosen AS (
  SELECT * FROM runs WHERE :runs IS NULL OR run IN (SELECT value FROM json_each(:runs))
),
source (run, stage) AS (
  SELECT run, run FROM chosen
  UNION
  SELECT lineages.run, parent FROM chosen
  JOIN lineages ON lineages.run = chosen.run
  WHERE chosen.kind = 'reproduce'
),
recorded (place, run, section, name, value) AS (
  SELECT 1, run, 'run', 'kind', kind FROM chosen
  UNION ALL SELECT 1, run, 'run', 'state', state FROM chosen
  UNION ALL SELECT 1, run, 'run', 'name', name FROM chosen
  UNION ALL SELECT 1, run, 'run', 'seed', seed FROM chosen
  UNION ALL SELECT 1, run, 'run', 'duration_seconds', duration_seconds FROM chosen
  UNION ALL SELECT 1, run, 'run', 'git_commit', git_commit FROM chosen
  UNION ALL
  SELECT 2, run, 'setting', parameter, value FROM parameters WHERE run IN (SELECT run FROM chosen)
  UNION ALL
  SELECT 3, run, 'metric', metric, value FROM (
    SELECT *, row_number() OVER (PARTITION BY run, metric ORDER BY step DESC) AS from_last
    FROM metrics WHERE run IN (SELECT run FROM chosen))
  WHERE from_last = 1
  UNION ALL
  -- A model that was imported was tested then, and has no metrics of a training.
  SELECT 3, model, 'metric', 'test_accuracy', test_accuracy
  FROM training_runs
  WHERE model IN (SELECT run FROM chosen) AND origin = 'imported'
  UNION ALL
  SELECT 4, source.run, 'result', 'test_accuracy', test_accuracy
  FROM source JOIN training_runs ON model = stage
  UNION ALL
  SELECT 4, source.run, 'result', attack || ' success_rate', success_rate
  FROM source JOIN adversarial_sets ON adversarial_set = stage
  UNION ALL
  SELECT
    4, source.run, 'result',
    attack || ' ' || protocol || ' ' || detector || ' ' || measure || ' detection_accuracy',
    detection_accuracy
  FROM source JOIN detection_results ON thresholds = stage
  WHERE method = 'exact'
)
SELECT run, section, name, value
FROM recorded
WHERE value IS NOT NULL AND (:section IS NULL OR section = :section)
ORDER BY run, place, name;
