-- How the detector does on each class, by the thresholds that a study or a stage has found.
--
-- Only pairs of the selection whose clean image the undefended network classifies correctly count;
-- an adversarial image belongs to the class of its clean partner.
--
-- group: detection
--
-- in:  :study RUN reproduce|train = every detector; a model stands for all of its sets with
--        thresholds
--      :measurement RUN measure = every one; of an adversarial set
--      :attack TEXT = every attack; such as 'fgsm'
--      :protocol 'paper'|'heldout' = both; where the thresholds were chosen
--      :measure TEXT = 'softmax_std'; one of the view measures
--      :detector 'hybrid'|'uncertainty'|'crops' = 'hybrid'
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
SELECT DISTINCT
  measurement, label AS attack, protocol, true_label,
  sum(NOT is_adversarial) AS clean,
  sum(NOT is_adversarial AND is_detected) AS clean_declared_clean,
  sum(is_adversarial) AS adversarial,
  sum(is_adversarial AND is_detected) AS adversarial_declared_adversarial,
  sum(route LIKE 'crops %') AS sent_to_crops,
  avg(is_detected) AS detection_accuracy
FROM study_measurements
CROSS JOIN detection_decisions USING (measurement, thresholds)
WHERE study IS :study
  AND measurement BETWEEN coalesce(:measurement, '') AND coalesce(:measurement, 'g')
  AND (:attack IS NULL OR study_measurements.attack = :attack)
  AND (:protocol IS NULL OR protocol = :protocol)
  AND method = 'exact' AND detector = coalesce(:detector, 'hybrid')
  AND measure = coalesce(:measure, 'softmax_std')
  AND kept AND part = 'selection'
GROUP BY measurement, thresholds, protocol, true_label
ORDER BY label, measurement, protocol DESC, thresholds, true_label;
