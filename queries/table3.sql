-- Table 3: how the images declared clean are classified.
--
-- Fractions of all images declared clean; correct is by the true label. NULL where none was
-- declared clean.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
--      :protocol TEXT      'paper' or 'heldout'; unbound = both
--      :measure TEXT       a measure of uncertainty; unbound = the study's first one
--      :detector TEXT      'hybrid', 'uncertainty' or 'crops'; unbound = 'hybrid'
-- out: study TEXT          run of the study
--      table_number INTEGER  the paper's table
--      protocol TEXT       which images the thresholds were chosen on
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
result AS (
  SELECT study.study, detection_results.*
  FROM study
  JOIN detection_results ON detection_results.measurement = study.measurement
  JOIN lineages
    ON lineages.run = study.study AND lineages.parent = detection_results.run
  WHERE method = 'exact'
    AND measure = coalesce(
      :measure,
      (SELECT configuration ->> '$.detection.measures[0]' FROM runs WHERE run = study.study))
    AND detector = coalesce(:detector, 'hybrid')
    AND (:protocol IS NULL OR protocol = :protocol)
),
number (study, protocol, attack, place, quantity, successes, images) AS (
  SELECT study, protocol, attack, 1, 'clean_declared_clean_correct',
    clean_declared_clean_correct, clean_declared_clean + adversarial_declared_clean
  FROM result
  UNION ALL
  SELECT study, protocol, attack, 2, 'clean_declared_clean_incorrect',
    clean_declared_clean_incorrect, clean_declared_clean + adversarial_declared_clean
  FROM result
  UNION ALL
  SELECT study, protocol, attack, 3, 'adversarial_declared_clean_correct',
    adversarial_declared_clean_correct, clean_declared_clean + adversarial_declared_clean
  FROM result
  UNION ALL
  SELECT study, protocol, attack, 4, 'adversarial_declared_clean_incorrect',
    adversarial_declared_clean_incorrect, clean_declared_clean + adversarial_declared_clean
  FROM result
  UNION ALL
  SELECT study, protocol, attack, 5, 'classification_accuracy',
    clean_declared_clean_correct + adversarial_declared_clean_correct,
    clean_declared_clean + adversarial_declared_clean
  FROM result
)
SELECT
  study, 3 AS table_number, protocol, attack, quantity, 'fraction' AS unit,
  CAST(successes AS REAL) / nullif(images, 0) AS ours,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'reproduction' AND published.table_number = 3
     AND published.attack = number.attack AND published.quantity = number.quantity)
    AS reproduction,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'original' AND published.table_number = 3
     AND published.attack = number.attack AND published.quantity = number.quantity)
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
FROM number
ORDER BY study, protocol DESC, attack, place;
