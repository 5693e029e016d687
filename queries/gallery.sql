-- Adversarial images by where Algorithm 1 sent them, with their clean partners.
--
-- The detector is the hybrid with the exact thresholds of a protocol on softmax_std. Images keep
-- the order of the test set. Only pairs of the selection whose clean image the undefended network
-- classifies correctly count. image_pixels has the images themselves.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every detector
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :protocol TEXT      'paper' or 'heldout'; unbound = 'paper'
--      :examples INTEGER   how many of each route; unbound = all
-- out: measurement TEXT    run of the measurement
--      adversarial_set TEXT  run of the attack
--      attack TEXT         the attack
--      protocol TEXT       which images the thresholds were chosen on
--      low_threshold REAL  L
--      high_threshold REAL H
--      agreement_threshold INTEGER  C
--      route TEXT          'below L' and 'crops agree': declared clean; 'crops differ' and
--                          'above H': declared adversarial
--      route_images INTEGER  how many adversarial images went that way
--      example INTEGER     counts a route's images from 1
--      image_index INTEGER in the test set
--      true_label INTEGER  the class
--      prediction INTEGER  the class that the network sees in the adversarial image
--      uncertainty REAL    of the adversarial image, softmax_std
--      agreement INTEGER   how many of its five crops agree
WITH
detector AS (
  SELECT DISTINCT
    measurement, adversarial_set, attack, protocol, low_threshold, high_threshold,
    agreement_threshold
  FROM detection_results
  WHERE detector = 'hybrid' AND method = 'exact' AND measure = 'softmax_std'
    AND protocol = coalesce(:protocol, 'paper')
    AND (:measurement IS NULL OR measurement = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (
      :study IS NULL
      OR run IN (SELECT parent FROM lineages WHERE kind = 'reproduce' AND run = :study))
),
sent AS (
  SELECT
    detector.*, image.image_index, image.true_label, image.prediction,
    image.softmax_std AS uncertainty, image.agreement,
    CASE
      WHEN image.softmax_std < low_threshold THEN 1
      WHEN image.softmax_std > high_threshold THEN 4
      WHEN image.agreement >= agreement_threshold THEN 2
      ELSE 3
    END AS place
  FROM detector
  JOIN detection_mixes AS image ON image.measurement = detector.measurement
  WHERE image.is_adversarial AND image.kept AND image.part = 'selection'
),
numbered AS (
  SELECT
    *, count(*) OVER (PARTITION BY measurement, place) AS route_images,
    row_number() OVER (PARTITION BY measurement, place ORDER BY image_index) AS example
  FROM sent
)
SELECT
  measurement, adversarial_set, attack, protocol, low_threshold, high_threshold,
  agreement_threshold,
  CASE place
    WHEN 1 THEN 'below L' WHEN 2 THEN 'crops agree' WHEN 3 THEN 'crops differ' ELSE 'above H'
  END AS route,
  route_images, example, image_index, true_label, prediction, uncertainty, agreement
FROM numbered
WHERE :examples IS NULL OR example <= :examples
ORDER BY attack, measurement, place, example;
