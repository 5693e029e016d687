-- Table 2: how many images the detector declares what they are.
--
-- The papers call clean positive: their false negatives are clean images declared adversarial.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
--      :protocol TEXT      'paper' or 'heldout'; unbound = both
--      :measure TEXT       a measure of uncertainty; unbound = the one that thresholds name first
--      :detector TEXT      'hybrid', 'uncertainty' or 'crops'; unbound = 'hybrid'
-- out: study TEXT          run of the study or of the model
--      table_number INTEGER  the paper's table
--      protocol TEXT       which images the thresholds were chosen on
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
result AS (
  SELECT studies.study, studies.published_attack, studies.label, detection_results.*
  FROM studies
  JOIN detection_results ON detection_results.run = studies.thresholds
  WHERE (studies.study = :study OR (:study IS NULL AND studies.kind = 'reproduce' AND trial IS NULL))
    AND method = 'exact'
    AND detection_results.measure = coalesce(:measure, studies.measure)
    AND detector = coalesce(:detector, 'hybrid')
    AND (:protocol IS NULL OR protocol = :protocol)
),
number (study, protocol, published_attack, label, place, quantity, unit, ours, successes, images) AS (
  SELECT study, protocol, published_attack, label, 1, 'clean_declared_adversarial', 'images',
    clean_declared_adversarial, NULL, NULL
  FROM result
  UNION ALL
  SELECT study, protocol, published_attack, label, 2, 'adversarial_declared_clean', 'images',
    adversarial_declared_clean, NULL, NULL
  FROM result
  UNION ALL
  SELECT study, protocol, published_attack, label, 3, 'adversarial_declared_adversarial', 'images',
    adversarial_declared_adversarial, NULL, NULL
  FROM result
  UNION ALL
  SELECT study, protocol, published_attack, label, 4, 'clean_declared_clean', 'images',
    clean_declared_clean, NULL, NULL
  FROM result
  UNION ALL
  SELECT study, protocol, published_attack, label, 5, 'detection_accuracy', 'fraction',
    detection_accuracy, clean_declared_clean + adversarial_declared_adversarial,
    clean_declared_clean + clean_declared_adversarial + adversarial_declared_clean
    + adversarial_declared_adversarial
  FROM result
)
SELECT
  study, 2 AS table_number, protocol, label AS attack, quantity, unit, ours,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'reproduction' AND published.table_number = 2
     AND published.attack = number.published_attack AND published.quantity = number.quantity)
    AS reproduction,
  (SELECT value FROM published_results AS published
   WHERE published.source = 'original' AND published.table_number = 2
     AND published.attack = number.published_attack AND published.quantity = number.quantity)
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
ORDER BY study, protocol DESC, label, place;
