-- The values of a metric over its steps, for one or several runs.
--
-- Where a run has more steps than points are asked for, neighbouring steps become one point with
-- the smallest and the largest value among them.
--
-- group: runs
--
-- in:  :metric TEXT = every metric; such as 'loss'
--      :runs TEXT = every run; their UUIDs as a JSON array
--      :points INTEGER = a point for each step; so many points of a run at most
-- out: run TEXT            the run
--      metric TEXT         of the values
--      step INTEGER        the first step of the point
--      last_step INTEGER   its last step
--      steps INTEGER       how many steps have a value or NaN
--      low REAL            the smallest value; NULL: none is a number
--      high REAL           the largest value; NULL: none is a number
--      missing INTEGER     how many steps have no number (NaN)
--      last REAL           the value at the last step; NULL: not a number (NaN)
WITH
-- The runs that are asked for. They are joined by their UUIDs, so that others' metrics are not read.
chosen AS (
  SELECT DISTINCT value AS run
  FROM json_each(coalesce(:runs, (SELECT json_group_array(run) FROM runs)))
),
reach AS (
  SELECT chosen.run, metric, min(step) AS first_step, max(step) AS last_step
  FROM chosen
  CROSS JOIN metrics ON metrics.run = chosen.run
  -- Where no metric is named, all are: every text is between the empty one and a blob.
  WHERE metric BETWEEN coalesce(:metric, '') AND coalesce(:metric, x'')
  GROUP BY chosen.run, metric
),
-- What is drawn, numbered, with the steps that all curves of its metric reach from and over.
curve AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY metric, run) AS place, run, metric,
    min(first_step) OVER (PARTITION BY metric) AS first,
    max(last_step) OVER (PARTITION BY metric) - min(first_step) OVER (PARTITION BY metric) + 1
      AS length
  FROM reach
),
point AS (
  SELECT
    place, curve.run, curve.metric, min(step) AS step, max(step) AS last_step, count(*) AS steps,
    min(value) AS low, max(value) AS high, count(*) - count(value) AS missing
  FROM curve
  CROSS JOIN metrics ON metrics.run = curve.run AND metrics.metric = curve.metric
  GROUP BY
    place,
    iif(
      coalesce(:points, length) < length,
      CAST((step - first) * 1.0 * :points / length AS INTEGER), step - first)
)
SELECT
  run, metric, step, last_step, steps, low, high, missing,
  (SELECT value FROM metrics
   WHERE metrics.run = point.run AND metrics.metric = point.metric AND metrics.step = last_step)
    AS last
FROM point
ORDER BY place, step;
