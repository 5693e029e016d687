-- Numbers the trials that have ended since, so that samplers learn of all in one order, and counts them.
--
-- $1 sweep, which is held
WITH ended AS (
  SELECT id, state, row_number() OVER (ORDER BY ended_at, number) - 1 AS place
  FROM assay.trial
  WHERE sweep_id = $1::bigint AND state IN ('finished', 'pruned') AND judged_number IS NULL
), numbered AS (
  UPDATE assay.trial SET judged_number = finished_trials + pruned_trials + ended.place
  FROM ended, assay.sweep
  WHERE trial.id = ended.id AND sweep.id = $1::bigint
  RETURNING trial.state
)
UPDATE assay.sweep SET
  finished_trials = finished_trials
    + (SELECT count(*) FROM numbered WHERE state = 'finished'),
  pruned_trials = pruned_trials + (SELECT count(*) FROM numbered WHERE state = 'pruned')
WHERE id = $1::bigint AND EXISTS (SELECT 1 FROM numbered);
