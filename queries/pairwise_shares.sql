-- How often an adversarial image is more suspect than its own clean image, and than its noisy one.
--
-- Suspect is what scores higher: the score is the measure, negated where low values mean
-- adversarial. Images of equal score count as not more suspect. A noisy image is one that was moved
-- as far as the attack moves, but not against the network. Only pairs whose clean image the
-- undefended network classifies correctly count.
--
-- group: detectors
--
-- in:  :study RUN study|reproduce|train = every measurement; a study's own, or a model's
--      :model RUN train = every one; the network that was attacked
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout'|'all' = 'selection'; 'all': both
--      :measure TEXT = 'softmax_std'; one of the view measures
-- out: measurement TEXT  run of the measurement
--      attack TEXT       the attack
--      measure TEXT      the measure
--      part TEXT         'selection', 'heldout' or 'all'
--      pairs INTEGER     adversarial images with their clean ones
--      above_clean INTEGER pairs whose adversarial image scores higher
--      above_clean_share REAL above_clean / pairs, 0...1
--      above_clean_share_low REAL 95% confidence interval by Wilson's score
--      above_clean_share_high REAL its upper end
--      noisy_pairs INTEGER adversarial images with their noisy ones; 0: there is no noisy set
--      above_noisy INTEGER pairs whose adversarial image scores higher; NULL likewise
--      above_noisy_share REAL above_noisy / noisy_pairs, 0...1; NULL likewise
--      above_noisy_share_low REAL 95% confidence interval by Wilson's score
--      above_noisy_share_high REAL its upper end
WITH
attacked AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY attack, measurement) AS place, measurement, clean_measurement,
    adversarial_set, attack
  FROM measurements
  WHERE adversarial_set IS NOT NULL AND is_paired AND NOT is_noisy
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR hidden IS NOT 'deleted')
    AND (:model IS NULL OR model = :model)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR measurement IN (
      SELECT run FROM study_runs WHERE study = :study AND kind = 'measure'))
),
member AS MATERIALIZED (
  SELECT place, 'adversarial' AS kind, measurement FROM attacked
  UNION ALL
  SELECT place, 'clean', clean_measurement FROM attacked
  UNION ALL
  -- The newest of several.
  SELECT place, 'noisy', noisy.measurement
  FROM attacked
  JOIN measurements AS noisy
    ON noisy.measurement = (
      SELECT measured.measurement
      FROM noisy_sets
      JOIN measurements AS measured USING (adversarial_set)
      JOIN runs ON runs.run = measured.measurement
      WHERE noisy_sets.matched_set = attacked.adversarial_set
        AND measured.clean_measurement = attacked.clean_measurement
        AND measured.hidden IS NOT 'deleted'
      ORDER BY runs.record_number DESC LIMIT 1)
),
image AS (
  SELECT
    place, image_index,
    max(score) FILTER (WHERE member.kind = 'adversarial') AS adversarial,
    max(score) FILTER (WHERE member.kind = 'clean') AS clean,
    max(score) FILTER (WHERE member.kind = 'noisy') AS noisy
  FROM member
  CROSS JOIN image_scores AS image ON image.measurement = member.measurement
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
    AND (:part = 'all' OR part = coalesce(:part, 'selection'))
  GROUP BY place, image_index
),
counted AS (
  SELECT
    place, count(adversarial + clean) AS pairs, sum(adversarial > clean) AS above_clean,
    count(adversarial + noisy) AS noisy_pairs, sum(adversarial > noisy) AS above_noisy
  FROM image
  GROUP BY place
)
SELECT
  measurement, attack, coalesce(:measure, 'softmax_std') AS measure,
  coalesce(:part, 'selection') AS part, pairs, above_clean,
  CAST(above_clean AS REAL) / pairs AS above_clean_share,
  max(0.0, (above_clean + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * above_clean * (pairs - above_clean) / pairs + 0.960364705173531))
    / (pairs + 3.841458820694124)) AS above_clean_share_low,
  min(1.0, (above_clean + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * above_clean * (pairs - above_clean) / pairs + 0.960364705173531))
    / (pairs + 3.841458820694124)) AS above_clean_share_high,
  noisy_pairs, above_noisy, CAST(above_noisy AS REAL) / nullif(noisy_pairs, 0) AS above_noisy_share,
  max(0.0, (above_noisy + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * above_noisy * (noisy_pairs - above_noisy) / noisy_pairs + 0.960364705173531))
    / (noisy_pairs + 3.841458820694124)) AS above_noisy_share_low,
  min(1.0, (above_noisy + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * above_noisy * (noisy_pairs - above_noisy) / noisy_pairs + 0.960364705173531))
    / (noisy_pairs + 3.841458820694124)) AS above_noisy_share_high
FROM counted
JOIN attacked USING (place)
WHERE pairs > 0
ORDER BY place;
