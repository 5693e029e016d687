-- What each parameter of a sweep does to an objective.
--
-- A parameter's trials are put into groups: one a setting where it has at most eight, else four of
-- equal size by the setting's rank. What the groups explain is the variance between their means as
-- a share of the whole variance (the correlation ratio). It says nothing of parameters acting
-- together, and with few trials a part of it is chance: groups - 1 of trials - 1, on average.
--
-- group: sweeps
--
-- in:  :sweep TEXT = every sweep; its name
--      :objective TEXT = the first one of each sweep; its name
-- out: sweep TEXT          the sweep's name
--      objective TEXT      the objective's name
--      goal TEXT           'minimise' or 'maximise'
--      parameter TEXT      its name
--      trials INTEGER      finished trials that have it and a value
--      groups INTEGER      of settings
--      explained REAL      share of the variance, 0...1; NULL: all values are the same
--      best_from TEXT      lowest setting of the group with the best mean
--      best_to TEXT        its highest one
--      best_mean REAL      of the objective in that group
--      best_trials INTEGER in that group
WITH
ranked AS (
  SELECT
    *,
    dense_rank() OVER by_setting AS setting_number,
    rank() OVER by_setting - 1 AS below,
    count(*) OVER (PARTITION BY sweep_name, objective, parameter) AS trials,
    avg(value) OVER (PARTITION BY sweep_name, objective, parameter) AS mean
  FROM trial_results
  WHERE value IS NOT NULL AND (:sweep IS NULL OR sweep_name = :sweep)
    AND (objective = :objective OR (:objective IS NULL AND objective_number = 0))
  WINDOW by_setting AS (PARTITION BY sweep_name, objective, parameter ORDER BY setting)
),
numbered AS (
  SELECT
    *, max(setting_number) OVER (PARTITION BY sweep_name, objective, parameter) AS settings
  FROM ranked
),
grouped AS (
  SELECT
    sweep_name, objective, goal, parameter, trials, mean,
    CASE WHEN settings <= 8 THEN setting_number ELSE 4 * below / trials END AS place,
    min(setting) AS best_from, max(setting) AS best_to, count(*) AS size, avg(value) AS group_mean,
    sum((value - mean) * (value - mean)) AS deviation
  FROM numbered
  GROUP BY sweep_name, objective, parameter, place
),
compared AS (
  SELECT
    *,
    count(*) OVER parameter AS groups,
    sum(size * (group_mean - mean) * (group_mean - mean)) OVER parameter
      / nullif(sum(deviation) OVER parameter, 0) AS explained,
    row_number() OVER (
      PARTITION BY sweep_name, objective, parameter
      ORDER BY CASE goal WHEN 'minimise' THEN group_mean ELSE -group_mean END, place) AS best
  FROM grouped
  WINDOW parameter AS (PARTITION BY sweep_name, objective, parameter)
)
SELECT
  sweep_name AS sweep, objective, goal, parameter, trials, groups, explained,
  CAST(best_from AS TEXT) AS best_from, CAST(best_to AS TEXT) AS best_to, group_mean AS best_mean,
  size AS best_trials
FROM compared
WHERE best = 1
ORDER BY sweep_name, objective, explained DESC, parameter;
