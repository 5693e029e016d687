-- What a sweep found, trial by trial, and the best value so far.
--
-- Trials are in the order in which they were judged. A value that is not a number is never best.
--
-- in:  :sweep TEXT         its name; unbound = every sweep
--      :objective TEXT     its name; unbound = the first one of each sweep
-- out: sweep TEXT          the sweep's name
--      objective TEXT      the objective's name
--      goal TEXT           'minimise' or 'maximise'
--      position INTEGER    counts the judged trials with a value from 1
--      number INTEGER      the trial's number
--      value REAL          of the objective; NULL: not a number
--      best_value REAL     the best one up to here; NULL: there is none yet
--      is_best INTEGER     1 where it is better than all before
WITH
judged AS (
  SELECT
    trial_values.sweep, trial_values.objective, trial_values.goal, trial_values.number,
    trial_values.value, iif(trial_values.goal = 'minimise', -value, value) AS merit,
    row_number() OVER found AS position
  FROM trial_values
  JOIN trials ON trials.sweep = trial_values.sweep AND trials.number = trial_values.number
  WHERE (:sweep IS NULL OR trial_values.sweep = :sweep)
    AND (
      trial_values.objective = :objective
      OR (:objective IS NULL AND trial_values.objective_number = 0))
  WINDOW found AS (
    PARTITION BY trial_values.sweep, trial_values.objective ORDER BY trials.judged_number)
),
best AS (
  SELECT
    *, max(merit) OVER (PARTITION BY sweep, objective ORDER BY position) AS best_merit,
    max(merit) OVER (
      PARTITION BY sweep, objective ORDER BY position
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier_merit
  FROM judged
)
SELECT
  sweep, objective, goal, position, number, value,
  iif(goal = 'minimise', -best_merit, best_merit) AS best_value,
  merit IS NOT NULL AND (earlier_merit IS NULL OR merit > earlier_merit) AS is_best
FROM best
ORDER BY sweep, objective, position;
