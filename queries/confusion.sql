-- What the network takes the images of each class for.
--
-- A measurement's own images are counted: the clean ones where it has no attack, else the
-- adversarial ones. Pairs that never occur have no row.
--
-- group: images
--
-- in:  :measurement RUN measure = every one
--      :attack TEXT = all; such as 'fgsm', or 'clean'
--      :part 'selection'|'heldout' = 'selection'
--      :dropout 'off'|'on' = 'off'; 'on' is by the mean logits of all passes
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; 'clean' for clean images
--      true_label INTEGER  the class
--      prediction INTEGER  what the network takes it for
--      images INTEGER      so many
--      share REAL          of the class's images, 0...1
WITH
counted AS (
  SELECT
    measurement, coalesce(attack, 'clean') AS attack, true_label,
    iif(:dropout = 'on', prediction, deterministic_prediction) AS predicted, count(*) AS images
  FROM image_uncertainties
  WHERE measurement IN (
      SELECT measurement FROM measurements
      WHERE :measurement IS NOT NULL OR hidden IS NOT 'deleted')
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:attack IS NULL OR coalesce(attack, 'clean') = :attack)
    AND part = coalesce(:part, 'selection')
  GROUP BY measurement, true_label, predicted
)
SELECT
  measurement, attack, true_label, predicted AS prediction, images,
  CAST(images AS REAL) / sum(images) OVER (PARTITION BY measurement, true_label) AS share
FROM counted
ORDER BY attack, measurement, true_label, prediction;
