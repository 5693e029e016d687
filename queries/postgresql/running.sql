-- The parameters of the trials that workers hold.
--
-- $1 sweep
SELECT parameters FROM assay.trial
WHERE sweep_id = $1::bigint AND state = 'running'
ORDER BY number;
