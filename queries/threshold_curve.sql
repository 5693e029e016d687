-- Detection accuracy over the thresholds L, H and C, on an even grid.
--
-- Algorithm 1 declares an image clean if its score is below L, adversarial if it is above H, and
-- asks the crops in between: clean if and only if at least C of them agree. The score is the
-- measure, negated where low values mean adversarial. L and H take the same places, evenly spaced
-- from the lowest score, or 0 where none is negative, to the highest one. An image whose score lies
-- on a place counts as above it. best_thresholds has the exact optimum, which lies between these
-- places. Only pairs whose clean image the undefended network classifies correctly count.
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
--      :agreement INTEGER = each of 0 to the number of voters; C
--      :steps INTEGER = 40; from the lowest place to the highest
--      :voters TEXT = 'crops'; a voter set, one of the view voter_sets
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
--      voter_set TEXT      whose votes count from L to H
WITH RECURSIVE
option AS (
  SELECT max(1, coalesce(:steps, 40)) AS steps
),
mix AS (
  SELECT DISTINCT measurement, label
  FROM study_measurements
  WHERE study IS :study
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:attack IS NULL OR attack = :attack)
),
image AS MATERIALIZED (
  SELECT
    measurement, is_adversarial, agreement,
    iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
  FROM mix
  JOIN voted_scores USING (measurement)
  WHERE kept AND part = coalesce(:part, 'selection')
    AND measure = coalesce(:measure, 'softmax_std')
    AND voter_set = coalesce(:voters, 'crops') AND agreement IS NOT NULL
),
range AS (
  SELECT
    min(0.0, min(score)) AS lowest,
    (max(score) - min(0.0, min(score))) / (SELECT steps FROM option) AS width
  FROM image
),
vote (agreement_threshold, voters) AS (
  SELECT 0, voters FROM voter_sets WHERE voter_set = coalesce(:voters, 'crops')
  UNION ALL
  SELECT agreement_threshold + 1, voters FROM vote WHERE agreement_threshold < voters
),
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
  WHERE :agreement IS NULL OR agreement_threshold = :agreement
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
  measurement, label AS attack, coalesce(:part, 'selection') AS part,
  coalesce(:measure, 'softmax_std') AS measure,
  agreement_threshold, lowest + low_place * width AS low_threshold,
  lowest + high_place * width AS high_threshold, images, correct, sent_to_crops,
  CAST(correct AS REAL) / images AS detection_accuracy,
  coalesce(:voters, 'crops') AS voter_set
FROM judged
JOIN mix USING (measurement)
CROSS JOIN range
ORDER BY label, measurement, agreement_threshold, low_place, high_place;
