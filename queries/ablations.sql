-- What each part of the detector contributes: uncertainty alone, crops alone, and both,
-- by the measure of uncertainty that thresholds name first.
--
-- group: study
--
-- in:  :study RUN reproduce|train = every study of the user's own; a model stands for all of
--        its sets with thresholds
--      :protocol 'paper'|'heldout' = both; where the thresholds were chosen
--      :attack TEXT = every attack; such as 'fgsm'
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
SELECT
  study, protocol, label AS attack, detector, method, low_threshold, high_threshold,
  agreement_threshold, detection_accuracy, classification_accuracy, sent_to_crops,
  detection_accuracy_low, detection_accuracy_high, classification_accuracy_low,
  classification_accuracy_high, measure, orientation
FROM study_results
WHERE (study = :study OR (:study IS NULL AND is_default))
  AND (:protocol IS NULL OR protocol = :protocol)
  AND (:attack IS NULL OR attack = :attack)
  AND is_tabled
ORDER BY
  study, protocol DESC, label,
  CASE detector WHEN 'hybrid' THEN 1 WHEN 'uncertainty' THEN 2 ELSE 3 END, method;
