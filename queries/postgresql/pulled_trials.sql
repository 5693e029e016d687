-- The trials of a sweep by number, with what came of them.
--
-- $1 sweep
SELECT
  id, number, state, parameters, proposed_after, error,
  (extract(epoch FROM created_at) * 1000)::bigint AS created_ms,
  (extract(epoch FROM ended_at) * 1000)::bigint AS ended_ms,
  judged_number, attempts_forgiven,
  (SELECT string_agg(value::text, ' ' ORDER BY objective) FROM assay.trial_value
   WHERE trial_id = trial.id) AS reached
FROM assay.trial
WHERE sweep_id = $1::bigint
ORDER BY number;
