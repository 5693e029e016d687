-- The attempts at the trials of a sweep.
--
-- $1 sweep
SELECT
  trial_id, attempt.number, attempt.token, host, boot_id, process_id, process_started,
  (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
  (extract(epoch FROM expires_at) * 1000)::bigint AS expires_ms,
  (extract(epoch FROM attempt.ended_at) * 1000)::bigint AS ended_ms, outcome, pid_namespace
FROM assay.attempt
JOIN assay.trial ON trial.id = attempt.trial_id
WHERE sweep_id = $1::bigint
ORDER BY trial.number, attempt.number;
