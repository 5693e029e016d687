-- How well each measure of uncertainty tells adversarial images from clean ones.
--
-- The area under the ROC curve is the chance that an adversarial image scores higher than a clean
-- one, ties counted half, over the pairs of the selection that the defence is judged on. Its
-- interval is made of every image's rank, for one study at a time.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :measure TEXT       such as 'softmax_std'; unbound = every one that has thresholds
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
--                          :study is unbound
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
detector AS (
  SELECT
    studies.study, studies.measurement, label AS attack, detection_results.measure,
    detection_results.run, detector, protocol,
    clean_declared_clean + adversarial_declared_adversarial AS detected,
    clean_declared_clean + clean_declared_adversarial + adversarial_declared_clean
      + adversarial_declared_adversarial AS images
  FROM studies
  JOIN detection_results ON detection_results.run = studies.thresholds
  WHERE (studies.study = :study OR (:study IS NULL AND studies.kind = 'reproduce' AND trial IS NULL))
    AND (:attack IS NULL OR studies.attack = :attack)
    AND (:measure IS NULL OR detection_results.measure = :measure)
    AND method = 'exact'
),
result AS (
  SELECT
    study, measurement, attack, measure, run, max(images) AS images,
    max(detected) FILTER (WHERE detector = 'uncertainty' AND protocol = 'paper')
      AS uncertainty_paper,
    max(detected) FILTER (WHERE detector = 'uncertainty' AND protocol = 'heldout')
      AS uncertainty_heldout,
    max(detected) FILTER (WHERE detector = 'hybrid' AND protocol = 'paper')
      AS hybrid_paper,
    max(detected) FILTER (WHERE detector = 'hybrid' AND protocol = 'heldout')
      AS hybrid_heldout
  FROM detector
  GROUP BY study, run, measure
),
measured AS (
  SELECT measurement, row_number() OVER (ORDER BY measurement) AS place
  FROM (SELECT DISTINCT measurement FROM result WHERE :study IS NOT NULL)
),
mix AS MATERIALIZED (
  SELECT
    place, is_adversarial, softmax_std, logit_std, predictive_entropy, mutual_information,
    max_probability, margin, deterministic_max_probability
  FROM measured
  JOIN detection_mixes ON detection_mixes.measurement = measured.measurement
  WHERE kept AND part = 'selection'
),
-- A measure of a measurement is a series; numbers sort faster than names.
image (series, is_adversarial, score) AS (
  SELECT 7 * place + 0, is_adversarial, softmax_std FROM mix
  WHERE coalesce(:measure, 'softmax_std') = 'softmax_std'
  UNION ALL
  SELECT 7 * place + 1, is_adversarial, logit_std FROM mix
  WHERE coalesce(:measure, 'logit_std') = 'logit_std'
  UNION ALL
  SELECT 7 * place + 2, is_adversarial, predictive_entropy FROM mix
  WHERE coalesce(:measure, 'predictive_entropy') = 'predictive_entropy'
  UNION ALL
  SELECT 7 * place + 3, is_adversarial, mutual_information FROM mix
  WHERE coalesce(:measure, 'mutual_information') = 'mutual_information'
  UNION ALL
  SELECT 7 * place + 4, is_adversarial, max_probability FROM mix
  WHERE coalesce(:measure, 'max_probability') = 'max_probability'
  UNION ALL
  SELECT 7 * place + 5, is_adversarial, margin FROM mix
  WHERE coalesce(:measure, 'margin') = 'margin'
  UNION ALL
  SELECT 7 * place + 6, is_adversarial, deterministic_max_probability FROM mix
  WHERE coalesce(:measure, 'deterministic_max_probability') = 'deterministic_max_probability'
),
tie AS (
  SELECT
    series, sum(is_adversarial) AS adversarial, count(*) - sum(is_adversarial) AS clean,
    sum(sum(is_adversarial)) OVER up AS highest_adversarial_rank,
    sum(count(*) - sum(is_adversarial)) OVER up AS highest_clean_rank
  FROM image
  WHERE score IS NOT NULL
  GROUP BY series, score
  WINDOW up AS (PARTITION BY series ORDER BY score ROWS UNBOUNDED PRECEDING)
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
    measurement, measure.name AS measure,
    1.959963984540054 * sqrt(max(0.0,
      (adversarial_squares / (clean * clean) / nullif(adversarial, 0)
        - above / (adversarial * clean) * above / (adversarial * clean))
        / nullif(adversarial - 1, 0)
      + (clean_squares / (adversarial * adversarial) / nullif(clean, 0)
        - (1 - above / (adversarial * clean)) * (1 - above / (adversarial * clean)))
        / nullif(clean - 1, 0))) AS half_width
  FROM placement
  JOIN measured ON measured.place = placement.series / 7
  JOIN (
    SELECT column1 AS number, column2 AS name
    FROM (VALUES
      (0, 'softmax_std'), (1, 'logit_std'), (2, 'predictive_entropy'), (3, 'mutual_information'),
      (4, 'max_probability'), (5, 'margin'), (6, 'deterministic_max_probability'))
  ) AS measure ON measure.number = placement.series % 7
)
SELECT
  study, result.attack, result.measure, orientation, auroc,
  CAST(uncertainty_paper AS REAL) / nullif(images, 0) AS uncertainty_paper,
  CAST(uncertainty_heldout AS REAL) / nullif(images, 0) AS uncertainty_heldout,
  CAST(hybrid_paper AS REAL) / nullif(images, 0) AS hybrid_paper,
  CAST(hybrid_heldout AS REAL) / nullif(images, 0) AS hybrid_heldout,
  max(0.0, auroc - half_width) AS auroc_low,
  min(1.0, auroc + half_width) AS auroc_high,
  max(0.0, (uncertainty_paper + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(uncertainty_paper AS REAL) * (images - uncertainty_paper) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS uncertainty_paper_low,
  min(1.0, (uncertainty_paper + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(uncertainty_paper AS REAL) * (images - uncertainty_paper) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS uncertainty_paper_high,
  max(0.0, (uncertainty_heldout + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(uncertainty_heldout AS REAL) * (images - uncertainty_heldout) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS uncertainty_heldout_low,
  min(1.0, (uncertainty_heldout + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(uncertainty_heldout AS REAL) * (images - uncertainty_heldout) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS uncertainty_heldout_high,
  max(0.0, (hybrid_paper + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(hybrid_paper AS REAL) * (images - hybrid_paper) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS hybrid_paper_low,
  min(1.0, (hybrid_paper + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(hybrid_paper AS REAL) * (images - hybrid_paper) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS hybrid_paper_high,
  max(0.0, (hybrid_heldout + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(hybrid_heldout AS REAL) * (images - hybrid_heldout) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS hybrid_heldout_low,
  min(1.0, (hybrid_heldout + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(hybrid_heldout AS REAL) * (images - hybrid_heldout) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS hybrid_heldout_high
FROM result
JOIN measure_results
  ON measure_results.run = result.run AND measure_results.measure = result.measure
LEFT JOIN spread
  ON spread.measurement = result.measurement AND spread.measure = result.measure
ORDER BY study, result.attack, result.measure;
