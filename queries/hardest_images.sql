-- The images that a study's detectors are most often wrong about.
--
-- For each attack the detector, hybrid and with the exact thresholds on the measure of uncertainty
-- that they name first, decides twice: on the clean image and on its adversarial partner. Only
-- pairs of the selection whose clean image the undefended network classifies correctly count.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :protocol TEXT      'paper' or 'heldout'; unbound = 'paper'
--      :limit INTEGER      how many of each study; unbound = 20
-- out: study TEXT          run of the study or of the model
--      place INTEGER       1 is the hardest; images that are equally hard keep their order
--      image_index INTEGER in the test set
--      true_label INTEGER  the class
--      errors INTEGER      wrong decisions
--      decisions INTEGER   two an attack
--      clean_declared_adversarial TEXT   the attacks with whose thresholds; NULL: none
--      adversarial_declared_clean TEXT   the attacks that pass for clean; NULL: none
WITH
detector AS (
  SELECT
    studies.study, studies.measurement, label AS attack, detection_results.measure, orientation,
    low_threshold, high_threshold, agreement_threshold
  FROM studies
  JOIN detection_results ON detection_results.run = studies.thresholds
  WHERE (studies.study = :study OR (:study IS NULL AND studies.kind = 'reproduce' AND trial IS NULL))
    AND (:attack IS NULL OR studies.attack = :attack)
    AND method = 'exact' AND detector = 'hybrid'
    AND protocol = coalesce(:protocol, 'paper')
    AND detection_results.measure = studies.measure
),
scored AS MATERIALIZED (
  SELECT
    detector.*, image.image_index, image.true_label, image.is_adversarial, image.agreement,
    CASE orientation WHEN 'low' THEN -1.0 ELSE 1.0 END
    * CASE detector.measure
        WHEN 'softmax_std' THEN softmax_std
        WHEN 'logit_std' THEN logit_std
        WHEN 'predictive_entropy' THEN predictive_entropy
        WHEN 'mutual_information' THEN mutual_information
        WHEN 'max_probability' THEN max_probability
        WHEN 'margin' THEN margin
        WHEN 'deterministic_max_probability' THEN deterministic_max_probability
      END AS score
  FROM detector
  JOIN detection_mixes AS image ON image.measurement = detector.measurement
  WHERE image.kept AND image.part = 'selection'
),
decided AS (
  SELECT
    *,
    is_adversarial = (
      score < low_threshold OR (score <= high_threshold AND agreement >= agreement_threshold))
      AS is_wrong
  FROM scored
),
image AS (
  SELECT
    study, image_index, true_label, sum(is_wrong) AS errors, count(*) AS decisions,
    group_concat(attack, ', ') FILTER (WHERE is_wrong AND NOT is_adversarial)
      AS clean_declared_adversarial,
    group_concat(attack, ', ') FILTER (WHERE is_wrong AND is_adversarial)
      AS adversarial_declared_clean
  FROM decided
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
