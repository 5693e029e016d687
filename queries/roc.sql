-- The receiver operating characteristic of a measure of uncertainty.
--
-- Positive means adversarial here, as the area's definition has it. A point is a cut of the score:
-- every image whose score is at least the cut is called adversarial. The score is the measure,
-- negated where low values mean adversarial. Points on a straight line between their neighbours are
-- left out. Only pairs whose clean image the undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :study RUN reproduce|train|study = every measurement; a model stands for all of its sets
--        with thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = 'selection'
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :orientation 'high'|'low' = as the measure has it; which values mean adversarial
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      cut REAL            the lowest score that is called adversarial; infinity calls none so
--      false_positive_rate REAL  clean images called adversarial, 0...1 of them
--      true_positive_rate REAL   adversarial images called so, 0...1 of them
WITH
mix AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY label, measurement) AS place, measurement, label
  FROM (
    SELECT DISTINCT measurement, label
    FROM study_measurements
    WHERE study IS :study
      AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
      AND (:attack IS NULL OR attack = :attack))
),
level AS (
  SELECT place, score, sum(NOT is_adversarial) AS clean, sum(is_adversarial) AS adversarial
  FROM (
    SELECT
      place, is_adversarial,
      iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
    FROM mix
    JOIN detection_scores USING (measurement)
    WHERE kept AND part = coalesce(:part, 'selection')
      AND measure = coalesce(:measure, 'softmax_std')
    -- Without a limit, scores would be computed anew behind the sorting.
    LIMIT -1)
  GROUP BY place, score
  UNION ALL
  -- The cut above all images.
  SELECT place, 9e999, 0, 0 FROM mix
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
  measurement, label AS attack, coalesce(:part, 'selection') AS part,
  coalesce(:measure, 'softmax_std') AS measure, score AS cut,
  CAST(false_positives AS REAL) / nullif(all_clean, 0) AS false_positive_rate,
  CAST(true_positives AS REAL) / nullif(all_adversarial, 0) AS true_positive_rate
FROM point
JOIN mix USING (place)
-- A corner is where the direction changes.
WHERE all_clean + all_adversarial > 0
  AND (next_clean IS NULL OR clean * next_adversarial <> next_clean * adversarial
    OR (clean = 0 AND adversarial = 0))
ORDER BY place, score DESC;
