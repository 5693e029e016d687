-- How the uncertainty of clean and adversarial images is distributed (Figure 1).
--
-- The bins are equally wide, the same for all attacks of a measure, and reach from the lowest to
-- the highest value found, or from 0 where no value is negative; every bin has a row, an empty one
-- too. Only pairs whose clean image the undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every measurement
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :bins INTEGER       how many; unbound = 100
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      part TEXT           'selection' or 'heldout'
--      measure TEXT        the measure
--      bin INTEGER         counted from 0
--      lower REAL          where the bin begins; its beginning belongs to it
--      upper REAL          where it ends; the end belongs to the next one, save the last one's
--      clean INTEGER       images
--      adversarial INTEGER images
WITH RECURSIVE
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure, coalesce(:part, 'selection') AS part,
    max(1, coalesce(:bins, 100)) AS bins
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
    measurement, is_adversarial,
    CASE (SELECT measure FROM option)
      WHEN 'softmax_std' THEN softmax_std
      WHEN 'logit_std' THEN logit_std
      WHEN 'predictive_entropy' THEN predictive_entropy
      WHEN 'mutual_information' THEN mutual_information
      WHEN 'max_probability' THEN max_probability
      WHEN 'margin' THEN margin
      WHEN 'deterministic_max_probability' THEN deterministic_max_probability
    END AS value
  FROM detection_mixes
  WHERE kept
    AND part = (SELECT part FROM option)
    AND measurement IN (SELECT measurement FROM chosen)
),
range AS (
  SELECT
    min(0.0, min(value)) AS lowest,
    (max(value) - min(0.0, min(value))) / (SELECT bins FROM option) AS width
  FROM image
  WHERE value IS NOT NULL
),
counted AS (
  SELECT
    measurement,
    min((SELECT bins FROM option) - 1, coalesce(CAST((value - lowest) / width AS INTEGER), 0))
      AS bin,
    count(*) FILTER (WHERE NOT is_adversarial) AS clean,
    count(*) FILTER (WHERE is_adversarial) AS adversarial
  FROM image CROSS JOIN range
  WHERE value IS NOT NULL
  GROUP BY 1, 2
),
bin (bin) AS (
  SELECT 0
  UNION ALL
  SELECT bin + 1 FROM bin WHERE bin + 1 < (SELECT bins FROM option)
)
SELECT
  chosen.measurement, chosen.attack,
  (SELECT part FROM option) AS part,
  (SELECT measure FROM option) AS measure,
  bin.bin, lowest + bin.bin * width AS lower, lowest + (bin.bin + 1) * width AS upper,
  coalesce(clean, 0) AS clean, coalesce(adversarial, 0) AS adversarial
FROM chosen
CROSS JOIN bin
CROSS JOIN range
LEFT JOIN counted ON counted.measurement = chosen.measurement AND counted.bin = bin.bin
WHERE chosen.measurement IN (SELECT measurement FROM counted)
ORDER BY chosen.attack, chosen.measurement, bin.bin;
