-- Adversarial images by where Algorithm 1 sent them, with their clean partners.
--
-- The detector is the hybrid with the exact thresholds of a protocol on a measure of
-- uncertainty; its score is the measure, negated where low values mean adversarial. A route's
-- examples take the true classes in turn, and the images of a class in the order of the test set;
-- which class is first differs by attack and route, so that few examples show many classes. Only
-- pairs of the selection whose clean image the undefended network classifies correctly count.
-- image_pixels has the images themselves.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every detector
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :protocol TEXT      'paper' or 'heldout'; unbound = 'paper'
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :examples INTEGER   how many of each route; unbound = all
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
detector AS (
  SELECT DISTINCT
    measurement, adversarial_set,
    coalesce(
      (SELECT label FROM studies
       WHERE study = :study AND studies.thresholds = detection_results.run), attack) AS attack,
    protocol, measure, orientation, low_threshold, high_threshold, agreement_threshold
  FROM detection_results
  WHERE detector = 'hybrid' AND method = 'exact' AND measure = coalesce(:measure, 'softmax_std')
    AND protocol = coalesce(:protocol, 'paper')
    AND (:measurement IS NULL OR measurement = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR run IN (SELECT thresholds FROM studies WHERE study = :study))
),
scored AS (
  SELECT
    detector.*, image.image_index, image.true_label, image.prediction, image.agreement,
    CASE orientation WHEN 'low' THEN -1.0 ELSE 1.0 END
    * CASE measure
        WHEN 'softmax_std' THEN softmax_std
        WHEN 'logit_std' THEN logit_std
        WHEN 'predictive_entropy' THEN predictive_entropy
        WHEN 'mutual_information' THEN mutual_information
        WHEN 'max_probability' THEN max_probability
        WHEN 'margin' THEN margin
        WHEN 'deterministic_max_probability' THEN deterministic_max_probability
      END AS uncertainty
  FROM detector
  JOIN detection_mixes AS image ON image.measurement = detector.measurement
  WHERE image.is_adversarial AND image.kept AND image.part = 'selection'
),
sent AS (
  SELECT
    *,
    CASE
      WHEN uncertainty < low_threshold THEN 1
      WHEN uncertainty > high_threshold THEN 4
      WHEN agreement >= agreement_threshold THEN 2
      ELSE 3
    END AS place
  FROM scored
),
turn AS (
  SELECT
    *, row_number() OVER (PARTITION BY measurement, place, true_label ORDER BY image_index) AS turn,
    dense_rank() OVER (ORDER BY attack, measurement) AS attack_number,
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
  measurement, adversarial_set, attack, protocol, low_threshold, high_threshold,
  agreement_threshold,
  CASE place
    WHEN 1 THEN 'below L' WHEN 2 THEN 'crops agree' WHEN 3 THEN 'crops differ' ELSE 'above H'
  END AS route,
  route_images, example, image_index, true_label, prediction, uncertainty, agreement
FROM numbered
WHERE :examples IS NULL OR example <= :examples
ORDER BY attack, measurement, place, example;
