-- Table 1: how many images of the mix the undefended network classifies correctly.
--
-- On all pairs of the selection, clean and adversarial half together, whatever the network makes of
-- the clean images.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
-- out: study TEXT          run of the study or of the model
--      table_number INTEGER  the paper's table
--      protocol TEXT       NULL: no thresholds are involved
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      quantity TEXT       what the number is
--      unit TEXT           'fraction', 0...1, or 'images'
--      ours REAL           the study's own number
--      reproduction REAL   of Wang and Zhang; NULL where they have none, for a model, and where
--                          the data are not MNIST
--      original REAL       of Alshemali, Graham and Kalita; NULL likewise
--      ours_low REAL       95% confidence interval of ours by Wilson's score; NULL for counts
--      ours_high REAL      its upper end
WITH
study AS (
  SELECT DISTINCT study, measurement, published_attack, label
  FROM studies
  WHERE study = :study OR (:study IS NULL AND kind = 'reproduce' AND trial IS NULL)
),
image AS MATERIALIZED (
  SELECT measurement, deterministic_prediction = true_label AS is_correct
  FROM detection_mixes
  WHERE part = 'selection' AND measurement IN (SELECT measurement FROM study)
),
accuracy AS (
  SELECT
    measurement, 'undefended_accuracy' AS quantity, sum(is_correct) AS successes,
    count(*) AS images
  FROM image
  GROUP BY measurement
)
SELECT
  study, 1 AS table_number, NULL AS protocol, label AS attack, quantity, 'fraction' AS unit,
  CAST(successes AS REAL) / images AS ours,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'reproduction' AND published.table_number = 1
     AND published.attack = study.published_attack AND published.quantity = accuracy.quantity)
    AS reproduction,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'original' AND published.table_number = 1
     AND published.attack = study.published_attack AND published.quantity = accuracy.quantity)
    AS original,
  max(0.0, (successes + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(successes AS REAL) * (images - successes) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS ours_low,
  min(1.0, (successes + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(successes AS REAL) * (images - successes) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS ours_high
FROM study
JOIN accuracy ON accuracy.measurement = study.measurement
ORDER BY study, label;
