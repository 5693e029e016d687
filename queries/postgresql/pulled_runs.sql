-- The runs that the trials of a sweep used.
--
-- $1 sweep
SELECT trial.number, run, computed::integer
FROM assay.trial_run
JOIN assay.trial ON trial.id = trial_run.trial_id
WHERE sweep_id = $1::bigint
ORDER BY trial.number, recorded_at;
