-- How well each measure and each learned detector tells adversarial images from clean ones, judged
-- on images that its threshold was not chosen on.
--
-- All is of the selection. A measure's threshold is the one that best tells the held-out clean
-- images from the held-out adversarial ones of the same attack; of equals the one in the widest
-- gap, then the lowest. A learned detector has its own threshold, which was chosen on the images
-- that it was fitted on. The true positives at 1, 5 and 10% false positives are those above the
-- lowest threshold that no more of the held-out clean images exceed, and beside them is what share
-- of the selection's clean images exceeds it. Only pairs whose clean image the undefended network
-- classifies correctly count.
--
-- group: detectors
--
-- in:  :study RUN study|reproduce|train = every measurement; a study's own, or a model's
--      :model RUN train = every one; the network that was attacked
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :measure TEXT = every measure and detector; one of the view measures
-- out: measurement TEXT  run of the measurement
--      attack TEXT       the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      measure TEXT      the measure, or the learned detector by its name
--      title TEXT        what people call it
--      measure_kind TEXT 'monte_carlo', 'catalogue', 'detector' or 'imported'
--      learner TEXT      what was fitted; NULL: is no learned detector, as for the next three
--      fitted_part TEXT  the images that it was fitted on: 'selection', 'heldout' or 'all'
--      fitted_attacks TEXT the attacks that it was fitted on, as a JSON array
--      fitted_on INTEGER 1: it was fitted on the very images that judge it; 0: on others
--      orientation TEXT  which values mean adversarial
--      clean INTEGER     clean images that judge it
--      adversarial INTEGER adversarial ones
--      threshold REAL    a score above it means adversarial; NULL: there are no held-out images
--      detected INTEGER  images called what they are; NULL likewise
--      detection_accuracy REAL detected / (clean + adversarial), 0...1; NULL likewise
--      detection_accuracy_low REAL 95% confidence interval by Wilson's score
--      detection_accuracy_high REAL its upper end
--      auroc REAL        0...1; NULL where a half is empty
--      auroc_low REAL    95% confidence interval by DeLong's variance
--      auroc_high REAL   its upper end
--      cut_1 REAL        the lowest score that at most 1% of the held-out clean images exceed;
--        NULL: there are no such images
--      true_positive_rate_1 REAL adversarial images above the cut, 0...1 of them; NULL likewise
--      true_positive_rate_1_low REAL 95% confidence interval by Wilson's score
--      true_positive_rate_1_high REAL its upper end
--      false_positive_rate_1 REAL clean images above the cut, 0...1 of them; NULL likewise
--      false_positive_rate_1_low REAL 95% confidence interval by Wilson's score
--      false_positive_rate_1_high REAL its upper end
--      cut_5 REAL        the lowest score that at most 5% of the held-out clean images exceed;
--        NULL: there are no such images
--      true_positive_rate_5 REAL adversarial images above the cut, 0...1 of them; NULL likewise
--      true_positive_rate_5_low REAL 95% confidence interval by Wilson's score
--      true_positive_rate_5_high REAL its upper end
--      false_positive_rate_5 REAL clean images above the cut, 0...1 of them; NULL likewise
--      false_positive_rate_5_low REAL 95% confidence interval by Wilson's score
--      false_positive_rate_5_high REAL its upper end
--      cut_10 REAL       the lowest score that at most 10% of the held-out clean images exceed;
--        NULL: there are no such images
--      true_positive_rate_10 REAL adversarial images above the cut, 0...1 of them; NULL likewise
--      true_positive_rate_10_low REAL 95% confidence interval by Wilson's score
--      true_positive_rate_10_high REAL its upper end
--      false_positive_rate_10 REAL clean images above the cut, 0...1 of them; NULL likewise
--      false_positive_rate_10_low REAL 95% confidence interval by Wilson's score
--      false_positive_rate_10_high REAL its upper end
WITH
mix AS MATERIALIZED (
  SELECT
    measurement,
    coalesce(
      (SELECT label FROM study_runs WHERE study = :study AND run = measurement), attack) AS attack
  FROM measurements
  WHERE adversarial_set IS NOT NULL
    AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
    AND (:measurement IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND (:model IS NULL OR model = :model)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR measurement IN (
      SELECT run FROM study_runs WHERE study = :study AND kind = 'measure'))
),
size AS MATERIALIZED (
  SELECT
    mix.measurement, mix.attack, sum(part = 'selection' AND NOT is_adversarial) AS clean,
    sum(part = 'selection' AND is_adversarial) AS adversarial,
    sum(part = 'heldout' AND NOT is_adversarial) AS held_clean,
    sum(part = 'heldout' AND is_adversarial) AS held_adversarial
  FROM mix
  CROSS JOIN detection_mixes AS image ON image.measurement = mix.measurement
  WHERE kept
  GROUP BY mix.measurement
),
series AS MATERIALIZED (
  SELECT
    size.*, measures.measure, title, measure_kind, orientation, measure_number, learner,
    fitted_part, fitted_attacks,
    (SELECT max(fitted_on) FROM detector_results AS fitted
     WHERE fitted.detector_name = detectors.detector_name
       AND fitted.measurement = size.measurement AND fitted.part = 'selection') AS fitted_on,
    -- One series after the other is read and sorted.
    iif(
      detectors.threshold IS NOT NULL, detectors.threshold,
      (SELECT position
       FROM (
         SELECT
           score, next_score, right, coalesce(next_score - score, 9e999) AS gap,
           coalesce(score + (next_score - score) / 2, 9e999) AS position
         FROM (
           SELECT
             score, lead(score) OVER upwards AS next_score,
             size.held_adversarial + sum(balance) OVER upwards AS right
           FROM (
             SELECT score, sum(iif(is_adversarial, -1, 1)) AS balance
             FROM (
               SELECT score, is_adversarial
               FROM detection_scores AS image
               WHERE image.measurement = size.measurement AND image.measure = measures.measure
                 AND part = 'heldout' AND kept
               LIMIT -1)
             GROUP BY score
             UNION ALL
             -- The cut below all of them.
             SELECT -9e999, 0 WHERE size.held_clean + size.held_adversarial > 0)
           WINDOW upwards AS (ORDER BY score ROWS UNBOUNDED PRECEDING)))
       -- Where no number lies between two scores, there is no cut.
       WHERE next_score IS NULL OR score = -9e999 OR (score < position AND position < next_score)
       ORDER BY right DESC, gap DESC, position
       LIMIT 1)) AS threshold
  FROM size
  CROSS JOIN measures
  LEFT JOIN detectors ON detectors.measure = measures.measure
  WHERE (:measure IS NULL OR measures.measure = :measure)
    AND detectors.hidden IS NOT 'deleted'
),
-- A function's table is made once for each row on its left. JSON keeps fifteen digits of a number,
-- so what they lack goes beside it.
ruled AS MATERIALIZED (
  SELECT
    series.*,
    CAST(found.value ->> 0 AS REAL) + (found.value ->> 1) AS cut_1,
    CAST(found.value ->> 2 AS REAL) + (found.value ->> 3) AS cut_5,
    CAST(found.value ->> 4 AS REAL) + (found.value ->> 5) AS cut_10
  FROM series
  CROSS JOIN json_each(json_array((
    SELECT
      json_array(
        iif(abs(cut_1) = 9e999, iif(cut_1 > 0, '9e999', '-9e999'), cut_1),
        iif(abs(cut_1) < 9e999, cut_1 - CAST(CAST(cut_1 AS TEXT) AS REAL), 0.0),
        iif(abs(cut_5) = 9e999, iif(cut_5 > 0, '9e999', '-9e999'), cut_5),
        iif(abs(cut_5) < 9e999, cut_5 - CAST(CAST(cut_5 AS TEXT) AS REAL), 0.0),
        iif(abs(cut_10) = 9e999, iif(cut_10 > 0, '9e999', '-9e999'), cut_10),
        iif(abs(cut_10) < 9e999, cut_10 - CAST(CAST(cut_10 AS TEXT) AS REAL), 0.0))
    FROM (
      -- So many of the held-out clean images may be above, rounded down; the next one is the cut.
      SELECT
        max(score) FILTER (
          WHERE rank = 1 + CAST(0.01 * series.held_clean + 1e-9 AS INTEGER)) AS cut_1,
        max(score) FILTER (
          WHERE rank = 1 + CAST(0.05 * series.held_clean + 1e-9 AS INTEGER)) AS cut_5,
        max(score) FILTER (
          WHERE rank = 1 + CAST(0.1 * series.held_clean + 1e-9 AS INTEGER)) AS cut_10
      FROM (
        SELECT score, row_number() OVER (ORDER BY score DESC) AS rank
        FROM (
          SELECT score
          FROM detection_scores AS image
          WHERE image.measurement = series.measurement AND image.measure = series.measure
            AND part = 'heldout' AND NOT is_adversarial AND kept
          LIMIT -1)))))) AS found
),
judged AS MATERIALIZED (
  SELECT ruled.*, found.value AS found
  FROM ruled
  CROSS JOIN json_each(json_array((
    SELECT
      json_array(
        -- Clean images up to the threshold and adversarial ones above it.
        sum(iif(score <= ruled.threshold, clean, adversarial))
          FILTER (WHERE ruled.threshold IS NOT NULL),
        -- Placements, as auroc.sql has them.
        sum(adversarial * (clean_below - clean / 2.0)),
        sum(adversarial * (clean_below - clean / 2.0) * (clean_below - clean / 2.0)),
        sum(clean * (adversarial_below - adversarial / 2.0)
          * (adversarial_below - adversarial / 2.0)),
        sum(adversarial * (score > cut_1)),
        sum(clean * (score > cut_1)),
        sum(adversarial * (score > cut_5)),
        sum(clean * (score > cut_5)),
        sum(adversarial * (score > cut_10)),
        sum(clean * (score > cut_10)))
    FROM (
      SELECT
        score, clean, adversarial, sum(clean) OVER upwards AS clean_below,
        sum(adversarial) OVER upwards AS adversarial_below
      FROM (
        SELECT score, sum(NOT is_adversarial) AS clean, sum(is_adversarial) AS adversarial
        FROM (
          SELECT score, is_adversarial
          FROM detection_scores AS image
          WHERE image.measurement = ruled.measurement AND image.measure = ruled.measure
            AND part = 'selection' AND kept
          -- Without a limit, scores would be computed anew behind the sorting.
          LIMIT -1)
        GROUP BY score)
      WINDOW upwards AS (ORDER BY score ROWS UNBOUNDED PRECEDING))))) AS found
  WHERE found.value ->> 1 IS NOT NULL
),
result AS (
  SELECT
    measurement, attack, measure, title, measure_kind, orientation, measure_number, learner,
    fitted_part, fitted_attacks, fitted_on, clean, adversarial, threshold, cut_1, cut_5, cut_10,
    clean + adversarial AS images,
    found ->> 0 AS detected,
    found ->> 1 AS above,
    found ->> 2 AS adversarial_squares,
    found ->> 3 AS clean_squares,
    found ->> 4 AS true_1,
    found ->> 5 AS false_1,
    found ->> 6 AS true_5,
    found ->> 7 AS false_5,
    found ->> 8 AS true_10,
    found ->> 9 AS false_10
  FROM judged
),
area AS (
  SELECT *, above / nullif(1.0 * adversarial * clean, 0) AS auroc FROM result
),
spread AS (
  SELECT
    *,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (1.0 * clean * clean) / nullif(adversarial, 0) - auroc * auroc)
        / nullif(adversarial - 1, 0)
      + (clean_squares / (1.0 * adversarial * adversarial) / nullif(clean, 0)
          - (1 - auroc) * (1 - auroc)) / nullif(clean - 1, 0))) AS half_width
  FROM area
)
SELECT
  measurement, attack, measure, title, measure_kind, learner, fitted_part, fitted_attacks,
  fitted_on, orientation, clean, adversarial, threshold, detected,
  CAST(detected AS REAL) / images AS detection_accuracy,
  max(0.0, (detected + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_low,
  min(1.0, (detected + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_high,
  auroc, max(0.0, auroc - half_width) AS auroc_low, min(1.0, auroc + half_width) AS auroc_high,
  cut_1, CAST(true_1 AS REAL) / nullif(adversarial, 0) AS true_positive_rate_1,
  max(0.0, (true_1 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * true_1 * (adversarial - true_1) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_1_low,
  min(1.0, (true_1 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * true_1 * (adversarial - true_1) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_1_high,
  CAST(false_1 AS REAL) / nullif(clean, 0) AS false_positive_rate_1,
  max(0.0, (false_1 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * false_1 * (clean - false_1) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_1_low,
  min(1.0, (false_1 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * false_1 * (clean - false_1) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_1_high,
  cut_5, CAST(true_5 AS REAL) / nullif(adversarial, 0) AS true_positive_rate_5,
  max(0.0, (true_5 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * true_5 * (adversarial - true_5) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_5_low,
  min(1.0, (true_5 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * true_5 * (adversarial - true_5) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_5_high,
  CAST(false_5 AS REAL) / nullif(clean, 0) AS false_positive_rate_5,
  max(0.0, (false_5 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * false_5 * (clean - false_5) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_5_low,
  min(1.0, (false_5 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * false_5 * (clean - false_5) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_5_high,
  cut_10, CAST(true_10 AS REAL) / nullif(adversarial, 0) AS true_positive_rate_10,
  max(0.0, (true_10 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * true_10 * (adversarial - true_10) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_10_low,
  min(1.0, (true_10 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * true_10 * (adversarial - true_10) / adversarial + 0.960364705173531))
    / (adversarial + 3.841458820694124)) AS true_positive_rate_10_high,
  CAST(false_10 AS REAL) / nullif(clean, 0) AS false_positive_rate_10,
  max(0.0, (false_10 + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * false_10 * (clean - false_10) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_10_low,
  min(1.0, (false_10 + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * false_10 * (clean - false_10) / clean + 0.960364705173531))
    / (clean + 3.841458820694124)) AS false_positive_rate_10_high
FROM spread
ORDER BY attack, measurement, detection_accuracy DESC, auroc DESC, measure_number;
