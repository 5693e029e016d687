-- Who holds the trials of a sweep on a host, as far as processes there can be seen.
--
-- $1 sweep  $2 host
SELECT attempt.token, host, boot_id, pid_namespace, process_id, process_started
FROM assay.trial
JOIN assay.attempt ON attempt.trial_id = trial.id AND attempt.token = trial.token
WHERE sweep_id = $1::bigint AND state = 'running' AND host = $2::text;
