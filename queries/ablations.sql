-- What each part of the detector contributes: uncertainty alone, crops alone, and both,
-- by the measure of uncertainty that thresholds name first.
--
-- in:  :study TEXT         run of a study ('reproduce') or of a model ('train'), which stands for
--                          all of its sets with thresholds; unbound = every study that
--                          is no trial's
--      :protocol TEXT      'paper' or 'heldout'; unbound = both
--      :attack TEXT        such as 'fgsm'; unbound = every attack
-- out: study TEXT          run of the study or of the model
--      protocol TEXT       which images the thresholds were chosen on
--      attack TEXT         the attack; of a model's sets of one name, with what differs, 'fgsm 0.1'
--      detector TEXT       'hybrid', 'uncertainty' (L = H) or 'crops' (all images)
--      method TEXT         'exact' or 'information_gain'
--      low_threshold REAL  L
--      high_threshold REAL  H
--      agreement_threshold INTEGER  C
--      detection_accuracy REAL       0...1
--      classification_accuracy REAL  0...1, of the images declared clean
--      sent_to_crops INTEGER         images
--      detection_accuracy_low REAL   95% confidence interval by Wilson's score
--      detection_accuracy_high REAL  its upper end
--      classification_accuracy_low REAL   the same of the classification accuracy
--      classification_accuracy_high REAL  its upper end
--      measure TEXT        the measure; L and H are on its values, negated where low ones mean
--                          adversarial
--      orientation TEXT    whether high or low values mean adversarial
WITH
result AS (
  SELECT
    studies.study, protocol, label AS attack, detector, method, detection_results.measure,
    orientation, low_threshold, high_threshold, agreement_threshold, detection_accuracy,
    classification_accuracy, sent_to_crops,
    clean_declared_clean + adversarial_declared_adversarial AS detected,
    clean_declared_clean + clean_declared_adversarial + adversarial_declared_clean
      + adversarial_declared_adversarial AS images,
    clean_declared_clean_correct + adversarial_declared_clean_correct AS classified,
    clean_declared_clean + adversarial_declared_clean AS declared_clean
  FROM studies
  JOIN detection_results ON detection_results.run = studies.thresholds
  WHERE (studies.study = :study OR (:study IS NULL AND studies.kind = 'reproduce' AND trial IS NULL))
    AND (:protocol IS NULL OR protocol = :protocol)
    AND (:attack IS NULL OR studies.attack = :attack)
    AND detection_results.measure = studies.measure
)
SELECT
  study, protocol, attack, detector, method, low_threshold, high_threshold, agreement_threshold,
  detection_accuracy, classification_accuracy, sent_to_crops,
  max(0.0, (detected + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(detected AS REAL) * (images - detected) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS detection_accuracy_low,
  min(1.0, (detected + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(detected AS REAL) * (images - detected) / images
        + 3.841458820694124 / 4))
    / (images + 3.841458820694124)) AS detection_accuracy_high,
  max(0.0, (classified + 3.841458820694124 / 2
    - 1.959963984540054 * sqrt(
        CAST(classified AS REAL) * (declared_clean - classified) / declared_clean
        + 3.841458820694124 / 4))
    / (declared_clean + 3.841458820694124)) AS classification_accuracy_low,
  min(1.0, (classified + 3.841458820694124 / 2
    + 1.959963984540054 * sqrt(
        CAST(classified AS REAL) * (declared_clean - classified) / declared_clean
        + 3.841458820694124 / 4))
    / (declared_clean + 3.841458820694124)) AS classification_accuracy_high,
  measure, orientation
FROM result
ORDER BY
  study, protocol DESC, attack,
  CASE detector WHEN 'hybrid' THEN 1 WHEN 'uncertainty' THEN 2 ELSE 3 END, method;
