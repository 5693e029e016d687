-- Renews a lease: whether the trial is still held, and what state the sweep is in.
--
-- $1 sweep  $2 trial  $3 token  $4 seconds of a lease
WITH renewed AS (
  UPDATE assay.attempt
  SET expires_at = clock_timestamp() + make_interval(secs => $4::double precision)
  WHERE trial_id = $2::bigint AND token = $3::uuid AND outcome = 'running'
  RETURNING 1
)
SELECT
  (SELECT count(*) FROM renewed), state, set_config('synchronous_commit', 'off', TRUE)
FROM assay.sweep WHERE id = $1::bigint;
