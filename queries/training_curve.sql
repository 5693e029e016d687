-- Loss and accuracy of trainings, epoch by epoch.
--
-- in:  :run TEXT           run of kind 'train'; unbound = every one
--      :study TEXT         run of a study that used it, or the model itself; unbound = any or none
-- out: run TEXT            the training
--      epoch INTEGER       counted from 1
--      train_loss REAL     mean cross-entropy with dropout on, in nats
--      train_accuracy REAL  0...1, with dropout on
--      test_accuracy REAL  0...1, with dropout off
SELECT
  run, step AS epoch,
  max(value) FILTER (WHERE name = 'train_loss') AS train_loss,
  max(value) FILTER (WHERE name = 'train_accuracy') AS train_accuracy,
  max(value) FILTER (WHERE name = 'test_accuracy') AS test_accuracy
FROM metrics
WHERE kind = 'train'
  AND (:run IS NULL OR run = :run)
  AND (
    :study IS NULL
    OR run = :study
    OR run IN (SELECT model FROM studies WHERE study = :study))
GROUP BY run, step
ORDER BY run, step;
