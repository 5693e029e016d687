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
    lineages.run AS study, measurement, attack, measure, detection_results.run,
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
  GROUP BY lineages.run, detection_results.run, measure
)
SELECT
  study, result.attack, result.measure, orientation, auroc,
  uncertainty_paper, uncertainty_heldout, hybrid_paper, hybrid_heldout
FROM result
JOIN measure_results
  ON measure_results.run = result.run AND measure_results.measure = result.measure
ORDER BY study, result.attack, result.measure;
