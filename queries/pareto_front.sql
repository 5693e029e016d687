-- The trials of a sweep that no other beats in all objectives.
--
-- A trial beats another one if it is at least as good in every objective and better in one. With a
-- single objective these are the trials with the best value. A NaN is worse than any number.
--
-- group: sweeps
--
-- in:  :sweep TEXT = every sweep; its name
-- out: sweep TEXT          the sweep's name
--      number INTEGER      the trial
--      objective TEXT      one of the sweep's objectives, a row for each
--      goal TEXT           'minimise' or 'maximise'
--      value REAL          what the trial reached; NULL: a NaN
--      parameters TEXT     the trial's parameters as JSON
WITH
loss AS (
  SELECT
    sweep_name, trial, objective_number,
    iif(goal = 'minimise', coalesce(value, 9e999), -coalesce(value, -9e999)) AS loss,
    max(objective_number) OVER (PARTITION BY sweep_name) AS last_objective
  FROM trial_values
  WHERE :sweep IS NULL OR sweep_name = :sweep
),
least AS (
  SELECT *, min(loss) OVER (PARTITION BY sweep_name, objective_number) AS least FROM loss
),
front AS (
  SELECT sweep_name, trial FROM least WHERE last_objective = 0 AND loss = least
  UNION ALL
  SELECT own.sweep_name, own.trial
  FROM loss AS own
  WHERE own.last_objective > 0 AND own.objective_number = 0
    AND NOT EXISTS (
      SELECT 1
      FROM loss AS rival
      JOIN loss AS mine
        ON mine.sweep_name = rival.sweep_name AND mine.objective_number = rival.objective_number
      WHERE rival.sweep_name = own.sweep_name AND mine.trial = own.trial
        AND rival.trial <> own.trial
      GROUP BY rival.trial
      HAVING min(rival.loss <= mine.loss) AND max(rival.loss < mine.loss))
)
SELECT
  front.sweep_name AS sweep, front.trial AS number, objective, goal, value, parameters
FROM front
JOIN trial_values USING (sweep_name, trial)
JOIN trials USING (sweep_name, trial)
ORDER BY front.sweep_name, front.trial, objective_number;
