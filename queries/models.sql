-- Classifiers, the newest first.
--
-- group: runs
--
-- in:  :origin 'trained'|'imported'|'served' = all
--      :trials INTEGER = 1; 0 leaves out what only trials of sweeps computed
-- out: run TEXT            UUID
--      name TEXT           the user's own; NULL: has none
--      origin TEXT         'trained', 'imported', or 'served' by a program of its own
--      state TEXT          where its run is in its life
--      dataset TEXT        what it classifies
--      architecture TEXT   such as 'lenet'
--      weight_count INTEGER   weights and biases
--      dropout_sites TEXT  names joined by commas
--      dropout_rate REAL   0...1
--      epochs INTEGER      NULL: trained elsewhere
--      test_accuracy REAL  0...1, dropout off
--      created TEXT        UTC
SELECT
  model AS run, name, origin, training_runs.state, dataset, architecture, weight_count,
  dropout_sites, dropout_rate, epochs, test_accuracy, created
FROM training_runs
JOIN runs USING (run)
WHERE (:origin IS NULL OR origin = :origin) AND hidden IS NOT 'deleted'
  AND (
    coalesce(:trials, 1)
    OR EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number))
ORDER BY record_number DESC;
