-- What each part of an evaluation comes to: an attack at one budget on the network alone, and what
-- the whole system makes of it.
--
-- The system is misled where its class is wrong, or is the one that the attack aimed at; an image
-- evades it where it is misled and declares the image clean. Every image counts, also those that
-- are misclassified without an attack; the clean part says how many these are. The cut for N%
-- false positives is the lowest excess that at most N% of the evaluation's clean images exceed,
-- their number rounded down: of fewer than 100 clean images none exceeds the cut for 1%. Images at
-- the cut are not flagged, so that ties never add false positives. The cuts are chosen on the very
-- clean images that the shares are of.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
--      :part_role 'clean'|'attack'|'doubled'|'restarted'|'baseline'|'fixed'|'transfer'|'draws'|'noisy'
--        = every one
-- out: evaluation TEXT     run of the evaluation
--      part_number INTEGER counts its parts from 1
--      part_role TEXT      'clean'; 'attack'; 'doubled' and 'restarted': an attack again, with
--        twice the
--        iterations or with more restarts; 'baseline': an attack on the other network; 'fixed':
--        against one fixed draw, which judges it; 'transfer': images that were attacked on another
--        network; 'draws': many random draws; 'noisy': noise, which a detector must let pass
--      attack TEXT         such as 'pgd'; NULL: none
--      is_adaptive INTEGER 1: the attack knows the detector; 0: it doesn't
--      knowledge TEXT      what it asks of the model: 'white-box', 'scores', 'decision' or 'none'
--      is_iterative INTEGER  1: many steps; 0: one
--      norm TEXT           that the attack keeps small
--      epsilon REAL        the most of it; NULL: as little as the attack finds
--      repeats INTEGER     the part that it repeats with more effort, or on one draw; NULL: none
--      parameters TEXT     the attack's, as JSON
--      model TEXT          the network that was attacked, by its run
--      adversarial_set TEXT  run of the attack; NULL: none
--      verdict TEXT        run that judged; NULL: no detector
--      images INTEGER      that were attacked
--      network_success_rate REAL  on the network alone; of clean images, those that it
--        misclassifies
--      network_success_rate_low REAL  95% confidence interval by Wilson's score
--      network_success_rate_high REAL its upper end
--      misled INTEGER      images that mislead the system, flagged or not; NULL: no detector, as
--        for
--        everything down to auroc_high
--      flagged_rate REAL   images that the detector declares adversarial
--      evading_rate REAL   images misled and declared clean, at the detector's own thresholds
--      evading_rate_low REAL  95% confidence interval by Wilson's score
--      evading_rate_high REAL its upper end
--      evading_rate_5 REAL      images misled and not flagged at the cut for 5%, SR@5
--      evading_rate_5_low REAL  95% confidence interval by Wilson's score
--      evading_rate_5_high REAL its upper end
--      evading_rate_50 REAL      images misled and not flagged at the cut for 50%, SR@50
--      evading_rate_50_low REAL  95% confidence interval by Wilson's score
--      evading_rate_50_high REAL its upper end
--      true_positive_rate_1 REAL of the images that mislead, those flagged at the cut for 1%;
--        NULL:
--        none misleads
--      false_positive_rate_1 REAL the clean images that are flagged at that cut
--      true_positive_rate_5 REAL of the images that mislead, those flagged at the cut for 5%;
--        NULL:
--        none misleads
--      false_positive_rate_5 REAL the clean images that are flagged at that cut
--      true_positive_rate_10 REAL of the images that mislead, those flagged at the cut for 10%;
--        NULL:
--        none misleads
--      false_positive_rate_10 REAL the clean images that are flagged at that cut
--      false_positive_rate_50 REAL the clean images that are flagged at the cut for 50%
--      auroc REAL          of the excess: clean images against the images that mislead; NULL: none
--      auroc_low REAL      95% confidence interval by DeLong's variance
--      auroc_high REAL     its upper end
--      mean_distance REAL  in norm, of the images that the attack succeeds on; NULL: there are
--        none
--      median_distance REAL  likewise
--      mean_l2 REAL        the mean L2 distance of the same images; NULL likewise
--      zero_gradient_images INTEGER  images with a step that found no gradient; NULL: not noted
--      flagged_rate_5 REAL images that are flagged at the cut for 5%; NULL: no detector
--      auroc_noisy REAL    as auroc, against clean and noisy images; NULL: no noisy images, or none
--        that mislead
--      mean_queries REAL   questions about an image; NULL: not noted
--      random_draws INTEGER  random draws on all images together; NULL: not noted
--      misled_draws INTEGER  draws that the network takes for a wrong class; NULL likewise
WITH
chosen AS MATERIALIZED (
  SELECT *
  FROM evaluations
  WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
    AND (:evaluation IS NOT NULL OR hidden IS NOT 'deleted')
),
piece AS MATERIALIZED (
  SELECT
    piece.evaluation, part_number, part_role, attack, is_adaptive, knowledge, is_iterative,
    piece.norm,
    CAST(piece.epsilon AS REAL) AS epsilon, repeats, parameters, piece.model, adversarial_set,
    verdict
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
    max(excess) FILTER (WHERE rank = 1 + CAST(0.01 * images + 1e-9 AS INTEGER)) AS cut_1,
    max(excess) FILTER (WHERE rank = 1 + CAST(0.05 * images + 1e-9 AS INTEGER)) AS cut_5,
    max(excess) FILTER (WHERE rank = 1 + CAST(0.1 * images + 1e-9 AS INTEGER)) AS cut_10,
    max(excess) FILTER (WHERE rank = 1 + CAST(0.5 * images + 1e-9 AS INTEGER)) AS cut_50
  FROM (
    SELECT
      evaluation, excess, count(*) OVER (PARTITION BY evaluation) AS images,
      row_number() OVER (PARTITION BY evaluation ORDER BY excess DESC) AS rank
    FROM judged
    WHERE part_role = 'clean' AND excess IS NOT NULL)
  GROUP BY evaluation
),
false_positive AS (
  SELECT
    evaluation,
    avg(excess > cut_1) AS false_positive_rate_1,
    avg(excess > cut_5) AS false_positive_rate_5,
    avg(excess > cut_10) AS false_positive_rate_10,
    avg(excess > cut_50) AS false_positive_rate_50
  FROM judged
  JOIN cut USING (evaluation)
  WHERE part_role = 'clean'
  GROUP BY evaluation
),
system AS (
  SELECT
    evaluation, part_number, count(*) AS judged, sum(is_flagged) AS flagged,
    sum(is_evading) AS evading,
    sum(is_misclassified) AS misled,
    sum(is_misclassified AND excess <= cut_5) AS evading_5,
    sum(is_misclassified AND excess <= cut_50) AS evading_50,
    sum(excess > cut_5) AS flagged_5,
    sum(is_misclassified AND excess > cut_1) AS true_1,
    sum(is_misclassified AND excess > cut_5) AS true_5,
    sum(is_misclassified AND excess > cut_10) AS true_10
  FROM judged
  LEFT JOIN cut USING (evaluation)
  GROUP BY evaluation, part_number
),
-- What attacked images are told from: clean images, and where there are noisy ones also both.
negatives AS (
  SELECT DISTINCT evaluation, 0 AS has_noise FROM piece
  UNION ALL
  SELECT DISTINCT evaluation, 1 FROM piece WHERE part_role = 'noisy'
),
-- Placements, as auroc.sql has them.
level AS (
  SELECT
    evaluation, part_number, has_noise, excess, sum(NOT is_attacked) AS clean,
    sum(is_attacked) AS adversarial
  FROM (
    SELECT judged.evaluation, part_number, has_noise, excess, 1 AS is_attacked
    FROM judged
    JOIN negatives ON negatives.evaluation = judged.evaluation
    WHERE part_role NOT IN ('clean', 'noisy') AND is_misclassified
    UNION ALL
    SELECT piece.evaluation, piece.part_number, has_noise, judged.excess, 0
    FROM piece
    JOIN negatives ON negatives.evaluation = piece.evaluation
    JOIN judged
      ON judged.evaluation = piece.evaluation
      AND (judged.part_role = 'clean' OR has_noise AND judged.part_role = 'noisy')
    WHERE piece.part_role NOT IN ('clean', 'noisy') AND piece.verdict IS NOT NULL)
  WHERE excess IS NOT NULL
  GROUP BY evaluation, part_number, has_noise, excess
),
area AS (
  SELECT
    *, above / nullif(1.0 * adversarial * clean, 0) AS auroc
  FROM (
    SELECT
      evaluation, part_number, has_noise, sum(clean) AS clean, sum(adversarial) AS adversarial,
      sum(adversarial * (clean_below - clean / 2.0)) AS above,
      sum(adversarial * (clean_below - clean / 2.0) * (clean_below - clean / 2.0))
        AS adversarial_squares,
      sum(clean * (adversarial_below - adversarial / 2.0)
        * (adversarial_below - adversarial / 2.0)) AS clean_squares
    FROM (
      SELECT
        *, sum(clean) OVER upwards AS clean_below,
        sum(adversarial) OVER upwards AS adversarial_below
      FROM level
      WINDOW upwards AS (
        PARTITION BY evaluation, part_number, has_noise ORDER BY excess ROWS UNBOUNDED PRECEDING))
    GROUP BY evaluation, part_number, has_noise)
),
spread AS (
  SELECT
    evaluation, part_number, auroc,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (1.0 * clean * clean) / nullif(adversarial, 0) - auroc * auroc)
        / nullif(adversarial - 1, 0)
      + (clean_squares / (1.0 * adversarial * adversarial) / nullif(clean, 0)
          - (1 - auroc) * (1 - auroc)) / nullif(clean - 1, 0))) AS half_width
  FROM area
  WHERE NOT has_noise
),
beside_noise AS (
  SELECT evaluation, part_number, auroc AS auroc_noisy FROM area WHERE has_noise
),
moved AS MATERIALIZED (
  SELECT
    piece.evaluation, piece.part_number, image_index, success, l2,
    CASE norm WHEN 'linf' THEN linf WHEN 'l2' THEN l2 WHEN 'l0' THEN 1.0 * l0 END AS distance
  FROM piece
  CROSS JOIN adversarial_images ON adversarial_images.adversarial_set = piece.adversarial_set
),
network AS (
  SELECT evaluation, part_number, count(*) AS images, sum(success) AS successes
  FROM moved
  GROUP BY evaluation, part_number
  UNION ALL
  SELECT
    evaluation, part_number, count(*), sum(deterministic_prediction <> true_label)
  FROM piece
  JOIN evaluation_images USING (evaluation)
  WHERE part_role = 'clean'
  GROUP BY evaluation, part_number
),
distance AS (
  SELECT
    evaluation, part_number, avg(distance) AS mean_distance, avg(l2) AS mean_l2,
    avg(distance) FILTER (WHERE rank IN ((found + 1) / 2, (found + 2) / 2)) AS median_distance
  FROM (
    SELECT
      *, count(*) OVER (PARTITION BY evaluation, part_number) AS found,
      row_number() OVER (PARTITION BY evaluation, part_number ORDER BY distance) AS rank
    FROM moved
    WHERE success AND distance IS NOT NULL)
  GROUP BY evaluation, part_number
),
noted AS (
  SELECT
    piece.evaluation, piece.part_number, avg(value) FILTER (WHERE detail = 'queries')
      AS mean_queries,
    CAST(sum(value) FILTER (WHERE detail = 'misled_draws') AS INTEGER) AS misled_draws,
    count(*) FILTER (WHERE detail = 'misled_draws') * (piece.parameters ->> '$.samples')
      AS random_draws
  FROM piece
  CROSS JOIN adversarial_details AS noted ON noted.adversarial_set = piece.adversarial_set
  WHERE detail IN ('queries', 'misled_draws')
  GROUP BY piece.evaluation, piece.part_number
),
zero AS (
  SELECT piece.evaluation, piece.part_number, sum(value > 0) AS zero_gradient_images
  FROM piece
  CROSS JOIN adversarial_details AS noted ON noted.adversarial_set = piece.adversarial_set
  WHERE detail = 'zero_gradients'
  GROUP BY piece.evaluation, piece.part_number
)
SELECT
  evaluation, part_number, part_role, attack, is_adaptive, knowledge, is_iterative, norm, epsilon,
  repeats,
  parameters, model, adversarial_set, verdict, coalesce(images, judged) AS images,
  1.0 * successes / images AS network_success_rate,
  max(0.0, (successes + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * successes * (images - successes) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_success_rate_low,
  min(1.0, (successes + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * successes * (images - successes) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS network_success_rate_high,
  misled, 1.0 * flagged / judged AS flagged_rate,
  1.0 * evading / judged AS evading_rate,
  max(0.0, (evading + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * evading * (judged - evading) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_low,
  min(1.0, (evading + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * evading * (judged - evading) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_high,
  1.0 * evading_5 / judged AS evading_rate_5,
  max(0.0, (evading_5 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * evading_5 * (judged - evading_5) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_5_low,
  min(1.0, (evading_5 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * evading_5 * (judged - evading_5) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_5_high,
  1.0 * evading_50 / judged AS evading_rate_50,
  max(0.0, (evading_50 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * evading_50 * (judged - evading_50) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_50_low,
  min(1.0, (evading_50 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * evading_50 * (judged - evading_50) / judged + 0.960364705173531))
    / (judged + 3.841458820694124)) AS evading_rate_50_high,
  iif(part_role = 'clean', NULL, 1.0 * true_1 / nullif(misled, 0)) AS true_positive_rate_1,
  false_positive_rate_1,
  iif(part_role = 'clean', NULL, 1.0 * true_5 / nullif(misled, 0)) AS true_positive_rate_5,
  false_positive_rate_5,
  iif(part_role = 'clean', NULL, 1.0 * true_10 / nullif(misled, 0)) AS true_positive_rate_10,
  false_positive_rate_10,
  false_positive_rate_50,
  auroc, max(0.0, auroc - half_width) AS auroc_low, min(1.0, auroc + half_width) AS auroc_high,
  mean_distance, median_distance, mean_l2, zero_gradient_images,
  1.0 * flagged_5 / judged AS flagged_rate_5, auroc_noisy, mean_queries,
  iif(misled_draws IS NULL, NULL, random_draws) AS random_draws, misled_draws
FROM piece
LEFT JOIN network USING (evaluation, part_number)
LEFT JOIN system USING (evaluation, part_number)
LEFT JOIN spread USING (evaluation, part_number)
LEFT JOIN distance USING (evaluation, part_number)
LEFT JOIN zero USING (evaluation, part_number)
LEFT JOIN noted USING (evaluation, part_number)
LEFT JOIN beside_noise USING (evaluation, part_number)
LEFT JOIN false_positive USING (evaluation)
WHERE :part_role IS NULL OR part_role = :part_role
ORDER BY evaluation, part_number;
