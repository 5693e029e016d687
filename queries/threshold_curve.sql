-- Detection accuracy over the thresholds L, H and C, on an even grid.
--
-- Algorithm 1 declares an image clean if its score is below L, adversarial if it is above H, and
-- asks the crops in between: clean exactly if at least C of them agree. The score is the measure,
-- negated where low values mean adversarial. L and H take the same places, evenly spaced from the
-- lowest score, or 0 where none is negative, to the highest one; an image whose score lies on a place
-- counts as above it. best_thresholds has the exact optimum, which lies between these places. Only
-- pairs whose clean image the undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every measurement
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
--      :agreement INTEGER  C; unbound = each of 0...5
--      :steps INTEGER      how many steps from the lowest place to the highest; unbound = 40
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      agreement_threshold INTEGER  C
--      low_threshold REAL  L, on the score
--      high_threshold REAL H, on the score, not below L
--      images INTEGER      clean and adversarial images together
--      correct INTEGER     images declared what they are
--      sent_to_crops INTEGER  images from L to H
--      detection_accuracy REAL  correct / images, 0...1
WITH RECURSIVE
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure, coalesce(:part, 'selection') AS part,
    max(1, coalesce(:steps, 40)) AS steps,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
chosen AS (
  SELECT
    run AS measurement,
    coalesce(
      (SELECT label FROM studies WHERE study = :study AND studies.measurement = measurements.run),
      attack) AS attack
  FROM measurements
  WHERE attack IS NOT NULL
    AND (:measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR run IN (SELECT measurement FROM studies WHERE study = :study))
),
image AS MATERIALIZED (
  SELECT
    measurement, is_adversarial, agreement,
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
    AND part = (SELECT part FROM option)
    AND measurement IN (SELECT measurement FROM chosen)
),
range AS (
  SELECT
    min(0.0, min(score)) AS lowest,
    (max(score) - min(0.0, min(score))) / (SELECT steps FROM option) AS width
  FROM image
  WHERE score IS NOT NULL
),
vote (agreement_threshold) AS (VALUES (0), (1), (2), (3), (4), (5)),
-- What lies between two neighbouring places, by C.
counted AS MATERIALIZED (
  SELECT
    measurement, agreement_threshold,
    1 + min((SELECT steps FROM option) - 1, coalesce(CAST((score - lowest) / width AS INTEGER), 0))
      AS place,
    count(*) AS images, sum(NOT is_adversarial) AS clean,
    sum((agreement >= agreement_threshold) <> is_adversarial) AS decided
  FROM image
  CROSS JOIN range
  CROSS JOIN vote
  WHERE score IS NOT NULL AND (:agreement IS NULL OR agreement_threshold = :agreement)
  GROUP BY 1, 2, 3
),
place (place) AS (
  SELECT 0
  UNION ALL
  SELECT place + 1 FROM place WHERE place < (SELECT steps FROM option)
),
-- What lies below each place.
below AS MATERIALIZED (
  SELECT
    known.measurement, known.agreement_threshold, place.place,
    sum(coalesce(images, 0)) OVER upwards AS images,
    sum(coalesce(clean, 0)) OVER upwards AS clean,
    sum(coalesce(decided, 0)) OVER upwards AS decided,
    sum(coalesce(images, 0)) OVER whole AS all_images,
    sum(coalesce(clean, 0)) OVER whole AS all_clean
  FROM (SELECT DISTINCT measurement, agreement_threshold FROM counted) AS known
  CROSS JOIN place
  LEFT JOIN counted
    ON counted.measurement = known.measurement
    AND counted.agreement_threshold = known.agreement_threshold AND counted.place = place.place
  WINDOW
    whole AS (PARTITION BY known.measurement, known.agreement_threshold),
    upwards AS (
      PARTITION BY known.measurement, known.agreement_threshold ORDER BY place.place)
),
judged AS (
  SELECT
    low.measurement, low.agreement_threshold, low.place AS low_place, high.place AS high_place,
    low.all_images AS images,
    -- Clean images below L, adversarial ones above H, and those between that the crops get right.
    low.clean + (high.all_images - high.images) - (high.all_clean - high.clean)
    + high.decided - low.decided AS correct,
    high.images - low.images AS sent_to_crops
  FROM below AS low
  JOIN below AS high
    ON high.measurement = low.measurement AND high.agreement_threshold = low.agreement_threshold
    AND high.place >= low.place
)
SELECT
  judged.measurement, chosen.attack,
  (SELECT part FROM option) AS part,
  (SELECT measure FROM option) AS measure,
  agreement_threshold, lowest + low_place * width AS low_threshold,
  lowest + high_place * width AS high_threshold, images, correct, sent_to_crops,
  CAST(correct AS REAL) / images AS detection_accuracy
FROM judged
JOIN chosen ON chosen.measurement = judged.measurement
CROSS JOIN range
ORDER BY chosen.attack, judged.measurement, agreement_threshold, low_place, high_place;
