-- The images that a study's detectors are most often wrong about.
--
-- For each attack the detector, hybrid and with the exact thresholds on the measure of uncertainty
-- that they name first, decides twice: on the clean image and on its adversarial partner. Only
-- pairs of the selection whose clean image the undefended network classifies correctly count.
--
-- group: images
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
--      :attack TEXT = every attack; such as 'fgsm'
--      :protocol 'paper'|'heldout' = 'paper'; where the thresholds were chosen
--      :limit INTEGER = 20; how many of each study
-- out: study TEXT          run of the study or of the model
--      place INTEGER       1 is the hardest; images that are equally hard keep their order
--      image_index INTEGER in the test set
--      true_label INTEGER  the class
--      errors INTEGER      wrong decisions
--      decisions INTEGER   two an attack
--      clean_declared_adversarial TEXT   the attacks with whose thresholds; NULL: none
--      adversarial_declared_clean TEXT   the attacks that pass for clean; NULL: none
WITH
image AS (
  SELECT
    study, image_index, image.true_label, sum(NOT is_detected) AS errors, count(*) AS decisions,
    group_concat(label, ', ') FILTER (WHERE NOT is_detected AND NOT is_adversarial)
      AS clean_declared_adversarial,
    group_concat(label, ', ') FILTER (WHERE NOT is_detected AND is_adversarial)
      AS adversarial_declared_clean
  FROM study_results
  CROSS JOIN detection_decisions AS image USING (thresholds, protocol, method, detector, measure)
  WHERE (study = :study OR (:study IS NULL AND is_default))
    AND (:attack IS NULL OR study_results.attack = :attack)
    AND method = 'exact' AND detector = 'hybrid' AND protocol = coalesce(:protocol, 'paper')
    AND is_tabled AND kept AND part = 'selection'
  GROUP BY study, image_index
),
placed AS (
  SELECT
    *, row_number() OVER (PARTITION BY study ORDER BY errors DESC, image_index) AS place
  FROM image
  WHERE errors > 0
)
SELECT
  study, place, image_index, true_label, errors, decisions, clean_declared_adversarial,
  adversarial_declared_clean
FROM placed
WHERE place <= coalesce(:limit, 20)
ORDER BY study, place;
