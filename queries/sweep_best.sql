-- The best trial of each sweep by its first objective; of equally good ones the earliest.
--
-- in:  :sweep TEXT         a sweep's name; unbound = every sweep
-- out: sweep TEXT          the sweep's name
--      number INTEGER      the trial
--      objective TEXT      the sweep's first objective
--      goal TEXT           'minimise' or 'maximise'
--      value REAL          what the trial reached
--      parameters TEXT     the trial's parameters as JSON
WITH
ranked AS (
  SELECT
    sweep, number, objective, goal, value,
    row_number() OVER (
      PARTITION BY sweep ORDER BY iif(goal = 'minimise', value, -value), number) AS place
  FROM trial_values
  WHERE objective_number = 0 AND value IS NOT NULL AND (:sweep IS NULL OR sweep = :sweep)
)
SELECT
  ranked.sweep, ranked.number, ranked.objective, ranked.goal, ranked.value, trials.parameters
FROM ranked
JOIN trials ON trials.sweep = ranked.sweep AND trials.number = ranked.number
WHERE place = 1
ORDER BY ranked.sweep;
