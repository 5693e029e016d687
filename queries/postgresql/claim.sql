-- Gives the waiting trial of the lowest number to a worker; no row if there is none or the sweep is stopped.
--
-- $1 sweep  $2 token  $3 host  $4 boot  $5 namespace  $6 process  $7 its start  $8 seconds of a lease
WITH taken AS (
  UPDATE assay.trial SET state = 'running', token = $2::uuid
  WHERE id = (
    SELECT id FROM assay.trial
    WHERE sweep_id = $1::bigint AND state = 'queued'
      AND (SELECT state FROM assay.sweep WHERE id = $1::bigint) <> 'stopped'
    ORDER BY number LIMIT 1
    FOR UPDATE SKIP LOCKED)
  RETURNING id, number, parameters
), attempt AS (
  INSERT INTO assay.attempt (
    trial_id, number, token, host, boot_id, pid_namespace, process_id, process_started, started_at,
    expires_at)
  SELECT
    id, (SELECT coalesce(max(number), 0) + 1 FROM assay.attempt WHERE trial_id = taken.id), $2::uuid,
    $3::text, $4::text, $5::text, $6::bigint, $7::text, clock_timestamp(),
    clock_timestamp() + make_interval(secs => $8::double precision)
  FROM taken
  RETURNING number
)
SELECT
  taken.id, taken.number, taken.parameters, attempt.number AS attempt,
  (SELECT string_agg(run::text, ' ' ORDER BY recorded_at) FROM assay.trial_run
   WHERE trial_id = taken.id) AS runs,
  -- A claim that a crash of the server loses is made again, and its token is worth nothing then.
  set_config('synchronous_commit', 'off', TRUE)
FROM taken, attempt;
