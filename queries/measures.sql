-- How well each measure of uncertainty tells adversarial images from clean ones.
--
-- The area under the ROC curve is the chance that an adversarial image scores higher than a clean
-- one, ties counted half, over the pairs of the selection that the defence is judged on.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
--      :attack TEXT        such as 'fgsm'; unbound = every attack
-- out: study TEXT          run of the study
--      attack TEXT         the attack
--      measure TEXT        the measure
--      orientation TEXT    whether high or low values mean adversarial
--      auroc REAL          0...1
--      uncertainty_paper REAL    detection accuracy without crops, thresholds of the selection
--      uncertainty_heldout REAL  the same, thresholds of the held-out half
--      hybrid_paper REAL         detection accuracy with crops, thresholds of the selection
--      hybrid_heldout REAL       the same, thresholds of the held-out half
WITH
result AS (
  SELECT
    lineages.run AS study, measurement, attack, measure, orientation,
    max(detection_accuracy) FILTER (WHERE detector = 'uncertainty' AND protocol = 'paper')
      AS uncertainty_paper,
    max(detection_accuracy) FILTER (WHERE detector = 'uncertainty' AND protocol = 'heldout')
      AS uncertainty_heldout,
    max(detection_accuracy) FILTER (WHERE detector = 'hybrid' AND protocol = 'paper')
      AS hybrid_paper,
    max(detection_accuracy) FILTER (WHERE detector = 'hybrid' AND protocol = 'heldout')
      AS hybrid_heldout
  FROM lineages
  JOIN detection_results ON detection_results.run = lineages.parent
  WHERE lineages.kind = 'reproduce'
    AND (:study IS NULL OR lineages.run = :study)
    AND (:attack IS NULL OR attack = :attack)
    AND method = 'exact'
  GROUP BY lineages.run, measurement, attack, measure, orientation
),
image AS MATERIALIZED (
  SELECT * FROM detection_mixes
  WHERE kept AND part = 'selection' AND measurement IN (SELECT measurement FROM result)
),
value (measurement, measure, is_adversarial, value) AS (
  SELECT measurement, 'softmax_std', is_adversarial, softmax_std FROM image
  UNION ALL
  SELECT measurement, 'logit_std', is_adversarial, logit_std FROM image
  UNION ALL
  SELECT measurement, 'predictive_entropy', is_adversarial, predictive_entropy FROM image
  UNION ALL
  SELECT measurement, 'mutual_information', is_adversarial, mutual_information FROM image
  UNION ALL
  SELECT measurement, 'max_probability', is_adversarial, max_probability FROM image
  UNION ALL
  SELECT measurement, 'margin', is_adversarial, margin FROM image
  UNION ALL
  SELECT measurement, 'deterministic_max_probability', is_adversarial, deterministic_max_probability
  FROM image
),
-- The rank sum: within ties every image has the mean of the ranks that they share.
tie AS (
  SELECT
    measurement, measure, sum(is_adversarial) AS adversarial, count(*) AS images,
    sum(count(*)) OVER (
      PARTITION BY measurement, measure ORDER BY value ROWS UNBOUNDED PRECEDING) AS highest_rank
  FROM value
  GROUP BY measurement, measure, value
),
area AS (
  SELECT
    measurement, measure,
    (sum(adversarial * (highest_rank - (images - 1) / 2.0))
      - sum(adversarial) * (sum(adversarial) + 1) / 2.0)
    / nullif(CAST(sum(adversarial) AS REAL) * sum(images - adversarial), 0) AS above
  FROM tie
  GROUP BY measurement, measure
)
SELECT
  study, attack, result.measure, orientation,
  iif(orientation = 'high', above, 1 - above) AS auroc,
  uncertainty_paper, uncertainty_heldout, hybrid_paper, hybrid_heldout
FROM result
JOIN area ON area.measurement = result.measurement AND area.measure = result.measure
ORDER BY study, attack, result.measure;
