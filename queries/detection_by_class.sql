-- How the detector does on each class, by the thresholds that a study or a stage has found.
--
-- Only pairs of the selection whose clean image the undefended network classifies correctly count;
-- an adversarial image belongs to the class of its clean partner.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every detector
--      :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :protocol TEXT      'paper' or 'heldout'; unbound = both
--      :measure TEXT       a measure of uncertainty; unbound = 'softmax_std'
--      :detector TEXT      'hybrid', 'uncertainty' or 'crops'; unbound = 'hybrid'
-- out: measurement TEXT    run of the measurement
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      protocol TEXT       which images the thresholds were chosen on
--      true_label INTEGER  the class
--      clean INTEGER       clean images
--      clean_declared_clean INTEGER  of them
--      adversarial INTEGER adversarial images
--      adversarial_declared_adversarial INTEGER  of them
--      sent_to_crops INTEGER  images of both kinds with a score from L to H
--      detection_accuracy REAL  images declared what they are / images, 0...1
WITH
detector AS (
  SELECT DISTINCT
    measurement,
    coalesce(
      (SELECT label FROM studies
       WHERE study = :study AND studies.thresholds = detection_results.run), attack) AS attack,
    protocol, measure, orientation, low_threshold, high_threshold, agreement_threshold
  FROM detection_results
  WHERE method = 'exact'
    AND detector = coalesce(:detector, 'hybrid')
    AND measure = coalesce(:measure, 'softmax_std')
    AND (:protocol IS NULL OR protocol = :protocol)
    AND (:measurement IS NULL OR measurement = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:study IS NULL OR run IN (SELECT thresholds FROM studies WHERE study = :study))
),
scored AS MATERIALIZED (
  SELECT
    detector.*, image.true_label, image.is_adversarial, image.agreement,
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
declared AS (
  SELECT
    *,
    score BETWEEN low_threshold AND high_threshold AS is_sent,
    score < low_threshold OR (score <= high_threshold AND agreement >= agreement_threshold)
      AS is_clean
  FROM scored
)
SELECT
  measurement, attack, protocol, true_label,
  count(*) FILTER (WHERE NOT is_adversarial) AS clean,
  count(*) FILTER (WHERE NOT is_adversarial AND is_clean) AS clean_declared_clean,
  count(*) FILTER (WHERE is_adversarial) AS adversarial,
  count(*) FILTER (WHERE is_adversarial AND NOT is_clean) AS adversarial_declared_adversarial,
  count(*) FILTER (WHERE is_sent) AS sent_to_crops,
  avg(is_adversarial <> is_clean) AS detection_accuracy
FROM declared
GROUP BY measurement, protocol, low_threshold, high_threshold, agreement_threshold, true_label
ORDER BY attack, measurement, protocol DESC, low_threshold, high_threshold, true_label;
