-- What the network takes the images of each class for.
--
-- A measurement's own images are counted: the clean ones where it has no attack, else the
-- adversarial ones. Pairs that never occur have no row.
--
-- in:  :measurement TEXT   run of kind 'measure'; unbound = every one
--      :attack TEXT        such as 'fgsm', or 'clean'; unbound = all
--      :part TEXT          'selection' or 'heldout'; unbound = 'selection'
--      :dropout TEXT       'off' or 'on'; unbound = 'off'. On: by the mean logits of all passes
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; 'clean' for clean images
--      true_label INTEGER  the class
--      prediction INTEGER  what the network takes it for
--      images INTEGER      so many
--      share REAL          of the class's images, 0...1
WITH
chosen AS (
  SELECT run AS measurement, selection, coalesce(attack, 'clean') AS attack
  FROM measurements
  WHERE (:measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR coalesce(attack, 'clean') = :attack)
),
counted AS (
  SELECT
    chosen.measurement, chosen.attack, true_label,
    CASE WHEN :dropout = 'on' THEN prediction ELSE deterministic_prediction END AS predicted,
    count(*) AS images
  FROM chosen
  JOIN image_uncertainties ON image_uncertainties.measurement = chosen.measurement
  JOIN selected_images
    ON selected_images.selection = chosen.selection
    AND selected_images.image_index = image_uncertainties.image_index
  WHERE selected_images.part = coalesce(:part, 'selection')
  GROUP BY 1, 2, 3, 4
)
SELECT
  measurement, attack, true_label, predicted AS prediction, images,
  CAST(images AS REAL) / sum(images) OVER (PARTITION BY measurement, true_label) AS share
FROM counted
ORDER BY attack, measurement, true_label, prediction;
