-- Records a value of a step if the token still holds the trial, and gives what others reported at the step.
--
-- $1 sweep  $2 trial  $3 token  $4 step  $5 value
WITH held AS (
  SELECT id FROM assay.trial
  WHERE id = $2::bigint AND token = $3::uuid AND state = 'running'
  FOR SHARE
), reported AS (
  INSERT INTO assay.trial_report (sweep_id, step, trial_id, value)
  SELECT $1::bigint, $4::bigint, id, $5::double precision FROM held
  ON CONFLICT (sweep_id, step, trial_id) DO UPDATE SET value = excluded.value
)
SELECT (SELECT count(*) FROM held), other.value
FROM (VALUES (1)) AS one
LEFT JOIN assay.trial_report AS other
  ON other.sweep_id = $1::bigint AND other.step = $4::bigint AND other.trial_id <> $2::bigint;
