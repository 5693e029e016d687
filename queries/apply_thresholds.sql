-- What Algorithm 1 with given thresholds declares of the images of a mix.
--
-- An image is declared clean if its score is below L, or not above H and at least C crops agree.
-- The score is the measure, negated where low values mean adversarial. Only pairs whose clean image
-- the undefended network classifies correctly count; correct and incorrect compare the stochastic
-- prediction with the true label.
--
-- group: detection
--
-- in:  :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = both, each for itself
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :orientation 'high'|'low' = as the measure has it; which values mean adversarial
--      :low_threshold REAL = 0; L, on the score
--      :high_threshold REAL = infinity; H, on the score
--      :agreement_threshold INTEGER = 5; C
-- out: measurement TEXT                             run of the measurement
--      attack TEXT                                  the attack
--      part TEXT                                    'selection' or 'heldout'
--      clean_declared_clean_correct INTEGER         images
--      clean_declared_clean_incorrect INTEGER       images
--      clean_declared_adversarial INTEGER           images
--      adversarial_declared_clean_correct INTEGER   images
--      adversarial_declared_clean_incorrect INTEGER images
--      adversarial_declared_adversarial INTEGER     images
--      sent_to_crops INTEGER                        images with a score from L to H
--      orientation TEXT                             which means adversarial
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
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR half.column1 = :part)
),
declared AS (
  SELECT
    mix, is_adversarial, prediction = true_label AS is_correct,
    score BETWEEN coalesce(:low_threshold, 0) AND coalesce(:high_threshold, 9e999) AS is_sent,
    score < coalesce(:low_threshold, 0)
    OR (score <= coalesce(:high_threshold, 9e999)
      AND agreement >= coalesce(:agreement_threshold, 5)) AS is_clean
  FROM (
    SELECT
      mix, is_adversarial, prediction, true_label, agreement,
      iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
    FROM mix
    JOIN detection_scores USING (measurement, part)
    WHERE kept AND measure = coalesce(:measure, 'softmax_std')
  )
  -- Without a limit, an image would be decided anew for each count.
  LIMIT -1
),
counted AS (
  SELECT
    mix,
    count(*) FILTER (WHERE NOT is_adversarial AND is_clean AND is_correct)
      AS clean_declared_clean_correct,
    count(*) FILTER (WHERE NOT is_adversarial AND is_clean AND NOT is_correct)
      AS clean_declared_clean_incorrect,
    count(*) FILTER (WHERE NOT is_adversarial AND NOT is_clean) AS clean_declared_adversarial,
    count(*) FILTER (WHERE is_adversarial AND is_clean AND is_correct)
      AS adversarial_declared_clean_correct,
    count(*) FILTER (WHERE is_adversarial AND is_clean AND NOT is_correct)
      AS adversarial_declared_clean_incorrect,
    count(*) FILTER (WHERE is_adversarial AND NOT is_clean) AS adversarial_declared_adversarial,
    count(*) FILTER (WHERE is_sent) AS sent_to_crops
  FROM declared
  GROUP BY mix
)
SELECT
  measurement, attack, part, clean_declared_clean_correct, clean_declared_clean_incorrect,
  clean_declared_adversarial, adversarial_declared_clean_correct,
  adversarial_declared_clean_incorrect, adversarial_declared_adversarial, sent_to_crops,
  coalesce(:orientation, measures.orientation) AS orientation
FROM counted
JOIN mix USING (mix)
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
ORDER BY attack, part, measurement;
