-- Ends attempts that are lost: their trials wait for another one, or have failed if too many were.
--
-- $1 sweep  $2 tokens of dead workers, in braces  $3 what became of them  $4 whether those go too whose
-- lease has run out
WITH dead AS (
  SELECT trial.id, attempt.token
  FROM assay.trial
  JOIN assay.attempt ON attempt.trial_id = trial.id AND attempt.token = trial.token
  WHERE trial.sweep_id = $1::bigint AND trial.state = 'running'
    AND (
      attempt.token = ANY ($2::uuid[])
      OR $4::boolean AND attempt.expires_at < clock_timestamp())
  FOR UPDATE OF trial, attempt
), counted AS (
  SELECT
    dead.id, dead.token,
    (SELECT count(*) + 1 FROM assay.attempt
     WHERE trial_id = dead.id AND outcome = 'lost' AND number > trial.attempts_forgiven) AS lost,
    sweep.attempt_limit
  FROM dead
  JOIN assay.trial ON trial.id = dead.id
  JOIN assay.sweep ON sweep.id = trial.sweep_id
), ended AS (
  UPDATE assay.trial SET
    token = NULL,
    state = CASE WHEN lost < attempt_limit THEN 'queued' ELSE 'failed' END,
    error = CASE WHEN lost < attempt_limit THEN NULL
      ELSE 'given up: ' || $3::text || ' in each of ' || lost || ' attempts' END,
    ended_at = CASE WHEN lost < attempt_limit THEN NULL ELSE clock_timestamp() END
  FROM counted WHERE trial.id = counted.id
  RETURNING trial.id, trial.number, counted.token
), closed AS (
  UPDATE assay.attempt SET
    outcome = 'lost', ended_at = greatest(started_at, least(clock_timestamp(), expires_at))
  FROM ended WHERE attempt.trial_id = ended.id AND attempt.token = ended.token
  RETURNING attempt.trial_id, ended.number, attempt.number AS attempt, attempt.host
), said AS (
  INSERT INTO assay.message (sweep_id, trial_id, text)
  SELECT
    $1::bigint, trial_id,
    'trial ' || number || ', attempt ' || attempt || ' on ' || host || ': ' || $3::text
  FROM closed
)
SELECT count(*) FROM ended;
