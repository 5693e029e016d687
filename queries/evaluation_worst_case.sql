-- The share of images that at least one attack of an evaluation brings through, by budget: the mean
-- of each image's worst case.
--
-- That is not the worst of the attacks' means: an attacker may choose the attack for each image.
--
-- An image of any attack counts at every budget that its distance from the clean image is within:
-- what an attack with a smaller budget or a minimal attack finds is within reach of a larger
-- budget, too. Repetitions with more effort count. An image that is misclassified without an
-- attack counts as lost; against the system, if it is declared clean as well. The row without a
-- budget has all images of all attacks, however far they moved.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
-- out: evaluation TEXT     run of the evaluation
--      norm TEXT           that distances are measured in
--      epsilon REAL        the budget; NULL: any distance
--      is_main INTEGER     1: the evaluation's own budget; 0: another
--      images INTEGER      that were attacked
--      unaware_attacks INTEGER  sets by attacks that don't know the detector, within the budget
--      adaptive_attacks INTEGER sets by attacks that know it
--      network_clean_error REAL  the share that the network alone misclassifies without an attack
--      system_clean_error REAL   the share that is misclassified and declared clean without one;
--        NULL:
--        no detector
--      false_positive_rate REAL  the share of clean images that is declared adversarial; NULL
--        likewise
--      baseline_clean_error REAL the share that the baseline misclassifies; NULL: no baseline
--      network_unaware REAL  the network alone, some attack that doesn't know the detector
--      network_unaware_low REAL  95% confidence interval by Wilson's score
--      network_unaware_high REAL its upper end
--      network_adaptive REAL  the network alone, some attack that knows the detector; NULL: there
--        is none
--      network_adaptive_low REAL  95% confidence interval by Wilson's score
--      network_adaptive_high REAL its upper end
--      network_any REAL  the network alone, some attack
--      network_any_low REAL  95% confidence interval by Wilson's score
--      network_any_high REAL its upper end
--      system_unaware REAL  the whole system, some attack that doesn't know the detector; NULL: no
--        detector
--      system_unaware_low REAL  95% confidence interval by Wilson's score
--      system_unaware_high REAL its upper end
--      system_adaptive REAL  the whole system, some attack that knows it; NULL: no detector or no
--        such attack
--      system_adaptive_low REAL  95% confidence interval by Wilson's score
--      system_adaptive_high REAL its upper end
--      system_any REAL  the whole system, some attack; NULL: no detector
--      system_any_low REAL  95% confidence interval by Wilson's score
--      system_any_high REAL its upper end
--      system_any_5 REAL  the same with the threshold for 5% false positives (see evaluation)
--      system_any_5_low REAL  95% confidence interval by Wilson's score
--      system_any_5_high REAL its upper end
--      system_any_50 REAL  the same with that for 50%
--      system_any_50_low REAL  95% confidence interval by Wilson's score
--      system_any_50_high REAL its upper end
--      baseline_any REAL  the baseline's network, some attack on it; NULL: no baseline
--      baseline_any_low REAL  95% confidence interval by Wilson's score
--      baseline_any_high REAL its upper end
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
-- So many of the clean images may lie above, rounded down; the next one is the cut.
cut AS MATERIALIZED (
  SELECT
    evaluation,
    max(excess) FILTER (WHERE rank = 1 + CAST(0.05 * images + 1e-9 AS INTEGER)) AS cut_5,
    max(excess) FILTER (WHERE rank = 1 + CAST(0.5 * images + 1e-9 AS INTEGER)) AS cut_50
  FROM (
    SELECT
      evaluation, excess, count(*) OVER (PARTITION BY evaluation) AS images,
      row_number() OVER (PARTITION BY evaluation ORDER BY excess DESC) AS rank
    FROM judged
    WHERE part_role = 'clean' AND excess IS NOT NULL)
  GROUP BY evaluation
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
-- The least distance at which an attack brings an image through.
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
      WHERE is_misclassified AND excess <= cut_5) AS system_5,
    min(distance) FILTER (
      WHERE is_misclassified AND excess <= cut_50) AS system_50,
    min(distance) FILTER (
      WHERE attacked.part_role = 'baseline' AND is_successful) AS baseline_reach
  FROM attacked
  LEFT JOIN judged USING (evaluation, part_number, image_index)
  LEFT JOIN cut USING (evaluation)
  GROUP BY attacked.evaluation, attacked.image_index
),
-- An image that is wrong without an attack is lost at any distance.
image AS MATERIALIZED (
  SELECT
    clean.evaluation, clean.image_index,
    deterministic_prediction <> true_label AS is_wrong,
    baseline_prediction <> true_label AS is_baseline_wrong, is_flagged, is_evading,
    iif(deterministic_prediction <> true_label, 0.0, network_unaware) AS network_unaware,
    iif(deterministic_prediction <> true_label, 0.0, network_adaptive) AS network_adaptive,
    iif(is_evading, 0.0, system_unaware) AS system_unaware,
    iif(is_evading, 0.0, system_adaptive) AS system_adaptive,
    iif(is_misclassified AND excess <= cut_5, 0.0, system_5) AS system_5,
    iif(is_misclassified AND excess <= cut_50, 0.0, system_50) AS system_50,
    iif(baseline_prediction <> true_label, 0.0, baseline_reach) AS baseline_reach
  FROM chosen
  CROSS JOIN evaluation_images AS clean ON clean.evaluation = chosen.evaluation
  LEFT JOIN judged
    ON judged.evaluation = clean.evaluation AND judged.image_index = clean.image_index
    AND judged.part_role = 'clean'
  LEFT JOIN cut ON cut.evaluation = clean.evaluation
  LEFT JOIN first
    ON first.evaluation = clean.evaluation AND first.image_index = clean.image_index
),
budget AS (
  SELECT evaluation, epsilon FROM piece WHERE part_role = 'attack' AND epsilon IS NOT NULL
  UNION
  SELECT evaluation, epsilon FROM chosen
  UNION
  SELECT evaluation, NULL FROM chosen
),
effort AS (
  SELECT
    budget.evaluation, budget.epsilon,
    -- Distances are of 32-bit numbers.
    coalesce(budget.epsilon + 1e-5, 9e999) AS reach,
    count(*) FILTER (WHERE NOT is_adaptive
      AND (piece.epsilon IS NULL OR budget.epsilon IS NULL OR piece.epsilon <= budget.epsilon))
      AS unaware_attacks,
    count(*) FILTER (WHERE is_adaptive
      AND (piece.epsilon IS NULL OR budget.epsilon IS NULL OR piece.epsilon <= budget.epsilon))
      AS adaptive_attacks,
    coalesce(max(is_adaptive), 0) AS has_adaptive
  FROM budget
  LEFT JOIN piece
    ON piece.evaluation = budget.evaluation
    AND part_role IN ('attack', 'doubled', 'restarted', 'transfer', 'draws')
  GROUP BY budget.evaluation, budget.epsilon
),
counted AS (
  SELECT
    effort.evaluation, chosen.norm, effort.epsilon, effort.epsilon IS chosen.epsilon AS is_main,
    count(*) AS images, max(unaware_attacks) AS unaware_attacks,
    max(adaptive_attacks) AS adaptive_attacks,
    avg(is_wrong) AS network_clean_error,
    iif(detector IS NOT NULL, avg(is_evading), NULL) AS system_clean_error,
    iif(detector IS NOT NULL, avg(is_flagged), NULL) AS false_positive_rate,
    iif(chosen.baseline IS NOT NULL, avg(is_baseline_wrong), NULL) AS baseline_clean_error,
    sum(coalesce(network_unaware <= reach, 0)) AS network_unaware,
    iif(has_adaptive, sum(coalesce(network_adaptive <= reach, 0)), NULL)
      AS network_adaptive,
    sum(coalesce(network_unaware <= reach
      OR network_adaptive <= reach, 0)) AS network_any,
    iif(detector IS NOT NULL, sum(coalesce(system_unaware <= reach, 0)), NULL)
      AS system_unaware,
    iif(detector IS NOT NULL AND has_adaptive, sum(coalesce(system_adaptive <= reach, 0)), NULL)
      AS system_adaptive,
    iif(detector IS NOT NULL, sum(coalesce(system_unaware <= reach
      OR system_adaptive <= reach, 0)), NULL)
      AS system_any,
    iif(detector IS NOT NULL, sum(coalesce(system_5 <= reach, 0)), NULL)
      AS system_any_5,
    iif(detector IS NOT NULL, sum(coalesce(system_50 <= reach, 0)), NULL)
      AS system_any_50,
    iif(chosen.baseline IS NOT NULL, sum(coalesce(baseline_reach <= reach, 0)), NULL)
      AS baseline_any
  FROM effort
  JOIN chosen ON chosen.evaluation = effort.evaluation
  JOIN image ON image.evaluation = effort.evaluation
  GROUP BY effort.evaluation, effort.epsilon
)
SELECT
  evaluation, norm, epsilon, is_main, images, unaware_attacks, adaptive_attacks,
  network_clean_error, system_clean_error, false_positive_rate, baseline_clean_error,
  1.0 * network_unaware / images AS network_unaware,
  max(0.0, (network_unaware + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * network_unaware * (images - network_unaware) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_unaware_low,
  min(1.0, (network_unaware + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * network_unaware * (images - network_unaware) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_unaware_high,
  1.0 * network_adaptive / images AS network_adaptive,
  max(0.0, (network_adaptive + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * network_adaptive * (images - network_adaptive) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_adaptive_low,
  min(1.0, (network_adaptive + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * network_adaptive * (images - network_adaptive) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_adaptive_high,
  1.0 * network_any / images AS network_any,
  max(0.0, (network_any + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * network_any * (images - network_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_any_low,
  min(1.0, (network_any + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * network_any * (images - network_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_any_high,
  1.0 * system_unaware / images AS system_unaware,
  max(0.0, (system_unaware + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * system_unaware * (images - system_unaware) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_unaware_low,
  min(1.0, (system_unaware + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * system_unaware * (images - system_unaware) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_unaware_high,
  1.0 * system_adaptive / images AS system_adaptive,
  max(0.0, (system_adaptive + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * system_adaptive * (images - system_adaptive) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_adaptive_low,
  min(1.0, (system_adaptive + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * system_adaptive * (images - system_adaptive) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_adaptive_high,
  1.0 * system_any / images AS system_any,
  max(0.0, (system_any + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * system_any * (images - system_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_low,
  min(1.0, (system_any + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * system_any * (images - system_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_high,
  1.0 * system_any_5 / images AS system_any_5,
  max(0.0, (system_any_5 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * system_any_5 * (images - system_any_5) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_5_low,
  min(1.0, (system_any_5 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * system_any_5 * (images - system_any_5) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_5_high,
  1.0 * system_any_50 / images AS system_any_50,
  max(0.0, (system_any_50 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * system_any_50 * (images - system_any_50) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_50_low,
  min(1.0, (system_any_50 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * system_any_50 * (images - system_any_50) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS system_any_50_high,
  1.0 * baseline_any / images AS baseline_any,
  max(0.0, (baseline_any + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * baseline_any * (images - baseline_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS baseline_any_low,
  min(1.0, (baseline_any + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * baseline_any * (images - baseline_any) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS baseline_any_high
FROM counted
ORDER BY evaluation, epsilon IS NULL, epsilon;
