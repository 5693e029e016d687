-- Runs page by page, the newest first: each page begins behind the last run of the one before.
--
-- What was archived or deleted is left out.
--
-- group: runs
--
-- in:  :before RUN = the newest; a run, which the page begins behind
--      :limit INTEGER = 100; so many rows
-- out: run TEXT            UUID
--      kind TEXT           what was run
--      state TEXT          where it is in its life
--      name TEXT           the user's own; NULL: has none
--      created TEXT        UTC
--      duration_seconds REAL  of all executions together
SELECT run, kind, state, name, created, duration_seconds
FROM runs
WHERE hidden IS NULL
  AND record_number < coalesce(
    (SELECT record_number FROM runs AS earlier WHERE earlier.run = :before), 9223372036854775807)
ORDER BY record_number DESC
LIMIT coalesce(:limit, 100);
