-- Adversarial images by where Algorithm 1 sent them, with their clean partners.
--
-- The detector is the hybrid with the exact thresholds of a protocol on a measure of
-- uncertainty; its score is the measure, negated where low values mean adversarial. A route's
-- examples take the true classes in turn, and the images of a class in the order of the test set;
-- which class is first differs by attack and route, so that few examples show many classes. Only
-- pairs of the selection whose clean image the undefended network classifies correctly count.
-- image_pixels has the images themselves.
--
-- group: images
--
-- in:  :study RUN reproduce|train = every detector; a model stands for all of its sets with
--        thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :protocol 'paper'|'heldout' = 'paper'; where the thresholds were chosen
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :examples INTEGER = all; how many of each route
-- out: measurement TEXT    run of the measurement
--      adversarial_set TEXT  run of the attack
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
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
--      uncertainty REAL    the adversarial image's score
--      agreement INTEGER   how many of its five crops agree
WITH
-- Detectors that were chosen twice are one.
detector AS (
  SELECT
    measurement, label, protocol, low_threshold, high_threshold, agreement_threshold,
    min(thresholds) AS thresholds
  FROM study_measurements
  CROSS JOIN detection_results USING (measurement, thresholds)
  WHERE study IS :study
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:attack IS NULL OR study_measurements.attack = :attack)
    AND detector = 'hybrid' AND method = 'exact' AND measure = coalesce(:measure, 'softmax_std')
    AND protocol = coalesce(:protocol, 'paper')
  GROUP BY measurement, low_threshold, high_threshold, agreement_threshold
),
sent AS (
  SELECT
    detector.*, adversarial_set, image_index, true_label, prediction, agreement, score, route,
    CASE route WHEN 'below L' THEN 1 WHEN 'crops agree' THEN 2 WHEN 'crops differ' THEN 3 ELSE 4 END
      AS place
  FROM detector
  CROSS JOIN detection_decisions USING (thresholds, protocol)
  WHERE is_adversarial AND kept AND part = 'selection'
    AND detector = 'hybrid' AND method = 'exact' AND measure = coalesce(:measure, 'softmax_std')
),
turn AS (
  SELECT
    *, row_number() OVER (PARTITION BY measurement, place, true_label ORDER BY image_index) AS turn,
    dense_rank() OVER (ORDER BY label, measurement) AS attack_number,
    1 + max(true_label) OVER () AS classes
  FROM sent
),
numbered AS (
  SELECT
    *, count(*) OVER (PARTITION BY measurement, place) AS route_images,
    row_number() OVER (
      PARTITION BY measurement, place
      -- Two classes a route, eight an attack.
      ORDER BY
        turn, (true_label + classes * 8 * attack_number - 2 * place - 8 * attack_number) % classes
    ) AS example
  FROM turn
)
SELECT
  measurement, adversarial_set, label AS attack, protocol, low_threshold, high_threshold,
  agreement_threshold, route, route_images, example, image_index, true_label, prediction,
  score AS uncertainty, agreement
FROM numbered
WHERE :examples IS NULL OR example <= :examples
ORDER BY label, measurement, place, example;
