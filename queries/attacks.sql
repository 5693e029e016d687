-- What each attack did: how often it succeeded, and how far it moved the images.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every study
-- out: study TEXT          run of the study
--      attack TEXT         the attack
--      parameters TEXT     its parameters, as JSON
--      images INTEGER      attacked, held-out half included
--      success_rate REAL   0...1; targeted attacks succeed when the target is reached
--      mean_l0 REAL        pixels changed
--      mean_l2 REAL        Euclidean length of the change, pixels in 0...1
--      mean_linf REAL      largest change of a pixel, in 0...1
SELECT DISTINCT
  lineages.run AS study, adversarial_sets.attack, parameters, image_count AS images, success_rate,
  mean_l0, mean_l2, mean_linf
FROM lineages
JOIN detection_results ON detection_results.run = lineages.parent
JOIN adversarial_sets ON adversarial_sets.run = detection_results.adversarial_set
WHERE lineages.kind = 'reproduce' AND (:study IS NULL OR lineages.run = :study)
ORDER BY study, adversarial_sets.attack;
