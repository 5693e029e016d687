-- How well a measure of uncertainty tells adversarial images from clean ones, without thresholds.
--
-- The area under the ROC curve: the chance that an adversarial image scores higher than a clean
-- one, ties counted half. The score is the measure, negated where low values mean adversarial. Only
-- pairs whose clean image the undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = both, each for itself
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :orientation 'high'|'low' = as the measure has it; which values mean adversarial
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
-- Either part of the mixes that are asked about; a number sorts faster than a name.
mix AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY attack, half.column1, measurement) AS mix, measurement, attack,
    half.column1 AS part
  FROM measurements
  CROSS JOIN (VALUES ('selection'), ('heldout')) AS half
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR half.column1 = :part)
),
image AS (
  SELECT
    mix, is_adversarial,
    iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
  FROM mix
  JOIN detection_scores USING (measurement, part)
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
  -- Without a limit, scores would be computed anew behind the sorting.
  LIMIT -1
),
-- The rank sum: within ties every image has the mean of the ranks that they share.
tie AS (
  SELECT
    mix, sum(is_adversarial) AS adversarial, count(*) AS images,
    sum(count(*)) OVER up AS highest_rank,
    sum(sum(is_adversarial)) OVER up AS highest_adversarial_rank
  FROM image
  GROUP BY mix, score
  WINDOW up AS (PARTITION BY mix ORDER BY score ROWS UNBOUNDED PRECEDING)
),
-- Placements: how many clean images an adversarial one is above, how many adversarial ones a clean
-- one is above, ties counted half; DeLong's variance is that of their means.
area AS (
  SELECT
    mix, CAST(sum(adversarial) AS REAL) AS adversarial,
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
  GROUP BY mix
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
  measurement, attack, part, measures.measure,
  coalesce(:orientation, measures.orientation) AS orientation, auroc,
  max(0.0, auroc - half_width) AS auroc_low, min(1.0, auroc + half_width) AS auroc_high
FROM spread
JOIN mix USING (mix)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
ORDER BY attack, part, measurement;
