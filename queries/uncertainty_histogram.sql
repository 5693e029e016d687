-- How the uncertainty of clean and adversarial images is distributed (Figure 1).
--
-- The bins are equally wide, the same for all attacks of a measure, and reach from the lowest to
-- the highest value found, or from 0 where no value is negative; every bin has a row, an empty one
-- too. Only pairs whose clean image the undefended network classifies correctly count.
--
-- group: detection
--
-- in:  :study RUN reproduce|train|study = every measurement; a model stands for all of its sets
--        with thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = 'selection'
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :bins INTEGER = 100; how many
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
  SELECT max(1, coalesce(:bins, 100)) AS bins
),
mix AS (
  SELECT DISTINCT measurement, label
  FROM study_measurements
  WHERE study IS :study
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:attack IS NULL OR attack = :attack)
),
image AS MATERIALIZED (
  SELECT measurement, is_adversarial, value
  FROM mix
  JOIN detection_scores USING (measurement)
  WHERE kept AND part = coalesce(:part, 'selection')
    AND measure = coalesce(:measure, 'softmax_std')
),
range AS (
  SELECT
    min(0.0, min(value)) AS lowest,
    (max(value) - min(0.0, min(value))) / (SELECT bins FROM option) AS width
  FROM image
),
counted AS (
  SELECT
    measurement,
    min((SELECT bins FROM option) - 1, coalesce(CAST((value - lowest) / width AS INTEGER), 0))
      AS bin,
    sum(NOT is_adversarial) AS clean, sum(is_adversarial) AS adversarial
  FROM image
  CROSS JOIN range
  GROUP BY 1, 2
),
bin (bin) AS (
  SELECT 0
  UNION ALL
  SELECT bin + 1 FROM bin WHERE bin + 1 < (SELECT bins FROM option)
)
SELECT
  mix.measurement, label AS attack, coalesce(:part, 'selection') AS part,
  coalesce(:measure, 'softmax_std') AS measure, bin.bin, lowest + bin.bin * width AS lower,
  lowest + (bin.bin + 1) * width AS upper, coalesce(clean, 0) AS clean,
  coalesce(adversarial, 0) AS adversarial
FROM mix
CROSS JOIN bin
CROSS JOIN range
LEFT JOIN counted ON counted.measurement = mix.measurement AND counted.bin = bin.bin
WHERE mix.measurement IN (SELECT measurement FROM counted)
ORDER BY label, mix.measurement, bin.bin;
