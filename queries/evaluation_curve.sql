-- Attack success against the budget, a curve for each worst case and for each attack of an
-- evaluation.
--
-- Worst cases are those of evaluation_worst_case, and begin with the clean images at budget 0.
-- Success is against the whole system where the evaluation has a detector, and else against the
-- network; the series 'network' and 'baseline' are of networks alone.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
-- out: evaluation TEXT     run of the evaluation
--      series TEXT         'adaptive', 'unaware': the worst case over the attacks that know the
--        detector, or don't; 'network': over all attacks, on the network alone; 'baseline': on the
--        baseline; 'attack': one attack
--      attack TEXT         the attack of series 'attack'; NULL: all of the series
--      is_adaptive INTEGER 1: that attack knows the detector; 0: it doesn't; NULL likewise
--      norm TEXT           that the budget is of
--      epsilon REAL        the budget
--      images INTEGER      that were attacked
--      success_rate REAL   0...1 of them
--      success_rate_low REAL  95% confidence interval by Wilson's score
--      success_rate_high REAL its upper end
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
first AS MATERIALIZED (
  SELECT
    attacked.evaluation, attacked.image_index,
    min(distance) FILTER (
      WHERE attacked.part_role <> 'baseline' AND NOT is_adaptive AND is_successful)
        AS network_unaware,
    min(distance) FILTER (
      WHERE attacked.part_role <> 'baseline' AND is_adaptive AND is_successful) AS network_adaptive,
    min(distance) FILTER (
      WHERE NOT is_adaptive AND is_evading) AS system_unaware,
    min(distance) FILTER (
      WHERE is_adaptive AND is_evading) AS system_adaptive,
    min(distance) FILTER (
      WHERE attacked.part_role = 'baseline' AND is_successful) AS baseline_reach
  FROM attacked
  LEFT JOIN judged USING (evaluation, part_number, image_index)
  GROUP BY attacked.evaluation, attacked.image_index
),
budget AS (
  SELECT evaluation, epsilon FROM piece WHERE part_role = 'attack' AND epsilon IS NOT NULL
  UNION
  SELECT evaluation, epsilon FROM chosen
  UNION
  SELECT evaluation, 0.0 FROM chosen
),
series (place, series) AS (
  VALUES (1, 'adaptive'), (2, 'unaware'), (3, 'network'), (4, 'baseline')),
worst AS (
  SELECT
    chosen.evaluation, place, series, chosen.norm, budget.epsilon,
    CASE
      WHEN series = 'baseline' THEN baseline_prediction <> true_label
      WHEN series <> 'network' AND detector IS NOT NULL THEN coalesce(is_evading, 0)
      ELSE deterministic_prediction <> true_label
    END
    OR coalesce(
      -- Distances are of 32-bit numbers.
      budget.epsilon + 1e-5 >= CASE
        WHEN series = 'baseline' THEN first.baseline_reach
        WHEN series = 'network'
          THEN min(coalesce(network_unaware, 9e999), coalesce(network_adaptive, 9e999))
        WHEN detector IS NULL THEN network_unaware
        WHEN series = 'unaware' THEN system_unaware
        ELSE system_adaptive
      END, 0) AS is_lost
  FROM chosen
  CROSS JOIN series
  CROSS JOIN budget ON budget.evaluation = chosen.evaluation
  CROSS JOIN evaluation_images AS clean ON clean.evaluation = chosen.evaluation
  LEFT JOIN judged
    ON judged.evaluation = clean.evaluation AND judged.image_index = clean.image_index
    AND judged.part_role = 'clean'
  LEFT JOIN first
    ON first.evaluation = clean.evaluation AND first.image_index = clean.image_index
  WHERE CASE series
      WHEN 'adaptive' THEN detector IS NOT NULL AND EXISTS (
        SELECT 1 FROM piece WHERE piece.evaluation = chosen.evaluation AND is_adaptive)
      WHEN 'network' THEN detector IS NOT NULL
      WHEN 'baseline' THEN chosen.baseline IS NOT NULL
      ELSE 1
    END
),
counted AS (
  SELECT
    evaluation, place, series, NULL AS attack, NULL AS is_adaptive, norm, epsilon,
    count(*) AS images, sum(is_lost) AS successes
  FROM worst
  GROUP BY evaluation, place, epsilon
  UNION ALL
  SELECT
    piece.evaluation, 5, 'attack', attack, piece.is_adaptive, piece.norm, piece.epsilon, count(*),
    sum(iif(verdict IS NULL, is_successful, is_evading))
  FROM piece
  JOIN attacked USING (evaluation, part_number)
  LEFT JOIN judged USING (evaluation, part_number, image_index)
  WHERE piece.part_role = 'attack' AND piece.epsilon IS NOT NULL
  GROUP BY piece.evaluation, piece.part_number
)
SELECT
  evaluation, series, attack, is_adaptive, norm, epsilon, images,
  1.0 * successes / images AS success_rate,
  max(0.0, (successes + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * successes * (images - successes) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS success_rate_low,
  min(1.0, (successes + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * successes * (images - successes) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS success_rate_high
FROM counted
ORDER BY evaluation, place, is_adaptive DESC, attack, epsilon;
