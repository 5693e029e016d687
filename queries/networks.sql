-- The networks that are attacked, and how well they do on images that nobody changed.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
-- out: study TEXT          run of the study or of the model
--      network TEXT        run of the training
--      architecture TEXT   such as 'lenet'
--      epochs INTEGER      of training; NULL: trained elsewhere
--      test_images INTEGER   all test images of the data set
--      test_accuracy REAL  0...1, dropout off
--      test_accuracy_low REAL   95% confidence interval by Wilson's score
--      test_accuracy_high REAL  its upper end
WITH
used AS (
  SELECT DISTINCT study, model AS network
  FROM studies
  WHERE study = :study OR (:study IS NULL AND kind = 'reproduce' AND trial IS NULL)
)
SELECT
  study, network, architecture, epochs, test_images, test_accuracy,
  max(0.0, (test_correct + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(test_correct AS REAL) * (test_images - test_correct) / test_images
        + 3.841458820694124 / 4))
    / (test_images + 3.841458820694124)) AS test_accuracy_low,
  min(1.0, (test_correct + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(test_correct AS REAL) * (test_images - test_correct) / test_images
        + 3.841458820694124 / 4))
    / (test_images + 3.841458820694124)) AS test_accuracy_high
FROM used
JOIN training_runs ON training_runs.run = used.network
ORDER BY study, network;
