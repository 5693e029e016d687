-- A sweep with its limits and counts, held until the end of the transaction: only one worker proposes.
--
-- $1 sweep
SELECT state, budget, trial_limit, created_trials
FROM assay.sweep WHERE id = $1::bigint
FOR NO KEY UPDATE;
