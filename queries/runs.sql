-- Runs, the newest first: the one that was recorded last, whatever the clock said.
--
-- in:  :kind TEXT          such as 'train'; unbound = every kind
--      :state TEXT         'queued', 'running', 'finished', 'failed', 'interrupted'; unbound = all
-- out: run TEXT            UUID
--      kind TEXT           what was run
--      state TEXT          where it is in its life
--      name TEXT           the user's own; NULL: has none
--      seed INTEGER        NULL: nothing random
--      created TEXT        UTC
--      duration_seconds REAL  of all executions together
--      progress_done INTEGER  how much of its work is recorded
--      progress_total INTEGER how much it has; NULL: not known yet
SELECT
  run, kind, state, name, seed, created, duration_seconds, progress_done, progress_total
FROM runs
WHERE (:kind IS NULL OR kind = :kind) AND (:state IS NULL OR state = :state)
ORDER BY recorded DESC;
