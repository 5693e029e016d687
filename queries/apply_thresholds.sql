-- What Algorithm 1 with given thresholds declares of the images of a mix.
--
-- An image is declared clean if its score is below L, or not above H and at least C crops agree.
-- The score is the measure, negated where low values mean adversarial. Only pairs whose clean image
-- the undefended network classifies correctly count; correct and incorrect compare the stochastic
-- prediction with the true label.
--
-- in:  :measurement TEXT   run of an adversarial set's measurement; unbound = every one
--      :attack TEXT        such as 'fgsm'; unbound = every attack
--      :part TEXT          'selection' or 'heldout'; unbound = both, each for itself
--      :measure TEXT       a column of image_uncertainties; unbound = 'softmax_std'
--      :orientation TEXT   'high' or 'low' means adversarial; unbound = as the measure has it
--      :low_threshold REAL   L, on the score; unbound = 0
--      :high_threshold REAL  H, on the score; unbound = infinity
--      :agreement_threshold INTEGER  C; unbound = 5
-- out: measurement TEXT                             run of the measurement
--      attack TEXT                                  the attack
--      part TEXT                                    'selection' or 'heldout'
--      clean_declared_clean_correct INTEGER         images
--      clean_declared_clean_incorrect INTEGER       images
--      clean_declared_adversarial INTEGER           images
--      adversarial_declared_clean_correct INTEGER   images
--      adversarial_declared_clean_incorrect INTEGER images
--      adversarial_declared_adversarial INTEGER     images
--      sent_to_crops INTEGER                        images with a score from L to H
--      orientation TEXT                             which means adversarial
WITH
option AS (
  SELECT
    coalesce(:measure, 'softmax_std') AS measure,
    coalesce(
      :orientation,
      CASE
        WHEN :measure IN ('logit_std', 'margin', 'max_probability', 'deterministic_max_probability')
          THEN 'low'
        ELSE 'high'
      END) AS orientation
),
image AS MATERIALIZED (
  SELECT
    measurement, attack, part, is_adversarial, agreement,
    prediction = true_label AS is_correct,
    CASE (SELECT orientation FROM option) WHEN 'low' THEN -1.0 ELSE 1.0 END
    * CASE (SELECT measure FROM option)
        WHEN 'softmax_std' THEN softmax_std
        WHEN 'logit_std' THEN logit_std
        WHEN 'predictive_entropy' THEN predictive_entropy
        WHEN 'mutual_information' THEN mutual_information
        WHEN 'max_probability' THEN max_probability
        WHEN 'margin' THEN margin
        WHEN 'deterministic_max_probability' THEN deterministic_max_probability
      END AS score
  FROM detection_mixes
  WHERE kept
    AND measurement IN (
      SELECT run FROM measurements WHERE :measurement IS NULL OR run = :measurement)
    AND (:attack IS NULL OR attack = :attack)
    AND (:part IS NULL OR part = :part)
),
declared AS (
  SELECT
    *,
    score BETWEEN coalesce(:low_threshold, 0) AND coalesce(:high_threshold, 9e999) AS is_sent,
    score < coalesce(:low_threshold, 0)
    OR (score <= coalesce(:high_threshold, 9e999)
      AND agreement >= coalesce(:agreement_threshold, 5)) AS is_clean
  FROM image
)
SELECT
  measurement, attack, part,
  count(*) FILTER (WHERE NOT is_adversarial AND is_clean AND is_correct)
    AS clean_declared_clean_correct,
  count(*) FILTER (WHERE NOT is_adversarial AND is_clean AND NOT is_correct)
    AS clean_declared_clean_incorrect,
  count(*) FILTER (WHERE NOT is_adversarial AND NOT is_clean) AS clean_declared_adversarial,
  count(*) FILTER (WHERE is_adversarial AND is_clean AND is_correct)
    AS adversarial_declared_clean_correct,
  count(*) FILTER (WHERE is_adversarial AND is_clean AND NOT is_correct)
    AS adversarial_declared_clean_incorrect,
  count(*) FILTER (WHERE is_adversarial AND NOT is_clean) AS adversarial_declared_adversarial,
  count(*) FILTER (WHERE is_sent) AS sent_to_crops,
  (SELECT orientation FROM option) AS orientation
FROM declared
GROUP BY measurement, part
ORDER BY attack, part, measurement;
