-- How well a study's detectors tell adversarial images from clean ones, as one number.
--
-- The mean detection accuracy over the study's attacks, without BIM-B, whose images no setting of
-- this detector sees. What the undefended network's accuracy on the FGSM mix is further from a
-- target than a tolerance is subtracted, so that a search does not make the attack weak or crude.
-- Given thresholds count where the study has them, else the best ones.
--
-- group: detection
--
-- in:  :study RUN reproduce = every study
--      :protocol 'paper'|'heldout' = 'heldout'; given thresholds are 'paper'
--      :attack TEXT = every attack but bim-b; such as 'fgsm'
--      :target REAL = no target; undefended accuracy on the FGSM mix, 0...1
--      :tolerance REAL = 0.03; how far from the target costs nothing
-- out: score REAL          0...1 less what is subtracted; no row where there is nothing
WITH
result AS (
  SELECT study, measurement, attack, method, protocol, detection_accuracy
  FROM study_results
  WHERE study_kind = 'reproduce' AND (:study IS NULL OR study = :study)
    AND detector = 'hybrid' AND attack <> 'bim-b' AND (:attack IS NULL OR attack = :attack)
),
chosen AS (
  SELECT study, attack, max(detection_accuracy) AS accuracy
  FROM result
  WHERE
    CASE (SELECT max(method = 'given') FROM result)
      WHEN 1 THEN method = 'given'
      ELSE method = 'exact' AND protocol = coalesce(:protocol, 'heldout')
    END
  GROUP BY study, attack
),
undefended AS (
  SELECT CAST(sum(correct) AS REAL) / sum(images) AS accuracy
  FROM (SELECT DISTINCT measurement FROM result WHERE attack = 'fgsm')
  JOIN undefended_results USING (measurement)
  WHERE part = 'selection' AND :target IS NOT NULL
)
SELECT
  avg(accuracy)
  - coalesce(
    max(0, abs((SELECT accuracy FROM undefended) - :target) - coalesce(:tolerance, 0.03)), 0)
    AS score
FROM chosen
HAVING count(*) > 0;
