-- Sweeps with the numbers of their trials by state.
--
-- $1 name; NULL for all
SELECT
  id, uuid, state, name, definition, seed, objectives, budget, trial_limit, attempt_limit,
  kept_pixels, kept_models, counts.*,
  (extract(epoch FROM created_at) * 1000)::bigint AS created_ms
FROM assay.sweep
CROSS JOIN LATERAL (
  SELECT
    count(*) FILTER (WHERE trial.state = 'queued') AS queued,
    count(*) FILTER (WHERE trial.state = 'running') AS running,
    count(*) FILTER (WHERE trial.state = 'finished') AS finished,
    count(*) FILTER (WHERE trial.state = 'failed') AS failed,
    count(*) FILTER (WHERE trial.state = 'pruned') AS pruned
  FROM assay.trial WHERE sweep_id = sweep.id) AS counts
WHERE $1::text IS NULL OR name = $1::text
ORDER BY id;
