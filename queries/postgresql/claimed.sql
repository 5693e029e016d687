-- The trial that a token holds, where the answer to the claim was lost on its way.
--
-- $1 token
SELECT
  trial.id, trial.number, trial.parameters, attempt.number AS attempt,
  (SELECT string_agg(run::text, ' ' ORDER BY recorded_at) FROM assay.trial_run
   WHERE trial_id = trial.id) AS runs
FROM assay.trial
JOIN assay.attempt ON attempt.trial_id = trial.id AND attempt.token = trial.token
WHERE attempt.token = $1::uuid;
