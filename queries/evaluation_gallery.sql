-- Adversarial images of an evaluation with what the system makes of them, and of the clean ones.
--
-- Of each attack with the main budget and of each minimal one, those that know the detector if
-- there are any: first images that evade the system, or without a detector images that the attack
-- succeeds on. They take the true classes in turn, and the images of a class in the order of the
-- test set. image_pixels has the images themselves.
--
-- group: images
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
--      :examples INTEGER = 4; how many of each attack
-- out: evaluation TEXT     run of the evaluation
--      part_number INTEGER of the evaluation
--      attack TEXT         such as 'selective'
--      is_adaptive INTEGER 1: it knows the detector; 0: it doesn't
--      adversarial_set TEXT  run of the attack
--      norm TEXT           that the attack keeps small
--      epsilon REAL        the most of it; NULL: as little as the attack finds
--      evading_images INTEGER  images of the set that evade, or that it succeeds on
--      images INTEGER      images of the set
--      example INTEGER     counts an attack's images from 1
--      image_index INTEGER in the test set
--      true_label INTEGER  the class
--      prediction INTEGER  the class that the system gives the adversarial image; the network's,
--        without a
--        detector
--      clean_score REAL    the detector's score of the clean image; NULL: no detector, as for the
--        next
--        three
--      score REAL          that of the adversarial one
--      excess REAL         how far that is above the threshold
--      is_flagged INTEGER  1: declared adversarial; 0: declared clean
--      is_evading INTEGER  1: brought through; 0: not
--      distance REAL       from the clean image, in norm
WITH
chosen AS MATERIALIZED (
  SELECT *
  FROM evaluations
  WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
    AND (:evaluation IS NOT NULL OR hidden IS NOT 'deleted')
),
piece AS MATERIALIZED (
  SELECT *, max(is_adaptive) OVER (PARTITION BY evaluation) AS has_adaptive
  FROM (
    SELECT
      piece.evaluation, part_number, attack, is_adaptive, piece.norm,
      CAST(piece.epsilon AS REAL) AS epsilon, adversarial_set, verdict,
      (SELECT max(verdict) FROM evaluation_parts AS other
       WHERE other.evaluation = chosen.evaluation AND other.part_role = 'clean') AS clean_verdict
    FROM chosen
    CROSS JOIN evaluation_parts AS piece ON piece.evaluation = chosen.evaluation
    WHERE part_role = 'attack'
      AND (piece.epsilon IS NULL OR abs(piece.epsilon - chosen.epsilon) < 1e-9))
),
seen AS MATERIALIZED (
  SELECT
    evaluation, part_number, attack, is_adaptive, piece.adversarial_set, norm, epsilon,
    image.image_index,
    true_label, deterministic_prediction, verdict, clean_verdict, success,
    CASE norm WHEN 'linf' THEN linf WHEN 'l2' THEN l2 WHEN 'l0' THEN 1.0 * l0 END AS distance
  FROM piece
  CROSS JOIN (
    SELECT
      adversarial_set, attack AS made_by, image_index, true_label, deterministic_prediction,
      success, l0, l2, linf
    FROM adversarial_images) AS image ON image.adversarial_set = piece.adversarial_set
  WHERE is_adaptive = has_adaptive
),
judged AS MATERIALIZED (
  SELECT known.verdict, image_index, prediction, score, excess, is_flagged, is_evading
  FROM (
    SELECT verdict FROM piece WHERE verdict IS NOT NULL
    UNION
    SELECT clean_verdict FROM piece WHERE clean_verdict IS NOT NULL) AS known
  CROSS JOIN image_verdicts ON image_verdicts.verdict = known.verdict
),
turn AS (
  SELECT
    seen.*, attacked.prediction, clean.score AS clean_score, attacked.score, attacked.excess,
    is_flagged, coalesce(attacked.is_evading, success) AS is_through, attacked.is_evading,
    row_number() OVER (
      PARTITION BY evaluation, part_number, coalesce(attacked.is_evading, success), true_label
      ORDER BY seen.image_index) AS turn
  FROM seen
  LEFT JOIN judged AS attacked
    ON attacked.verdict = seen.verdict AND attacked.image_index = seen.image_index
  LEFT JOIN (SELECT verdict, image_index, score FROM judged) AS clean
    ON clean.verdict = seen.clean_verdict AND clean.image_index = seen.image_index
),
numbered AS (
  SELECT
    *, sum(is_through) OVER (PARTITION BY evaluation, part_number) AS evading_images,
    count(*) OVER (PARTITION BY evaluation, part_number) AS images,
    row_number() OVER (
      PARTITION BY evaluation, part_number
      -- The attacks begin with different classes.
      ORDER BY is_through DESC, turn, (true_label + 3 * part_number) % 10, true_label, image_index
    ) AS example
  FROM turn
)
SELECT
  evaluation, part_number, attack, is_adaptive, adversarial_set, norm, epsilon, evading_images,
  images,
  example, image_index, true_label, coalesce(prediction, deterministic_prediction) AS prediction,
  clean_score, score, excess, is_flagged, coalesce(is_evading, success) AS is_evading, distance
FROM numbered
WHERE example <= coalesce(:examples, 4)
ORDER BY evaluation, part_number, example;
