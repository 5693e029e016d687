-- How each detector does on any adversarial set, imported or not, with its thresholds.
--
-- The numbers are those of Tables 2 and 3, on the selection; the set need be of no study.
--
-- group: detection
--
-- in:  :run RUN thresholds = every one
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm', or what an imported set is called
--      :protocol 'paper'|'heldout' = both; where the thresholds were chosen
--      :measure TEXT = every measure; one of the view measures
--      :detector 'hybrid'|'uncertainty'|'crops' = every detector
-- out: run TEXT            run of the thresholds
--      attack TEXT         the attack
--      protocol TEXT       which images the thresholds were chosen on
--      method TEXT         'exact', 'information_gain' or 'given'
--      detector TEXT       'hybrid', 'uncertainty' (L = H) or 'crops' (all images)
--      measure TEXT        the measure of uncertainty
--      orientation TEXT    'high' or 'low' means adversarial
--      low_threshold REAL  L, on the score: the measure, negated where low means adversarial
--      high_threshold REAL H, on the score
--      agreement_threshold INTEGER  C
--      detection_accuracy REAL       images declared what they are / images, 0...1
--      classification_accuracy REAL  0...1, of the images declared clean
--      clean_declared_clean INTEGER         images
--      clean_declared_adversarial INTEGER   images
--      adversarial_declared_clean INTEGER   images
--      adversarial_declared_adversarial INTEGER  images
--      sent_to_crops INTEGER                images
SELECT
  thresholds AS run, attack, protocol, method, detector, measure, orientation, low_threshold,
  high_threshold, agreement_threshold, detection_accuracy, classification_accuracy,
  clean_declared_clean, clean_declared_adversarial, adversarial_declared_clean,
  adversarial_declared_adversarial, sent_to_crops
FROM detection_results
WHERE (:run IS NULL OR thresholds = :run)
  AND (:measurement IS NULL OR measurement = :measurement)
  AND (:attack IS NULL OR attack = :attack)
  AND (:protocol IS NULL OR protocol = :protocol)
  AND (:measure IS NULL OR measure = :measure)
  AND (:detector IS NULL OR detector = :detector)
  AND thresholds NOT IN (SELECT run FROM runs WHERE hidden = 'deleted')
ORDER BY
  attack, run, protocol DESC, method, detector = 'hybrid' DESC, detector, detection_accuracy DESC,
  measure;
