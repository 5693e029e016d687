-- The receiver operating characteristic of an evaluation's detector, under attacks that know it
-- and under attacks that don't.
--
-- Positive means an attacked image that misleads the system, flagged or not; negatives are the
-- evaluation's clean images. A point is a cut of the excess: every image whose excess is at least
-- the cut is called adversarial. A curve without an attack is the worst case within the main
-- budget: of each image, the least excess at which an attack of its kind misleads the system. The
-- others are the single attacks with that budget, and the minimal attacks. Points on a straight
-- line between their neighbours are left out.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
-- out: evaluation TEXT     run of the evaluation
--      is_adaptive INTEGER 1: the attacks know the detector; 0: they don't
--      attack TEXT         the attack; NULL: the worst case
--      part_number INTEGER of the evaluation; NULL likewise
--      positives INTEGER   attacked images that mislead
--      negatives INTEGER   clean images
--      auroc REAL          the area under the curve
--      true_positive_rate_1 REAL the most positives at 1% false positives at most, 0...1
--      true_positive_rate_5 REAL likewise at 5%
--      cut REAL            the lowest excess that is called adversarial; infinity calls none so
--      false_positive_rate REAL  negatives called adversarial, 0...1 of them
--      true_positive_rate REAL   positives called so, 0...1 of them
WITH
chosen AS MATERIALIZED (
  SELECT *
  FROM evaluations
  WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
    AND (:evaluation IS NOT NULL OR hidden IS NOT 'deleted')
),
piece AS MATERIALIZED (
  SELECT
    piece.evaluation, part_number, part_role, attack, is_adaptive, chosen.norm AS main_norm,
    piece.norm,
    -- What was written as text and read again is the same number.
    iif(abs(piece.epsilon - chosen.epsilon) < 1e-9, chosen.epsilon, CAST(piece.epsilon AS REAL))
      AS epsilon,
    chosen.epsilon AS main_epsilon, adversarial_set, verdict
  FROM chosen
  CROSS JOIN evaluation_parts AS piece ON piece.evaluation = chosen.evaluation
),
judged AS MATERIALIZED (
  SELECT
    piece.evaluation, piece.part_number, part_role, image_index, prediction, score, excess,
    is_flagged,
    is_misclassified, is_evading
  FROM piece
  CROSS JOIN image_verdicts ON image_verdicts.verdict = piece.verdict
),
attacked AS MATERIALIZED (
  SELECT
    piece.evaluation, piece.part_number, piece.part_role, is_adaptive, moved.image_index,
    success AS is_successful,
    CASE main_norm WHEN 'linf' THEN linf WHEN 'l2' THEN l2 WHEN 'l0' THEN 1.0 * l0 END AS distance
  FROM piece
  CROSS JOIN adversarial_images AS moved ON moved.adversarial_set = piece.adversarial_set
  -- Noise is no attack, and no attack knows the draws of a verdict.
  WHERE piece.part_role NOT IN ('noisy', 'fixed')
),
misled AS MATERIALIZED (
  SELECT evaluation, part_number, is_adaptive, image_index, distance, excess
  FROM attacked
  JOIN judged USING (evaluation, part_number, image_index)
  WHERE is_misclassified AND excess IS NOT NULL
),
positive AS (
  SELECT piece.evaluation, piece.is_adaptive, piece.attack, piece.part_number, excess
  FROM piece
  JOIN misled USING (evaluation, part_number)
  WHERE part_role = 'attack' AND (piece.epsilon IS NULL OR piece.epsilon = main_epsilon)
  UNION ALL
  -- Distances are of 32-bit numbers.
  SELECT misled.evaluation, misled.is_adaptive, NULL, NULL, min(excess)
  FROM misled
  JOIN chosen USING (evaluation)
  WHERE distance <= epsilon + 1e-5
  GROUP BY misled.evaluation, misled.is_adaptive, image_index
),
curve AS MATERIALIZED (
  SELECT
    row_number() OVER (ORDER BY evaluation, is_adaptive DESC, part_number IS NOT NULL,
    part_number) AS place,
    evaluation, is_adaptive, attack, part_number, count(*) AS positives
  FROM positive
  GROUP BY evaluation, is_adaptive, attack, part_number
),
level AS (
  SELECT place, excess, sum(NOT is_attacked) AS clean, sum(is_attacked) AS adversarial
  FROM (
    SELECT place, excess, 1 AS is_attacked
    FROM curve
    JOIN positive
      ON positive.evaluation = curve.evaluation AND positive.is_adaptive = curve.is_adaptive
      AND positive.part_number IS curve.part_number
    UNION ALL
    SELECT place, excess, 0
    FROM curve
    JOIN judged USING (evaluation)
    WHERE part_role = 'clean' AND excess IS NOT NULL)
  GROUP BY place, excess
  UNION ALL
  -- The cut above all images.
  SELECT place, 9e999, 0, 0 FROM curve
),
point AS (
  SELECT
    place, excess, clean, adversarial,
    lead(clean) OVER falling AS next_clean, lead(adversarial) OVER falling AS next_adversarial,
    sum(clean) OVER falling AS false_positives, sum(adversarial) OVER falling AS true_positives,
    sum(clean) OVER whole AS all_clean, sum(adversarial) OVER whole AS all_adversarial
  FROM level
  WINDOW
    whole AS (PARTITION BY place),
    falling AS (PARTITION BY place ORDER BY excess DESC)
),
rated AS (
  SELECT
    *,
    -- A positive is above the negatives that no cut up to it calls adversarial, ties counted half.
    sum(adversarial * (all_clean - false_positives + clean / 2.0)) OVER whole
      / nullif(1.0 * all_clean * all_adversarial, 0) AS auroc,
    1.0 * max(iif(false_positives <= 0.01 * all_clean + 1e-9, true_positives, 0)) OVER whole
      / nullif(all_adversarial, 0) AS true_positive_rate_1,
    1.0 * max(iif(false_positives <= 0.05 * all_clean + 1e-9, true_positives, 0)) OVER whole
      / nullif(all_adversarial, 0) AS true_positive_rate_5
  FROM point
  WINDOW whole AS (PARTITION BY place)
)
SELECT
  evaluation, is_adaptive, attack, part_number, positives, all_clean AS negatives, auroc,
  true_positive_rate_1, true_positive_rate_5, excess AS cut,
  1.0 * false_positives / nullif(all_clean, 0) AS false_positive_rate,
  1.0 * true_positives / nullif(all_adversarial, 0) AS true_positive_rate
FROM rated
JOIN curve USING (place)
-- A corner is where the direction changes.
WHERE next_clean IS NULL OR clean * next_adversarial <> next_clean * adversarial
  OR (clean = 0 AND adversarial = 0)
ORDER BY place, excess DESC;
