-- Ends an attempt and, unless the trial waits again, the trial; nothing if the token does not hold it.
--
-- $1 trial  $2 token  $3 the trial's state  $4 the attempt's outcome  $5 error  $6 values, in braces
WITH ended AS (
  UPDATE assay.trial SET
    state = $3::text, token = NULL, error = $5::text,
    ended_at = CASE WHEN $3::text = 'queued' THEN NULL ELSE clock_timestamp() END
  WHERE id = $1::bigint AND token = $2::uuid AND state = 'running'
  RETURNING id
), reached AS (
  INSERT INTO assay.trial_value (trial_id, objective, value)
  SELECT id, place - 1, value
  FROM ended, unnest($6::double precision[]) WITH ORDINALITY AS reached (value, place)
), closed AS (
  UPDATE assay.attempt SET outcome = $4::text, ended_at = clock_timestamp()
  FROM ended WHERE attempt.trial_id = ended.id AND attempt.token = $2::uuid
)
SELECT count(*) FROM ended;
