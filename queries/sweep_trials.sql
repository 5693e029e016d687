-- The settings of a sweep's finished trials, one parameter a row, with what came of them.
--
-- group: sweeps
--
-- in:  :sweep TEXT = every sweep; its name
--      :objective TEXT = the first one of each sweep; its name
-- out: sweep TEXT          the sweep's name
--      objective TEXT      the objective's name
--      goal TEXT           'minimise' or 'maximise'
--      number INTEGER      the trial's number
--      parameter TEXT      its name
--      setting TEXT        its value, a number where it is one; a list is JSON
--      value REAL          of the objective; NULL: not a number
SELECT sweep_name AS sweep, objective, goal, trial AS number, parameter, setting, value
FROM trial_results
WHERE (:sweep IS NULL OR sweep_name = :sweep)
  AND (objective = :objective OR (:objective IS NULL AND objective_number = 0))
ORDER BY sweep_name, objective, trial, parameter;
