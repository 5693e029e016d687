-- How many trials of a sweep run, wait and have finished, and of how many samplers can learn.
--
-- $1 sweep
SELECT
  (SELECT count(*) FROM assay.trial WHERE sweep_id = sweep.id AND state = 'running') AS running,
  (SELECT count(*) FROM assay.trial WHERE sweep_id = sweep.id AND state = 'queued') AS queued,
  finished_trials + (
    SELECT count(*) FROM assay.trial
    WHERE sweep_id = sweep.id AND state IN ('finished', 'pruned') AND judged_number IS NULL
      AND state = 'finished') AS finished,
  finished_trials + pruned_trials AS judged
FROM assay.sweep WHERE id = $1::bigint;
