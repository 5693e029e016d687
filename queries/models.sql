-- Classifiers, the newest first.
--
-- in:  :origin TEXT        'trained' here or 'imported'; unbound = both
-- out: run TEXT            UUID
--      name TEXT           the user's own; NULL: has none
--      origin TEXT         'trained' or 'imported'
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
  training_runs.run, runs.name, iif(epochs IS NULL, 'imported', 'trained') AS origin,
  training_runs.state, dataset, architecture, weight_count, dropout_sites, dropout_rate, epochs,
  test_accuracy, created
FROM training_runs
JOIN runs ON runs.run = training_runs.run
WHERE :origin IS NULL OR iif(epochs IS NULL, 'imported', 'trained') = :origin
ORDER BY recorded DESC;
