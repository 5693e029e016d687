-- What a sweep found, trial by trial, and the best value so far.
--
-- Trials are in the order in which they were judged. A value that is not a number is never best.
--
-- group: sweeps
--
-- in:  :sweep TEXT = every sweep; its name
--      :objective TEXT = the first one of each sweep; its name
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
    sweep_name, objective, goal, trial, value, iif(goal = 'minimise', -value, value) AS merit,
    row_number() OVER (PARTITION BY sweep_name, objective ORDER BY judged_number) AS position
  FROM trial_values
  JOIN trials USING (sweep_name, trial)
  WHERE (:sweep IS NULL OR sweep_name = :sweep)
    AND (objective = :objective OR (:objective IS NULL AND objective_number = 0))
),
best AS (
  SELECT
    *, max(merit) OVER (PARTITION BY sweep_name, objective ORDER BY position) AS best_merit,
    max(merit) OVER (
      PARTITION BY sweep_name, objective ORDER BY position
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier_merit
  FROM judged
)
SELECT
  sweep_name AS sweep, objective, goal, position, trial AS number, value,
  iif(goal = 'minimise', -best_merit, best_merit) AS best_value,
  merit IS NOT NULL AND (earlier_merit IS NULL OR merit > earlier_merit) AS is_best
FROM best
ORDER BY sweep_name, objective, position;
