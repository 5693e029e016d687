-- The trials of a sweep that no other beats in all objectives.
--
-- A trial beats another one if it is at least as good in every objective and better in one. With a
-- single objective these are the trials with the best value. A NaN is worse than any number.
--
-- in:  :sweep TEXT         a sweep's name; unbound = every sweep
-- out: sweep TEXT          the sweep's name
--      number INTEGER      the trial
--      objective TEXT      one of the sweep's objectives, a row for each
--      goal TEXT           'minimise' or 'maximise'
--      value REAL          what the trial reached; NULL: a NaN
--      parameters TEXT     the trial's parameters as JSON
WITH
loss AS (
  SELECT
    sweep, number, objective_number,
    iif(goal = 'minimise', coalesce(value, 9e999), -coalesce(value, -9e999)) AS loss,
    max(objective_number) OVER (PARTITION BY sweep) AS last_objective
  FROM trial_values
  WHERE :sweep IS NULL OR sweep = :sweep
),
least AS (
  SELECT *, min(loss) OVER (PARTITION BY sweep, objective_number) AS least FROM loss
),
front AS (
  SELECT sweep, number FROM least WHERE last_objective = 0 AND loss = least
  UNION ALL
  SELECT own.sweep, own.number
  FROM loss AS own
  WHERE own.last_objective > 0 AND own.objective_number = 0
    AND NOT EXISTS (
      SELECT 1
      FROM loss AS rival
      JOIN loss AS mine
        ON mine.sweep = rival.sweep AND mine.objective_number = rival.objective_number
      WHERE rival.sweep = own.sweep AND mine.number = own.number AND rival.number <> own.number
      GROUP BY rival.number
      HAVING min(rival.loss <= mine.loss) AND max(rival.loss < mine.loss))
)
SELECT
  front.sweep, front.number, trial_values.objective, trial_values.goal, trial_values.value,
  trials.parameters
FROM front
JOIN trial_values ON trial_values.sweep = front.sweep AND trial_values.number = front.number
JOIN trials ON trials.sweep = front.sweep AND trials.number = front.number
ORDER BY front.sweep, front.number, trial_values.objective_number;
