-- How many of the five crops agree with the prediction, on clean and on adversarial images.
--
-- Only pairs whose clean image the undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every measurement
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      agreement INTEGER   how many crops agree, 0...5; every number has a row
--      clean INTEGER       clean images
--      adversarial INTEGER adversarial images
--      clean_at_least REAL share of the clean images with so many or more, 0...1
--      adversarial_at_least REAL  share of the adversarial images with so many or more, 0...1
WITH RECURSIVE
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
  SELECT measurement, is_adversarial, agreement FROM detection_mixes
  WHERE kept
    AND part = coalesce(:part, 'selection')
    AND measurement IN (SELECT measurement FROM chosen)
),
counted AS (
  SELECT
    measurement, agreement,
    count(*) FILTER (WHERE NOT is_adversarial) AS clean,
    count(*) FILTER (WHERE is_adversarial) AS adversarial
  FROM image
  GROUP BY 1, 2
),
number (agreement) AS (
  SELECT 0
  UNION ALL
  SELECT agreement + 1 FROM number WHERE agreement < 5
),
filled AS (
  SELECT
    chosen.measurement, chosen.attack, number.agreement, coalesce(clean, 0) AS clean,
    coalesce(adversarial, 0) AS adversarial
  FROM chosen
  CROSS JOIN number
  LEFT JOIN counted
    ON counted.measurement = chosen.measurement AND counted.agreement = number.agreement
  WHERE chosen.measurement IN (SELECT measurement FROM counted)
)
SELECT
  measurement, attack, agreement, clean, adversarial,
  CAST(sum(clean) OVER so_many_or_more AS REAL) / nullif(sum(clean) OVER whole, 0)
    AS clean_at_least,
  CAST(sum(adversarial) OVER so_many_or_more AS REAL) / nullif(sum(adversarial) OVER whole, 0)
    AS adversarial_at_least
FROM filled
WINDOW
  whole AS (PARTITION BY measurement),
  so_many_or_more AS (PARTITION BY measurement ORDER BY agreement DESC)
ORDER BY attack, measurement, agreement;
