-- What Algorithm 1 with given thresholds declares of the images of a mix.
--
-- An image is declared clean if its score is below L, or not above H and at least C voters agree,
-- such as crops; where votes are not recorded none agrees.
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
--      :choices TEXT = the choice that the three above make; several choices, each for itself, as
--        JSON: [[L, H, C], ...]
--      :voters TEXT = 'crops'; a voter set, one of the view voter_sets
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
--      choice INTEGER                               the place in choices, from 1
--      low_threshold REAL                           L
--      high_threshold REAL                          H
--      agreement_threshold INTEGER                  C
--      voter_set TEXT                               whose votes count from L to H
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
choice AS MATERIALIZED (
  SELECT
    key + 1 AS choice, CAST(value ->> 0 AS REAL) AS low_threshold,
    CAST(value ->> 1 AS REAL) AS high_threshold, CAST(value ->> 2 AS INTEGER) AS agreement_threshold
  FROM json_each(:choices)
  UNION ALL
  SELECT
    1, CAST(coalesce(:low_threshold, 0) AS REAL), CAST(coalesce(:high_threshold, 9e999) AS REAL),
    CAST(coalesce(:agreement_threshold, 5) AS INTEGER)
  WHERE :choices IS NULL
),
-- Read once, whatever the number of choices.
image AS MATERIALIZED (
  SELECT
    mix, is_adversarial, prediction = true_label AS is_correct,
    coalesce(agreement, 0) AS agreement,
    iif(coalesce(:orientation, orientation) = 'low', -1.0, 1.0) * value AS score
  FROM mix
  JOIN voted_scores USING (measurement, part)
  WHERE kept AND measure = coalesce(:measure, 'softmax_std')
    AND voter_set = coalesce(:voters, 'crops')
)
SELECT
  measurement, attack, part, counted.value ->> 0 AS clean_declared_clean_correct,
  counted.value ->> 1 AS clean_declared_clean_incorrect,
  counted.value ->> 2 AS clean_declared_adversarial,
  counted.value ->> 3 AS adversarial_declared_clean_correct,
  counted.value ->> 4 AS adversarial_declared_clean_incorrect,
  counted.value ->> 5 AS adversarial_declared_adversarial,
  counted.value ->> 6 AS sent_to_crops,
  coalesce(:orientation, measures.orientation) AS orientation, choice, low_threshold,
  high_threshold, agreement_threshold, coalesce(:voters, 'crops') AS voter_set
FROM mix
CROSS JOIN choice
-- A function's table is made once for each row on its left. A plain subquery would run once for
-- each column that names what it counts.
CROSS JOIN json_each(json_array((
  SELECT
    json_array(
      sum(outcome = 1), sum(outcome = 0), sum(outcome = 2), sum(outcome = 4), sum(outcome = 3),
      sum(outcome = 5), sum(is_sent))
  FROM (
    -- Clean images: 0 declared clean and classified wrongly, 1 declared clean and classified
    -- correctly, 2 declared adversarial; 3, 4 and 5 the same of adversarial images.
    SELECT
      3 * is_adversarial
      + iif(
        score < low_threshold OR (score <= high_threshold AND agreement >= agreement_threshold),
        is_correct, 2) AS outcome,
      score BETWEEN low_threshold AND high_threshold AS is_sent
    FROM image
    WHERE image.mix = mix.mix
    -- Without a limit, an image would be decided anew for each count.
    LIMIT -1
  )))) AS counted
JOIN measures ON measures.measure = coalesce(:measure, 'softmax_std')
WHERE counted.value ->> 6 IS NOT NULL
ORDER BY attack, part, measurement, choice;
