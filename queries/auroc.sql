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
    sum(count(*)) OVER (
      PARTITION BY measurement, part ORDER BY score ROWS UNBOUNDED PRECEDING) AS highest_rank
  FROM image
  WHERE score IS NOT NULL
  GROUP BY measurement, part, score
)
SELECT
  measurement, attack, part,
  (SELECT measure FROM option) AS measure,
  (SELECT orientation FROM option) AS orientation,
  (sum(adversarial * (highest_rank - (images - 1) / 2.0))
    - sum(adversarial) * (sum(adversarial) + 1) / 2.0)
  / nullif(CAST(sum(adversarial) AS REAL) * sum(images - adversarial), 0) AS auroc
FROM tie
GROUP BY measurement, part
ORDER BY attack, part, measurement;
