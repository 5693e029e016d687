-- Queues the failed trials of a sweep again.
--
-- $1 sweep
WITH queued AS (
  UPDATE assay.trial SET
    state = 'queued', error = NULL, ended_at = NULL,
    attempts_forgiven = (SELECT count(*) FROM assay.attempt WHERE trial_id = trial.id)
  WHERE sweep_id = $1::bigint AND state = 'failed'
  RETURNING 1
)
SELECT count(*) FROM queued;
