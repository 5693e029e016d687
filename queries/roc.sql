-- The receiver operating characteristic of a measure of uncertainty.
--
-- Positive means adversarial here, as the area's definition has it. A point is a cut of the score:
-- every image whose score is at least the cut is called adversarial. The score is the measure,
-- negated where low values mean adversarial. Points on a straight line between their neighbours are
-- left out. Only pairs whose clean image the undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every measurement
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      cut REAL            the lowest score that is called adversarial; infinity calls none so
--      false_positive_rate REAL  clean images called adversarial, 0...1 of them
--      true_positive_rate REAL   adversarial images called so, 0...1 of them
WITH
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure, coalesce(:part, 'selection') AS part,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
chosen AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY attack, run) AS place, run AS measurement,
    coalesce(
      (SELECT label FROM studies WHERE study = :study AND studies.measurement = measurements.run),
      attack) AS attack
  FROM measurements
  WHERE attack IS NOT NULL
    AND (:measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR run IN (SELECT measurement FROM studies WHERE study = :study))
),
image AS (
  SELECT
    chosen.place, is_adversarial,
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
  FROM chosen
  JOIN detection_mixes ON detection_mixes.measurement = chosen.measurement
  WHERE kept AND part = (SELECT part FROM option)
),
level AS (
  SELECT
    place, score, sum(NOT is_adversarial) AS clean, sum(is_adversarial) AS adversarial
  FROM image
  WHERE score IS NOT NULL
  GROUP BY place, score
  UNION ALL
  -- The cut above all images.
  SELECT DISTINCT place, 9e999, 0, 0 FROM image
),
point AS (
  SELECT
    place, score, clean, adversarial,
    lead(clean) OVER falling AS next_clean, lead(adversarial) OVER falling AS next_adversarial,
    sum(clean) OVER falling AS false_positives, sum(adversarial) OVER falling AS true_positives,
    sum(clean) OVER whole AS all_clean, sum(adversarial) OVER whole AS all_adversarial
  FROM level
  WINDOW
    whole AS (PARTITION BY place),
    falling AS (PARTITION BY place ORDER BY score DESC)
)
SELECT
  measurement, attack,
  (SELECT part FROM option) AS part,
  (SELECT measure FROM option) AS measure,
  score AS cut,
  CAST(false_positives AS REAL) / nullif(all_clean, 0) AS false_positive_rate,
  CAST(true_positives AS REAL) / nullif(all_adversarial, 0) AS true_positive_rate
FROM point
JOIN chosen ON chosen.place = point.place
-- A corner is where the direction changes.
WHERE next_clean IS NULL OR clean * next_adversarial <> next_clean * adversarial
  OR (clean = 0 AND adversarial = 0)
ORDER BY point.place, score DESC;
