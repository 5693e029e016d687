-- What each component of an evaluation's detector is worth by itself, on the images of each attack.
--
-- A component declares an image adversarial where it is beyond a cut that at most a share of the
-- evaluation's clean images exceed, rounded down, as SR@N has it. The measure is the one that the
-- thresholds are for. Votes are the voters that differ from the system's class: the more, the more
-- adversarial. A learned detector has no measure of its own; its votes are counted alike, whatever
-- their weights. Attacks that know the detector were made against the whole of it, so one component
-- alone may be no harder to evade than it looks here, but easier.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
--      :false_positives REAL = 0.05; share of clean images that may be refused, 0...1
-- out: evaluation TEXT     run of the evaluation
--      part_number INTEGER of the evaluation
--      part_role TEXT      'attack', 'doubled', 'restarted', 'transfer' or 'draws'
--      attack TEXT         such as 'pgd'
--      is_adaptive INTEGER 1: the attack knows the detector; 0: it doesn't
--      parameters TEXT     the attack's, as JSON
--      epsilon REAL        the budget; NULL: as little as the attack finds
--      is_main INTEGER     1: it is the evaluation's own, or there is none
--      component TEXT      'whole': the detector; 'measure': its measure alone; 'votes': the voters
--        alone; 'none': no detector, but the draws of the verdict
--      images INTEGER      that were judged
--      false_positive_rate REAL  clean images that the component refuses, 0...1
--      evading_rate REAL   images misled and not refused, 0...1
--      evading_rate_low REAL  95% confidence interval by Wilson's score
--      evading_rate_high REAL its upper end
WITH
chosen AS MATERIALIZED (
  SELECT *
  FROM evaluations
  WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
    AND (:evaluation IS NOT NULL OR hidden IS NOT 'deleted') AND detector IS NOT NULL
),
piece AS MATERIALIZED (
  SELECT
    piece.evaluation, part_number, part_role, attack, is_adaptive, parameters,
    CAST(piece.epsilon AS REAL) AS epsilon,
    coalesce(abs(piece.epsilon - chosen.epsilon) < 1e-9, 1) AS is_main, verdict,
    (SELECT configuration ->> '$.detector.measure' FROM runs WHERE runs.run = verdict) IS NOT NULL
      AS has_measure
  FROM chosen
  CROSS JOIN evaluation_parts AS piece ON piece.evaluation = chosen.evaluation
  WHERE part_role IN ('clean', 'attack', 'doubled', 'restarted', 'transfer', 'draws')
),
judged AS MATERIALIZED (
  SELECT
    piece.evaluation, piece.part_number, part_role, component.column2 AS component,
    component.column1 AS place, is_misclassified,
    CASE component.column2
      WHEN 'whole' THEN excess
      WHEN 'measure' THEN iif(has_measure AND agreement IS NOT NULL, score, NULL)
      WHEN 'votes' THEN -1.0 * agreement
      ELSE 0.0
    END AS value
  FROM piece
  CROSS JOIN image_verdicts ON image_verdicts.verdict = piece.verdict
  CROSS JOIN (VALUES (1, 'whole'), (2, 'measure'), (3, 'votes'), (4, 'none')) AS component
),
-- So many of the clean images may lie above, rounded down; the next one is the cut.
cut AS MATERIALIZED (
  SELECT
    evaluation, component,
    max(value) FILTER (WHERE rank = 1 + CAST(allowed * images + 1e-9 AS INTEGER)) AS cut
  FROM (
    SELECT
      evaluation, component, value, coalesce(:false_positives, 0.05) AS allowed,
      count(*) OVER (PARTITION BY evaluation, component) AS images,
      row_number() OVER (PARTITION BY evaluation, component ORDER BY value DESC) AS rank
    FROM judged
    WHERE part_role = 'clean' AND value IS NOT NULL)
  GROUP BY evaluation, component
),
counted AS (
  SELECT
    judged.evaluation, part_number, place, judged.component, count(*) AS images,
    sum(is_misclassified AND value <= cut) AS evading, avg(value > cut) AS refused_rate
  FROM judged
  JOIN cut ON cut.evaluation = judged.evaluation AND cut.component = judged.component
  WHERE value IS NOT NULL
  GROUP BY judged.evaluation, part_number, place
)
SELECT
  piece.evaluation, piece.part_number, piece.part_role, attack, is_adaptive, parameters, epsilon,
  is_main,
  counted.component, counted.images, clean.refused_rate AS false_positive_rate,
  1.0 * evading / images AS evading_rate,
  max(0.0, (evading + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * evading * (images - evading) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS evading_rate_low,
  min(1.0, (evading + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * evading * (images - evading) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS evading_rate_high
FROM piece
JOIN counted
  ON counted.evaluation = piece.evaluation AND counted.part_number = piece.part_number
JOIN (
  SELECT counted.evaluation, component, refused_rate
  FROM counted
  JOIN piece
    ON piece.evaluation = counted.evaluation AND piece.part_number = counted.part_number
  WHERE part_role = 'clean') AS clean
  ON clean.evaluation = counted.evaluation AND clean.component = counted.component
WHERE part_role <> 'clean'
ORDER BY piece.evaluation, piece.part_number, place;
