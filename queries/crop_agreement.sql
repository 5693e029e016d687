-- How many voters, such as the five crops, agree with the prediction, on clean and on adversarial
-- images.
--
-- Only pairs whose clean image the undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :study RUN reproduce|train|study = every measurement; a model stands for all of its sets
--        with thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = 'selection'
--      :voters TEXT = 'crops'; a voter set, one of the view voter_sets
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      agreement INTEGER   how many voters agree, from 0 to all; every number has a row
--      clean INTEGER       clean images
--      adversarial INTEGER adversarial images
--      clean_at_least REAL share of the clean images with so many or more, 0...1
--      adversarial_at_least REAL  share of the adversarial images with so many or more, 0...1
--      voter_set TEXT      the voters
WITH RECURSIVE
mix AS (
  SELECT DISTINCT measurement, label
  FROM study_measurements
  WHERE study IS :study
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:attack IS NULL OR attack = :attack)
),
counted AS MATERIALIZED (
  SELECT
    measurement, label, agreement, sum(NOT is_adversarial) AS clean,
    sum(is_adversarial) AS adversarial
  FROM mix
  JOIN detection_agreements USING (measurement)
  WHERE kept AND part = coalesce(:part, 'selection')
    AND voter_set = coalesce(:voters, 'crops')
  GROUP BY measurement, agreement
),
number (agreement, voters) AS (
  SELECT 0, voters FROM voter_sets WHERE voter_set = coalesce(:voters, 'crops')
  UNION ALL
  SELECT agreement + 1, voters FROM number WHERE agreement < voters
),
filled AS (
  SELECT
    known.measurement, known.label, number.agreement AS agreement, coalesce(clean, 0) AS clean,
    coalesce(adversarial, 0) AS adversarial
  FROM (SELECT DISTINCT measurement, label FROM counted) AS known
  CROSS JOIN number
  LEFT JOIN counted
    ON counted.measurement = known.measurement AND counted.agreement = number.agreement
)
SELECT
  measurement, label AS attack, agreement, clean, adversarial,
  CAST(sum(clean) OVER so_many_or_more AS REAL) / nullif(sum(clean) OVER whole, 0)
    AS clean_at_least,
  CAST(sum(adversarial) OVER so_many_or_more AS REAL) / nullif(sum(adversarial) OVER whole, 0)
    AS adversarial_at_least,
  coalesce(:voters, 'crops') AS voter_set
FROM filled
WINDOW
  whole AS (PARTITION BY measurement),
  so_many_or_more AS (PARTITION BY measurement ORDER BY agreement DESC)
ORDER BY label, measurement, agreement;
