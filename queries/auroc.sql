-- How well a measure of uncertainty tells adversarial images from clean ones, without thresholds.
--
-- The area under the ROC curve: the chance that an adversarial image scores higher than a clean
-- one, ties counted half. The score is the measure, negated where low values mean adversarial. Only
-- pairs whose clean image the undefended network classifies correctly count.
--
-- in:  :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = both, each for itself
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      orientation TEXT    which means adversarial
--      auroc REAL          0...1; NULL where a half is empty
--      auroc_low REAL      95% confidence interval by DeLong's variance; NULL where a half has
--                          fewer than two images
--      auroc_high REAL     its upper end
WITH
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
image AS MATERIALIZED (
  SELECT
    measurement, attack, part, is_adversarial,
    CASE (SELECT orientation FROM option) WHEN 'low' THEN -1.0 ELSE 1.0 END
    * CASE (SELECT measure FROM option)
        WHEN 'softmax_std' THEN softmax_std
        WHEN 'logit_std' THEN logit_std
        WHEN 'predictive_entropy' THEN predictive_entropy
        WHEN 'mutual_information' THEN mutual_information
        WHEN 'max_probability' THEN max_probability
        WHEN 'margin' THEN margin
        WHEN 'deterministic_max_probability' THEN deterministic_max_probability
      END AS score
  FROM detection_mixes
  WHERE kept
    AND measurement IN (
      SELECT run FROM measurements WHERE :measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR part = :part)
),
-- The rank sum: within ties every image has the mean of the ranks that they share.
tie AS (
  SELECT
    measurement, attack, part, sum(is_adversarial) AS adversarial, count(*) AS images,
    sum(count(*)) OVER up AS highest_rank,
    sum(sum(is_adversarial)) OVER up AS highest_adversarial_rank
  FROM image
  WHERE score IS NOT NULL
  GROUP BY measurement, part, score
  WINDOW up AS (PARTITION BY measurement, part ORDER BY score ROWS UNBOUNDED PRECEDING)
),
-- Placements: how many clean images an adversarial one is above, how many adversarial ones a clean
-- one is above, ties counted half; DeLong's variance is that of their means.
area AS (
  SELECT
    measurement, attack, part,
    CAST(sum(adversarial) AS REAL) AS adversarial,
    CAST(sum(images - adversarial) AS REAL) AS clean,
    (sum(adversarial * (highest_rank - (images - 1) / 2.0))
      - sum(adversarial) * (sum(adversarial) + 1) / 2.0)
    / nullif(CAST(sum(adversarial) AS REAL) * sum(images - adversarial), 0) AS auroc,
    sum(adversarial * (highest_rank - highest_adversarial_rank - (images - adversarial) / 2.0)
      * (highest_rank - highest_adversarial_rank - (images - adversarial) / 2.0))
      AS adversarial_squares,
    sum((images - adversarial) * (highest_adversarial_rank - adversarial / 2.0)
      * (highest_adversarial_rank - adversarial / 2.0)) AS clean_squares
  FROM tie
  GROUP BY measurement, part
),
spread AS (
  SELECT
    *,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (clean * clean) / nullif(adversarial, 0) - auroc * auroc)
        / nullif(adversarial - 1, 0)
      + (clean_squares / (adversarial * adversarial) / nullif(clean, 0)
          - (1 - auroc) * (1 - auroc)) / nullif(clean - 1, 0))) AS half_width
  FROM area
)
SELECT
  measurement, attack, part,
  (SELECT measure FROM option) AS measure,
  (SELECT orientation FROM option) AS orientation,
  auroc,
  max(0.0, auroc - half_width) AS auroc_low,
  min(1.0, auroc + half_width) AS auroc_high
FROM spread
ORDER BY attack, part, measurement;
