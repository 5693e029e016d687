-- Runs by the best value of a metric, each with the step at which it had it and its last value.
--
-- Runs that are archived or deleted are left out.
--
-- group: runs
--
-- in:  :metric TEXT = every metric; such as 'test_accuracy'
--      :goal 'maximise'|'minimise' = 'maximise'
--      :kind TEXT = every kind; such as 'program'
--      :limit INTEGER = all; so many rows
-- out: metric TEXT         the metric
--      place INTEGER       counts a metric's runs from 1, the best first
--      run TEXT            the run
--      name TEXT           the user's own name for it; NULL: has none
--      state TEXT          where it is in its life
--      best REAL           the best value
--      best_step INTEGER   the first step that has it
--      last REAL           the value at the last step; NULL: not a number (NaN)
WITH
candidate AS (
  SELECT
    run_metrics.metric, run, name, state, record_number,
    iif(coalesce(:goal, 'maximise') = 'minimise', lowest_value, highest_value) AS best,
    last_value
  FROM run_metrics
  JOIN runs USING (run)
  WHERE (:metric IS NULL OR run_metrics.metric = :metric)
    AND (:kind IS NULL OR runs.kind = :kind) AND hidden IS NULL
),
placed AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY metric
      ORDER BY iif(coalesce(:goal, 'maximise') = 'minimise', best, -best), record_number
    ) AS place
  FROM candidate
  WHERE best IS NOT NULL
)
SELECT
  metric, place, run, name, state, best,
  (SELECT min(step) FROM metrics
   WHERE metrics.run = placed.run AND metrics.metric = placed.metric AND value = placed.best)
    AS best_step,
  last_value AS last
FROM placed
ORDER BY metric, place
LIMIT coalesce(:limit, -1);
