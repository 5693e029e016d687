-- How well each measure of uncertainty tells adversarial images from clean ones.
--
-- The area under the ROC curve is the chance that an adversarial image scores higher than a clean
-- one, ties counted half, over the pairs of the selection that the defence is judged on. Its
-- interval is made of every image's rank, for one study at a time.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
--      :attack TEXT = every attack; such as 'fgsm'
--      :measure TEXT = every measure that has thresholds; one of the view measures
-- out: study TEXT          run of the study or of the model
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      measure TEXT        the measure
--      orientation TEXT    whether high or low values mean adversarial
--      auroc REAL          0...1
--      uncertainty_paper REAL    detection accuracy without crops, thresholds of the selection
--      uncertainty_heldout REAL  the same, thresholds of the held-out half
--      hybrid_paper REAL         detection accuracy with crops, thresholds of the selection
--      hybrid_heldout REAL       the same, thresholds of the held-out half
--      auroc_low REAL      95% confidence interval by DeLong's variance; NULL where
--                          :study is NULL
--      auroc_high REAL     its upper end
--      uncertainty_paper_low REAL  95% confidence interval by Wilson's score
--      uncertainty_paper_high REAL its upper end
--      uncertainty_heldout_low REAL  the same
--      uncertainty_heldout_high REAL the same
--      hybrid_paper_low REAL  the same
--      hybrid_paper_high REAL the same
--      hybrid_heldout_low REAL  the same
--      hybrid_heldout_high REAL the same
WITH
result AS (
  SELECT
    study, label, thresholds, measurement, measure,
    max(detection_accuracy) FILTER (WHERE detector = 'uncertainty' AND protocol = 'paper')
      AS uncertainty_paper,
    max(detection_accuracy_low) FILTER (WHERE detector = 'uncertainty' AND protocol = 'paper')
      AS uncertainty_paper_low,
    max(detection_accuracy_high) FILTER (WHERE detector = 'uncertainty' AND protocol = 'paper')
      AS uncertainty_paper_high,
    max(detection_accuracy) FILTER (WHERE detector = 'uncertainty' AND protocol = 'heldout')
      AS uncertainty_heldout,
    max(detection_accuracy_low) FILTER (WHERE detector = 'uncertainty' AND protocol = 'heldout')
      AS uncertainty_heldout_low,
    max(detection_accuracy_high) FILTER (WHERE detector = 'uncertainty' AND protocol = 'heldout')
      AS uncertainty_heldout_high,
    max(detection_accuracy) FILTER (WHERE detector = 'hybrid' AND protocol = 'paper')
      AS hybrid_paper,
    max(detection_accuracy_low) FILTER (WHERE detector = 'hybrid' AND protocol = 'paper')
      AS hybrid_paper_low,
    max(detection_accuracy_high) FILTER (WHERE detector = 'hybrid' AND protocol = 'paper')
      AS hybrid_paper_high,
    max(detection_accuracy) FILTER (WHERE detector = 'hybrid' AND protocol = 'heldout')
      AS hybrid_heldout,
    max(detection_accuracy_low) FILTER (WHERE detector = 'hybrid' AND protocol = 'heldout')
      AS hybrid_heldout_low,
    max(detection_accuracy_high) FILTER (WHERE detector = 'hybrid' AND protocol = 'heldout')
      AS hybrid_heldout_high
  FROM study_results
  WHERE (study = :study OR (:study IS NULL AND is_default))
    AND (:attack IS NULL OR attack = :attack)
    AND (:measure IS NULL OR measure = :measure)
    AND method = 'exact'
  GROUP BY study, thresholds, measure
),
-- A measure of a measurement is a series; numbers sort faster than names.
mix AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY measurement) AS place, measurement
  FROM (SELECT DISTINCT measurement FROM result WHERE :study IS NOT NULL)
),
tie AS (
  SELECT
    series, sum(is_adversarial) AS adversarial, count(*) - sum(is_adversarial) AS clean,
    sum(sum(is_adversarial)) OVER up AS highest_adversarial_rank,
    sum(count(*) - sum(is_adversarial)) OVER up AS highest_clean_rank
  FROM (
    SELECT 1000000 * place + measure_number AS series, is_adversarial, value
    FROM mix
    JOIN detection_scores USING (measurement)
    WHERE kept AND part = 'selection' AND measure = coalesce(:measure, measure)
    -- Without a limit, values would be computed anew behind the sorting.
    LIMIT -1
  )
  GROUP BY series, value
  WINDOW up AS (PARTITION BY series ORDER BY value ROWS UNBOUNDED PRECEDING)
),
-- Placements, as auroc.sql has them, the variance of their means, and from it half the interval.
-- Which of high and low means adversarial makes no difference to it.
placement AS (
  SELECT
    series, CAST(sum(adversarial) AS REAL) AS adversarial, CAST(sum(clean) AS REAL) AS clean,
    sum(adversarial * (highest_clean_rank - clean / 2.0)) AS above,
    sum(adversarial * (highest_clean_rank - clean / 2.0) * (highest_clean_rank - clean / 2.0))
      AS adversarial_squares,
    sum(clean * (highest_adversarial_rank - adversarial / 2.0)
      * (highest_adversarial_rank - adversarial / 2.0)) AS clean_squares
  FROM tie
  GROUP BY series
),
spread AS (
  SELECT
    measurement, measure,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (clean * clean) / nullif(adversarial, 0)
        - above / (adversarial * clean) * above / (adversarial * clean))
        / nullif(adversarial - 1, 0)
      + (clean_squares / (adversarial * adversarial) / nullif(clean, 0)
        - (1 - above / (adversarial * clean)) * (1 - above / (adversarial * clean)))
        / nullif(clean - 1, 0))) AS half_width
  FROM placement
  JOIN mix ON mix.place = placement.series / 1000000
  JOIN measures ON measure_number = placement.series % 1000000
)
SELECT
  study, label AS attack, result.measure, orientation, auroc, uncertainty_paper,
  uncertainty_heldout, hybrid_paper, hybrid_heldout, max(0.0, auroc - half_width) AS auroc_low,
  min(1.0, auroc + half_width) AS auroc_high, uncertainty_paper_low, uncertainty_paper_high,
  uncertainty_heldout_low, uncertainty_heldout_high, hybrid_paper_low, hybrid_paper_high,
  hybrid_heldout_low, hybrid_heldout_high
FROM result
JOIN measure_results USING (thresholds, measure)
LEFT JOIN spread ON spread.measurement = result.measurement AND spread.measure = result.measure
ORDER BY study, label, result.measure;
