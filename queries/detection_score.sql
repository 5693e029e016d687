-- How well a study's detectors tell adversarial images from clean ones, as one number.
--
-- The mean detection accuracy over the study's attacks, without BIM-B, whose images no setting of
-- this detector sees. What the undefended network's accuracy on the FGSM mix is further from a
-- target than a tolerance is subtracted, so that a search does not make the attack weak or crude.
-- Given thresholds count where the study has them, else the best ones.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
--      :protocol TEXT      'paper' or 'heldout'; unbound = 'heldout'; given thresholds are 'paper'
--      :attack TEXT        such as 'fgsm'; unbound = fgsm, bim-a and jsma
--      :target REAL        undefended accuracy on the FGSM mix, 0...1; unbound = no target
--      :tolerance REAL     how far from it costs nothing; unbound = 0.03
-- out: score REAL          0...1 less what is subtracted; no row where there is nothing
WITH
result AS (
  SELECT lineages.run AS study, detection_results.*
  FROM lineages
  JOIN detection_results ON detection_results.run = lineages.parent
  WHERE lineages.kind = 'reproduce' AND (:study IS NULL OR lineages.run = :study)
    AND detector = 'hybrid' AND attack <> 'bim-b' AND (:attack IS NULL OR attack = :attack)
),
chosen AS (
  SELECT
    study, attack, max(detection_accuracy) AS accuracy, adversarial_set
  FROM result
  WHERE
    CASE (SELECT max(method = 'given') FROM result)
      WHEN 1 THEN method = 'given'
      ELSE method = 'exact' AND protocol = coalesce(:protocol, 'heldout')
    END
  GROUP BY study, attack
),
undefended AS (
  SELECT
    avg(deterministic_prediction = true_label) AS accuracy
  FROM detection_mixes
  WHERE part = 'selection' AND :target IS NOT NULL
    AND measurement IN (SELECT measurement FROM result WHERE attack = 'fgsm')
)
SELECT
  avg(accuracy)
  - coalesce(
    max(0, abs((SELECT accuracy FROM undefended) - :target) - coalesce(:tolerance, 0.03)), 0)
    AS score
FROM chosen
HAVING count(*) > 0;
