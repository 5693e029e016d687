-- The best trial by the first objective, the earliest of equal ones; no row if none has a value.
--
-- $1 sweep  $2 whether smaller is better
SELECT trial.number, trial.parameters, trial_value.value
FROM assay.trial
JOIN assay.trial_value ON trial_value.trial_id = trial.id AND objective = 0
WHERE sweep_id = $1::bigint AND value <> 'NaN'
ORDER BY CASE WHEN $2::boolean THEN value ELSE -value END, trial.number
LIMIT 1;
