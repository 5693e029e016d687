-- Records that a trial uses a run's results, if the token still holds it.
--
-- $1 trial  $2 token  $3 run  $4 whether the trial works on it itself
WITH held AS (
  SELECT id FROM assay.trial
  WHERE id = $1::bigint AND token = $2::uuid AND state = 'running'
  FOR SHARE
), used AS (
  INSERT INTO assay.trial_run (trial_id, run, computed)
  SELECT id, $3::uuid, $4::boolean FROM held
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM held;
