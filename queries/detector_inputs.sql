-- What detectors learn from: every measure and vote of the images of a mix.
--
-- An input is a measure, or 'vote:' and a voter, which is 1 where the vote differs from the
-- prediction and 0 where it does not. The five crops vote by the names of their columns, such as
-- 'vote:crop_centre'. Inputs are there where both halves of the mix have them. Only pairs whose clean
-- image the undefended network classifies correctly count.
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
  SELECT
    row_number() OVER (ORDER BY attack, measurement) AS mix, measurement, clean_measurement, attack,
    passes IS NOT NULL AS has_crops
  FROM measurements
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:attack IS NULL OR attack = :attack)
),
crop AS MATERIALIZED (
  SELECT key AS place, value AS crop FROM json_each((
    SELECT members FROM voter_sets WHERE voter_set = 'crops'))
),
input AS MATERIALIZED (
  SELECT key AS place, value AS input, substr(value, 6) IN (SELECT crop FROM crop) AS is_crop
  FROM json_each(:inputs)
  UNION ALL
  SELECT measure_number, measure, 0 FROM measures WHERE :inputs IS NULL
  UNION ALL
  SELECT 1000000 + place, 'vote:' || crop, 1 FROM crop WHERE :inputs IS NULL
  UNION ALL
  SELECT 2000000 + voter_number, 'vote:' || voter, 0 FROM voters
  WHERE :inputs IS NULL AND voter NOT IN (SELECT crop FROM crop)
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
  WHERE input GLOB 'vote:*' AND NOT (is_crop AND has_crops)
    AND kept AND (:part IS NULL OR part = :part)
  UNION ALL
  -- The crops have columns of the measurement's own row of an image.
  SELECT
    mix, place, mix.measurement, mix.attack, image.part, input, image.image_index, is_adversarial,
    CAST(own.prediction <> CASE input
      WHEN 'vote:crop_top_left' THEN own.crop_top_left
      WHEN 'vote:crop_bottom_left' THEN own.crop_bottom_left
      WHEN 'vote:crop_top_right' THEN own.crop_top_right
      WHEN 'vote:crop_bottom_right' THEN own.crop_bottom_right
      ELSE own.crop_centre
    END AS REAL)
  FROM mix
  CROSS JOIN input
  CROSS JOIN detection_mixes AS image ON image.measurement = mix.measurement
  CROSS JOIN image_uncertainties AS own
    ON own.measurement = iif(is_adversarial, mix.measurement, clean_measurement)
    AND own.image_index = image.image_index
  WHERE is_crop AND has_crops AND image.kept AND (:part IS NULL OR image.part = :part)
)
ORDER BY mix, part, place, image_index, is_adversarial;
