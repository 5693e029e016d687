-- Table 1: how many images of the mix the undefended network classifies correctly.
--
-- On all pairs of the selection, clean and adversarial half together, whatever the network makes of
-- the clean images.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
-- out: study TEXT          run of the study
--      table_number INTEGER  the paper's table
--      protocol TEXT       NULL: no thresholds are involved
--      attack TEXT         the attack
--      quantity TEXT       what the number is
--      unit TEXT           'fraction', 0...1, or 'images'
--      ours REAL           the study's own number
--      reproduction REAL   of Wang and Zhang; NULL where they have none
--      original REAL       of Alshemali, Graham and Kalita; NULL where they have none
--      ours_low REAL       95% confidence interval of ours by Wilson's score; NULL for counts
--      ours_high REAL      its upper end
WITH
study AS (
  SELECT DISTINCT lineages.run AS study, detection_results.measurement, detection_results.attack
  FROM lineages
  JOIN detection_results ON detection_results.run = lineages.parent
  WHERE lineages.kind = 'reproduce' AND (:study IS NULL OR lineages.run = :study)
),
accuracy AS (
  SELECT
    measurement, 'undefended_accuracy' AS quantity,
    sum(deterministic_prediction = true_label) AS successes, count(*) AS images
  FROM detection_mixes
  WHERE part = 'selection' AND measurement IN (SELECT measurement FROM study)
  GROUP BY measurement
)
SELECT
  study, 1 AS table_number, NULL AS protocol, study.attack, quantity, 'fraction' AS unit,
  CAST(successes AS REAL) / images AS ours,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'reproduction' AND published.table_number = 1
     AND published.attack = study.attack AND published.quantity = accuracy.quantity)
    AS reproduction,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'original' AND published.table_number = 1
     AND published.attack = study.attack AND published.quantity = accuracy.quantity)
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
ORDER BY study, study.attack;
