-- What the trials of a sweep reported on their way.
--
-- $1 sweep
SELECT step, trial_id, value FROM assay.trial_report
WHERE sweep_id = $1::bigint
ORDER BY step, trial_id;
