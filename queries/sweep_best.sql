-- The best trial of each sweep by its first objective; of equally good ones the earliest.
--
-- group: sweeps
--
-- in:  :sweep TEXT = every sweep; its name
-- out: sweep TEXT          the sweep's name
--      number INTEGER      the trial
--      objective TEXT      the sweep's first objective
--      goal TEXT           'minimise' or 'maximise'
--      value REAL          what the trial reached
--      parameters TEXT     the trial's parameters as JSON
WITH
ranked AS (
  SELECT
    sweep_name, trial, objective, goal, value,
    row_number() OVER (
      PARTITION BY sweep_name ORDER BY iif(goal = 'minimise', value, -value), trial) AS place
  FROM trial_values
  WHERE objective_number = 0 AND value IS NOT NULL AND (:sweep IS NULL OR sweep_name = :sweep)
)
SELECT ranked.sweep_name AS sweep, ranked.trial AS number, objective, goal, value, parameters
FROM ranked
JOIN trials USING (sweep_name, trial)
WHERE place = 1
ORDER BY ranked.sweep_name;
