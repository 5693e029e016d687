-- The settings of a sweep's finished trials, one parameter a row, with what came of them.
--
-- in:  :sweep TEXT         its name; unbound = every sweep
--      :objective TEXT     its name; unbound = the first one of each sweep
-- out: sweep TEXT          the sweep's name
--      objective TEXT      the objective's name
--      goal TEXT           'minimise' or 'maximise'
--      number INTEGER      the trial's number
--      parameter TEXT      its name
--      setting TEXT        its value, a number where it is one; a list is JSON
--      value REAL          of the objective; NULL: not a number
SELECT
  trial_values.sweep, trial_values.objective, trial_values.goal, trial_values.number,
  trial_parameters.parameter, trial_parameters.value AS setting, trial_values.value
FROM trial_values
JOIN trial_parameters
  ON trial_parameters.sweep = trial_values.sweep AND trial_parameters.number = trial_values.number
WHERE (:sweep IS NULL OR trial_values.sweep = :sweep)
  AND (
    trial_values.objective = :objective
    OR (:objective IS NULL AND trial_values.objective_number = 0))
ORDER BY trial_values.sweep, trial_values.objective, trial_values.number, parameter;
