-- What detectors learn from: every measure and vote of the images of a mix.
--
-- An input is a measure, or 'vote:' and a voter, which is 1 where the vote differs from the
-- prediction and 0 where it does not. Inputs are there where both halves of the mix have them. Only
-- pairs whose clean image the undefended network classifies correctly count.
--
-- group: detectors
--
-- in:  :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :part 'selection'|'heldout' = both
--      :inputs TEXT = every measure and vote; inputs as a JSON array, answered in its order
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack, of clean images too
--      part TEXT           'selection' or 'heldout'
--      input TEXT          a measure's name, or 'vote:' and a voter's
--      image_index INTEGER in the data set's test images, from 0
--      is_adversarial INTEGER  1: adversarial, 0: clean
--      value REAL          of the measure, or 1 where the vote differs from the prediction
WITH
mix AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY attack, measurement) AS mix, measurement, attack
  FROM measurements
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:attack IS NULL OR attack = :attack)
),
input AS MATERIALIZED (
  SELECT key AS place, value AS input FROM json_each(:inputs)
  UNION ALL
  SELECT measure_number, measure FROM measures WHERE :inputs IS NULL
  UNION ALL
  SELECT 1000000 + voter_number, 'vote:' || voter FROM voters WHERE :inputs IS NULL
)
SELECT measurement, attack, part, input, image_index, is_adversarial, value
FROM (
  SELECT
    mix, place, mix.measurement, mix.attack, part, input, image_index, is_adversarial, value
  FROM mix
  CROSS JOIN input
  CROSS JOIN detection_scores AS image
    ON image.measurement = mix.measurement AND image.measure = input.input
  WHERE kept AND (:part IS NULL OR part = :part)
  UNION ALL
  SELECT
    mix, place, mix.measurement, mix.attack, part, input, image_index, is_adversarial,
    CAST(NOT agrees AS REAL)
  FROM mix
  CROSS JOIN input
  CROSS JOIN detection_votes AS image
    ON image.measurement = mix.measurement AND image.voter = substr(input.input, 6)
  WHERE input GLOB 'vote:*' AND kept AND (:part IS NULL OR part = :part)
)
ORDER BY mix, part, place, image_index, is_adversarial;
