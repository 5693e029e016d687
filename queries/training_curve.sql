-- Loss and accuracy of trainings, epoch by epoch.
--
-- group: runs
--
-- in:  :run RUN train = every one
--      :study RUN reproduce|train = every study, or none; a study that used it, or the model
--        itself
-- out: run TEXT            the training
--      epoch INTEGER       counted from 1
--      train_loss REAL     mean cross-entropy with dropout on, in nats
--      train_accuracy REAL  0...1, with dropout on
--      test_accuracy REAL  0...1, with dropout off
SELECT
  run, step AS epoch,
  max(value) FILTER (WHERE metric = 'train_loss') AS train_loss,
  max(value) FILTER (WHERE metric = 'train_accuracy') AS train_accuracy,
  max(value) FILTER (WHERE metric = 'test_accuracy') AS test_accuracy
FROM metrics
WHERE kind = 'train' AND run NOT IN (SELECT runs.run FROM runs WHERE hidden = 'deleted')
  AND (:run IS NULL OR run = :run)
  AND (
    :study IS NULL
    OR run = :study
    OR run IN (SELECT model FROM studies WHERE study = :study))
GROUP BY run, step
ORDER BY run, step;
